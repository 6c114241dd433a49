"""Words of items as XLIFF 1.2, and back: both ends of the format that tools for translators read.

http://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html. One <file> is one item, one <trans-unit> one field. The tags
of a rich text are inline codes (<bpt>, <ept>, <ph>), so that tools
guard them; what comes back is cleaned like any text.
"""

import html
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from publishing.spreadsheets.reader import Fault, SpreadsheetError
from publishing.text.cleaning import TAG_SPLITTER, clean_html, clean_line

from .exchange import ImportedItem, find_site_language

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
TAG_PREFIX = f"{{{NAMESPACE}}}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ORIGINAL_PREFIX = "ohrm"  # begins the name of what a <file> was made from: ohrm/update/UID/DIGEST
XLIFF_STATES = {"draft": "needs-review-translation", "stale": "needs-adaptation", "checked": "final"}
INLINE_TAGS = {f"{TAG_PREFIX}{name}" for name in ("bpt", "ept", "ph", "it")}
VOID_ELEMENTS = {"br", "hr"}
MAX_DEPTH = 20
# What tools say of a target that nobody has translated (XLIFF 1.2, 3.2.1); it may hold the words of the source.
UNTRANSLATED_STATES = {"new", "needs-translation", "needs-l10n"}


# --- Out --------------------------------------------------------------------------------------


def write_xliff(parcels):
    """The bytes of one file for all parcels."""
    root = Element("xliff", {"version": "1.2", "xmlns": NAMESPACE})
    for parcel in parcels:
        append_file_element(root, parcel)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def append_file_element(root, parcel):
    file = SubElement(
        root,
        "file",
        {
            "original": "/".join([ORIGINAL_PREFIX, parcel.type, parcel.uid, parcel.digest]),
            "source-language": parcel.source_language,
            "target-language": parcel.language,
            "datatype": "html",
        },
    )
    SubElement(SubElement(file, "header"), "note").text = parcel.title
    body = SubElement(file, "body")
    for part in parcel.parts:
        append_trans_unit(body, parcel, part)


def append_trans_unit(body, parcel, part):
    limit = {"maxwidth": str(part.limit), "size-unit": "char"} if part.limit else {}
    unit = SubElement(body, "trans-unit", {"id": part.name, "resname": part.label, **limit})
    fill_inline_content(SubElement(unit, "source", {XML_LANG: part.language}), part.source, part)
    if part.target:
        facts = {XML_LANG: parcel.language} | (
            {"state": XLIFF_STATES[parcel.state]} if parcel.state in XLIFF_STATES else {}
        )
        fill_inline_content(SubElement(unit, "target", facts), part.target, part)
    SubElement(unit, "note").text = part.label


def fill_inline_content(element, words, part):
    if not part.rich:
        element.text = words
        return
    codes, last, number = [], None, 0
    for place, piece in enumerate(TAG_SPLITTER.split(clean_html(words))):
        if place % 2:
            number += 1
            last = SubElement(element, *build_inline_code(piece, number, codes))
            last.text = piece
        elif last is None:
            element.text = html.unescape(piece)
        else:
            last.tail = html.unescape(piece)


def build_inline_code(tag, number, begun):
    """The element for an HTML tag and its attributes: the two ends of a pair share a number."""
    name = tag.strip("</>").split()[0]
    if name in VOID_ELEMENTS:
        return "ph", {"id": str(number)}
    if not tag.startswith("</"):
        begun.append(number)
        return "bpt", {"id": str(number)}
    return "ept", {"id": str(begun.pop() if begun else number)}


# --- Back -------------------------------------------------------------------------------------


def read_xliff(content):
    """An `ImportedItem` for each <file>. Raises `SpreadsheetError`."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (SyntaxError, ValueError, LookupError, DefusedXmlException) as error:
        raise build_file_error(_("This XML cannot be read. Export it again from your tool as XLIFF 1.2.")) from error
    if root.tag != f"{TAG_PREFIX}xliff":
        raise build_file_error(_("This is not XLIFF 1.2. In your tool choose “XLIFF 1.2” (.xlf, .xliff)."))
    files = root.findall(f"{TAG_PREFIX}file")
    if not files:
        raise build_file_error(_("There is nothing in this file."))
    return [
        parse_file_element(file, place=_("part %d of the file") % number) for number, file in enumerate(files, start=1)
    ]


def parse_file_element(file, *, place):
    names = (file.get("original") or "").split("/")
    if len(names) != 4 or names[0] != ORIGINAL_PREFIX:
        raise build_file_error(_("It was not exported here: “original” does not name an item."), place=place)
    if not file.get("target-language"):
        raise build_file_error(
            _("It does not say which language it was translated into (“target-language”)."), place=place
        )
    _mine, kind, uid, digest = names
    units = list(file.iter(f"{TAG_PREFIX}trans-unit"))
    words = {unit.get("id", "?"): parse_target(unit) for unit in units}
    remarks = [*describe_untranslated(units), *describe_notes(units)]
    return ImportedItem(kind, uid, digest, find_site_language(file.get("target-language")), words, place, remarks)


def describe_untranslated(units):
    passed_over = [unit.get("resname") or unit.get("id", "?") for unit in units if is_untranslated(unit)]
    if passed_over:
        yield _("Marked as not translated, and left as it is: %s.") % pgettext("between names", ", ").join(passed_over)


def describe_notes(units):
    """What a translator wrote beside the words; our own notes are the names of the fields."""
    for unit in units:
        for note in unit.findall(f"{TAG_PREFIX}note"):
            words = clean_line(note.text)
            if words and words != unit.get("resname"):
                yield _("Note on “%(part)s”: %(words)s") % {
                    "part": unit.get("resname") or unit.get("id"),
                    "words": words,
                }


def is_untranslated(unit):
    target = unit.find(f"{TAG_PREFIX}target")
    return target is not None and target.get("state") in UNTRANSLATED_STATES


def parse_target(unit):
    target = unit.find(f"{TAG_PREFIX}target")
    if target is None or is_untranslated(unit):
        return ""
    coded = any(child.tag in INLINE_TAGS for child in target.iter())
    return extract_inline_text(target, coded=coded).strip()


def extract_inline_text(element, *, coded, depth=0):
    """The words of an element; with inline codes they are HTML, and what is not a code is escaped."""
    escape = (lambda words: html.escape(words or "", quote=False)) if coded else (lambda words: words or "")
    if depth > MAX_DEPTH:
        raise build_file_error(_("It is nested too deeply."))
    parts = [escape(element.text)]
    for child in element:
        code = child.tag in INLINE_TAGS
        parts.append("".join(child.itertext()) if code else extract_inline_text(child, coded=coded, depth=depth + 1))
        parts.append(escape(child.tail))
    return "".join(parts)


def build_file_error(sentence, *, place=""):
    return SpreadsheetError([Fault(0, "", f"{place}: {sentence}" if place else sentence)])
