"""What a child process does with a PDF: searches it for what may act, and writes it anew without what tells.

Runs in the sandbox alone and knows no Django. Scripts, attached files and actions that reach outside the
document refuse it. What says who made it (information, XMP, comments, the camera data of photographs,
earlier states of the file, pages taken out but still inside) is reported and left behind; what readers
need (text, pictures, structure for screen readers, outline, links, language) stays.
Not here: what is said to the editor (`files.py`).
"""

import io
import re
from collections import Counter

from pypdf import PdfReader, PdfWriter
from pypdf.filters import ASCII85Decode, ASCIIHexDecode, FlateDecode, LZWDecode, RunLengthDecode
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NullObject, StreamObject

from .sandbox import FileRefused

MAX_PAGES = 3000
MAX_OBJECTS = 500_000
MAX_EMPTY_DEPTH = 6  # of what may be nothing inside nothing
METADATA_KEYS = {"author": "/Author", "creator": "/Creator", "producer": "/Producer", "title": "/Title",
        "subject": "/Subject", "keywords": "/Keywords", "created": "/CreationDate"}  # fmt: skip
XMP_METADATA = re.compile(
    rb"<(?:dc:creator|xmp:CreatorTool|pdf:Producer)>(?:.{0,200}?<rdf:li[^>]{0,100}>)?([^<]{1,200})", re.S
)

# Actions (ISO 32000-2, 12.6.4) and what they are called in the refusal.
ACTIONS = {
    "/JavaScript": "script", "/Launch": "launch", "/SubmitForm": "form", "/ImportData": "form", "/GoToE": "attachment",
    "/GoToR": "outside-file", "/Rendition": "media", "/Sound": "media", "/Movie": "media", "/RichMediaExecute": "media",
}  # fmt: skip
ANNOTATIONS = {
    "/FileAttachment": "attachment", "/Sound": "media", "/Movie": "media", "/Screen": "media", "/RichMedia": "media",
    "/3D": "media",
}  # fmt: skip
ACTIVE_KEYS = {
    "/JS": "script", "/JavaScript": "script", "/EmbeddedFiles": "attachment", "/EF": "attachment",
    "/AF": "attachment", "/Collection": "attachment", "/XFA": "xfa", "/RichMediaContent": "media",
}  # fmt: skip

COMMENT_SUBTYPES = {
    "/Text",
    "/Popup",
    "/Highlight",
    "/Underline",
    "/Squiggly",
    "/StrikeOut",
    "/Caret",
    "/Ink",
    "/Redact",
}
CATALOG_KEYS = {
    "/Type", "/Version", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/Outlines", "/PageLabels", "/Dests",
    "/Names", "/ViewerPreferences", "/PageMode", "/PageLayout", "/OCProperties", "/AcroForm",
}  # fmt: skip
IDENTIFYING_KEYS = {
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/Thumb",
    "/AA",
    "/OpenAction",
    "/SpiderInfo",
    "/Private",
}
PERSONAL_ANNOTATION_KEYS = {"/T", "/M", "/NM", "/RC", "/CreationDate"}
HARMLESS_LINK = re.compile(r"(https?://|mailto:)", re.I)
SCRIPT_LINK = re.compile(r"\s*(javascript|vbscript|data):", re.I)


def rewrite_pdf(data):
    """(report, [the PDF written anew]).

    Raises Refused: "encrypted", "pages", "unreadable", or "acts" with the codes of what was `found` and
    the `names` of attached files.
    """
    if b"%%EOF" not in data[-65_536:]:
        raise FileRefused("unreadable")  # cut off; what could be saved of it would pass for the whole
    reader = PdfReader(io.BytesIO(data))
    # What opens without a password is open to anybody, whatever cipher is around it; it is written anew without.
    if reader.is_encrypted and not reader.decrypt(""):
        raise FileRefused("encrypted")
    report = {"pages": len(reader.pages), **_read_metadata(reader)}
    if not 0 < report["pages"] <= MAX_PAGES:
        raise FileRefused("pages", most=MAX_PAGES)
    search = _PdfScanner(reader)
    search.walk()
    if search.acts:
        raise FileRefused("acts", found=sorted(search.acts), names=search.names[:5])
    return report | search.taken | {"commenters": sorted(search.commenters)[:20]}, [_write_pdf(reader)]


def _read_metadata(reader):
    """What the file says of its making, shown once to the editor."""
    info = reader.trailer.get("/Info", DictionaryObject()).get_object()
    report = {name: _read_string(info.get(key, "")) for name, key in METADATA_KEYS.items()}
    metadata = reader.root_object.get("/Metadata")
    xmp = metadata.get_object().get_data() if metadata else b""
    return report | {
        "xmp": sorted({_read_string(found.decode("utf-8", "replace")) for found in XMP_METADATA.findall(xmp)})
    }


def _read_string(value):
    return str(value).strip()[:200]


def _write_pdf(reader):
    """A new file of what the catalog still reaches, in one state, without a date and without an identity."""
    for key in ("/Info", "/ID"):
        reader.trailer.pop(key, None)
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    writer.pdf_header = "%PDF-1.7"
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


class _PdfScanner:
    """One walk over everything that the document reaches: notes what acts, takes out what tells."""

    def __init__(self, reader):
        self.root = reader.root_object
        self.pages = {page.indirect_reference.idnum for page in reader.pages if page.indirect_reference}
        self.seen = set()
        self.acts = set()
        self.names = []
        self.taken = Counter()
        self.commenters = set()

    def walk(self):
        stack = [self.root]
        while stack:
            node = self.fresh(stack.pop())
            if isinstance(node, DictionaryObject):
                self.flag_active_content(node)
                # Also into what is about to be taken out: a script there still refuses the file.
                stack.extend([node.raw_get(key) for key in node])
                self.strip(node)
            elif isinstance(node, ArrayObject):
                self.drop_comments(node)
                stack.extend(node)
            if len(self.seen) > MAX_OBJECTS:
                raise FileRefused("too-heavy")
        _keep_only(self.root, CATALOG_KEYS)
        _keep_only(self.root.get("/Names", DictionaryObject()).get_object(), {"/Dests"})

    def fresh(self, node):
        """What a reference leads to, or None when it was looked at before."""
        if not isinstance(node, IndirectObject):
            return node
        key = (node.idnum, node.generation)
        if key in self.seen:
            return None
        self.seen.add(key)
        found = node.get_object()
        if isinstance(found, DictionaryObject) and found.get("/Type") == "/Page" and node.idnum not in self.pages:
            found.clear()  # taken out of the document by somebody, but left in the file
            self.taken["lost_pages"] += 1
        return found

    def flag_active_content(self, node):
        if "/EF" in node:
            self.names.append(_read_string(node.get("/UF", node.get("/F", ""))))
        for key in ACTIVE_KEYS.keys() & node.keys():
            if holds_something(node[key]):
                self.acts.add(ACTIVE_KEYS[key])
            else:
                del node[key]
        # An element of the structure has an /S too, and children.
        if "/K" not in node and node.get("/S") in ACTIONS:
            self.acts.add(ACTIONS[node["/S"]])
        if "/Rect" in node and node.get("/Subtype") in ANNOTATIONS:
            self.acts.add(ANNOTATIONS[node["/Subtype"]])
        if SCRIPT_LINK.match(_read_string(node.get("/URI", ""))):
            self.acts.add("script")

    def strip(self, node):
        for key in IDENTIFYING_KEYS & node.keys():
            del node[key]
        if "/Rect" in node:
            # The /T of a form field is its name in the form, of any other annotation its author.
            for key in PERSONAL_ANNOTATION_KEYS & node.keys() - (
                {"/T"} if node.get("/Subtype") == "/Widget" else set()
            ):
                del node[key]
        if "/ByteRange" in node:
            node.clear()  # the seal of other bytes, with the name of who sealed them
            self.taken["signatures"] += 1
        if node.get("/S") == "/URI" and not HARMLESS_LINK.match(_read_string(node.get("/URI", ""))):
            node.clear()
            self.taken["links"] += 1
        if isinstance(node, StreamObject):
            self.taken["photographs"] += _strip_photograph_metadata(node)

    def drop_comments(self, array):
        kept = [item for item in array if not self.is_comment(item)]
        if len(kept) < len(array):
            array[:] = kept

    def is_comment(self, item):
        node = item.get_object() if isinstance(item, IndirectObject) else item
        if (
            not isinstance(node, DictionaryObject)
            or "/Rect" not in node
            or node.get("/Subtype") not in COMMENT_SUBTYPES
        ):
            return False
        if node["/Subtype"] != "/Popup":
            self.taken["comments"] += 1
            self.commenters.add(_read_string(node.get("/T", "")) or "?")
        return True


def holds_something(value, depth=0):
    """Whether there is anything behind a key: an empty list of attachments attaches nothing."""
    value = value.get_object() if isinstance(value, IndirectObject) else value
    if depth > MAX_EMPTY_DEPTH:
        return True
    if isinstance(value, StreamObject):
        return bool(value._data)
    if isinstance(value, ArrayObject):
        return any(holds_something(one, depth + 1) for one in value)
    if isinstance(value, DictionaryObject):
        return any(holds_something(value.raw_get(key), depth + 1) for key in value.keys() - {"/Type", "/Limits"})
    return not isinstance(value, NullObject)


def _keep_only(dictionary, keys):
    for key in dictionary.keys() - keys:
        del dictionary[key]


# --- Photographs inside -----------------------------------------------------------------------

# What may be wrapped around a JPEG.
STREAM_FILTERS = {
    "/FlateDecode": FlateDecode,
    "/LZWDecode": LZWDecode,
    "/ASCII85Decode": ASCII85Decode,
    "/ASCIIHexDecode": ASCIIHexDecode,
    "/RunLengthDecode": RunLengthDecode,
}


def _strip_photograph_metadata(stream):
    """Takes the camera's data out of a JPEG, its pixels untouched; True if there was some."""
    filters = stream.get("/Filter", ArrayObject())
    *wrappers, kind = [*filters] if isinstance(filters, ArrayObject) and filters else [filters]
    if kind != "/DCTDecode":
        return False
    photograph = stream._data
    for wrapper in wrappers:
        photograph = STREAM_FILTERS[wrapper].decode(photograph)
    clean = strip_jpeg_metadata(photograph)
    if clean == photograph:
        return False
    stream._data = clean
    stream[NameObject("/Filter")] = NameObject("/DCTDecode")
    stream.pop("/DecodeParms", None) if wrappers else None
    return True


# Application segments and comments, but JFIF (E0), colour profile (E2) and Adobe's colour transform (EE).
METADATA_MARKERS = {0xFE, *range(0xE0, 0xF0)} - {0xE0, 0xE2, 0xEE}


def strip_jpeg_metadata(data):
    """A JPEG without EXIF, XMP, IPTC, comments and whatever follows its end (ITU-T T.81, annex B)."""
    if not data.startswith(b"\xff\xd8"):
        return data
    kept, at = [data[:2]], 2
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] != b"\xda" and at + 4 <= len(data):
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] not in METADATA_MARKERS and data[at + 4 : at + 8] != b"MPF\0":
            kept.append(data[at:end])
        at = end
    tail = data[at:].partition(b"\xff\xd9")
    return b"".join(kept) + tail[0] + tail[1]
