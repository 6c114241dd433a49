"""PDF documents come in searched and written anew, or not at all."""

import hashlib
import io
import os
import time
import zlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from publishing.media import files

MARK = "Marker-Ivanova"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def stored(store):
    return sorted(store.rglob("*")) if store.exists() else []


def pdf_object(value):
    """Plain Python as objects of a PDF: "/x" is a name, a dict a dictionary, and so on."""
    if isinstance(value, dict):
        return DictionaryObject({NameObject(key): pdf_object(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return ArrayObject(map(pdf_object, value))
    if isinstance(value, str):
        return NameObject(value) if value.startswith("/") else TextStringObject(value)
    return NumberObject(value) if isinstance(value, int) else FloatObject(value) if isinstance(value, float) else value


def writer(*, pages=1, words="Statement"):
    made = PdfWriter()
    for number in range(pages):
        page = made.add_blank_page(200, 200)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 100 Td ({words} {number + 1}) Tj ET".encode())
        page[NameObject("/Contents")] = made._add_object(content)
        font = {"/F1": {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}}
        page[NameObject("/Resources")] = pdf_object({"/Font": font})
    return made


def written(made):
    stream = io.BytesIO()
    made.write(stream)
    return stream.getvalue()


def with_root(**entries):
    made = writer()
    made.root_object.update(pdf_object({f"/{key}": value for key, value in entries.items()}))
    return made


def with_annotation(**entries):
    made = writer()
    annotation = {"/Type": "/Annot", "/Rect": [0, 0, 50, 50], **{f"/{key}": value for key, value in entries.items()}}
    made.pages[0][NameObject("/Annots")] = pdf_object([annotation])
    return made


def with_picture(data, filters):
    made = writer()
    picture = DecodedStreamObject()
    picture.set_data(data)
    picture.update(pdf_object({"/Type": "/XObject", "/Subtype": "/Image", "/Width": 8, "/Height": 8}))
    picture.update(pdf_object({"/ColorSpace": "/DeviceRGB", "/BitsPerComponent": 8, "/Filter": filters}))
    made.pages[0]["/Resources"][NameObject("/XObject")] = pdf_object({"/Im": made._add_object(picture)})
    return made


def admitted(made):
    data = made if isinstance(made, bytes) else written(made)
    return files.store_pdf(SimpleUploadedFile("list of witnesses.pdf", data))


def served(document):
    with default_storage.open(document.name) as file:
        return file.read()


def refusal(data):
    with pytest.raises(ValidationError) as refused:
        admitted(data)
    return refused.value.messages[0]


# --- What comes out ---------------------------------------------------------------------------


def test_a_document_keeps_its_pages_and_words():
    document = admitted(writer(pages=3, words="Torture in detention"))
    assert document.pages == 3
    assert [page.extract_text() for page in PdfReader(io.BytesIO(served(document))).pages] == [
        f"Torture in detention {number}" for number in (1, 2, 3)
    ]


def test_size_and_digest_are_of_what_is_served():
    document = admitted(writer())
    assert (document.size, document.sha256) == (len(served(document)), hashlib.sha256(served(document)).hexdigest())


def test_the_name_is_random_and_carries_nothing_of_the_upload():
    first, second = admitted(writer()), admitted(writer())
    assert first.name != second.name
    assert "witness" not in first.name
    assert len(first.name.removesuffix(".pdf")) >= 32


def test_what_says_who_made_it_is_told_to_the_editor_and_left_behind():
    made = writer()
    made.add_metadata({"/Author": f"{MARK} A", "/Producer": f"{MARK} P", "/Title": f"{MARK}.docx"})
    document = admitted(made)
    assert {f"Author: {MARK} A", f"Made into a PDF with: {MARK} P", f"Title: {MARK}.docx"} <= {*document.sentences()}
    assert MARK.encode() not in served(document)
    assert PdfReader(io.BytesIO(served(document))).metadata is None


def test_an_author_named_only_in_xmp_is_told_and_left_behind():
    made = writer()
    xmp = f"<x:xmpmeta><dc:creator><rdf:Seq><rdf:li>{MARK}</rdf:li></rdf:Seq></dc:creator></x:xmpmeta>"
    metadata = DecodedStreamObject()
    metadata.set_data(xmp.encode())
    made.root_object[NameObject("/Metadata")] = made._add_object(metadata)
    document = admitted(made)
    assert f"Also named inside: {MARK}" in document.sentences()
    assert MARK.encode() not in served(document)


def test_earlier_states_of_the_file_are_left_behind():
    """A file saved twice holds its first words still, until somebody looks."""
    once = written(writer(words=MARK))
    again = PdfWriter(io.BytesIO(once), incremental=True)
    content = DecodedStreamObject()
    content.set_data(b"BT /F1 12 Tf (Statement) Tj ET")
    again.pages[0][NameObject("/Contents")] = again._add_object(content)
    twice = written(again)
    assert MARK.encode() in twice
    assert MARK.encode() not in served(admitted(twice))


def test_a_page_taken_out_but_left_in_the_file_is_left_behind():
    made = writer(pages=2, words=MARK)
    lost = made.pages[1].indirect_reference
    made.pages[0]["/Contents"].get_object().set_data(b"BT /F1 12 Tf (Statement) Tj ET")
    made.root_object["/Pages"]["/Kids"].pop()
    made.root_object["/Pages"][NameObject("/Count")] = NumberObject(1)
    made.root_object[NameObject("/Dests")] = pdf_object({"/old": [lost, "/Fit"]})
    document = admitted(made)
    assert "Removed: 1 hidden page." in document.sentences()
    assert MARK.encode() not in served(document)


def test_comments_and_the_names_of_who_wrote_them_are_left_behind():
    document = admitted(with_annotation(Subtype="/Text", T=MARK, Contents="check with the lawyer"))
    assert {f"Comments were by: {MARK}", "Removed: 1 comment."} <= {*document.sentences()}
    assert b"lawyer" not in served(document)
    assert MARK.encode() not in served(document)


def test_who_drew_a_stamp_is_left_behind_but_the_stamp_stays():
    document = admitted(with_annotation(Subtype="/Stamp", T=MARK, M="D:20200814", Contents="Draft"))
    assert MARK.encode() not in served(document)
    assert b"/Stamp" in served(document)


def photograph():
    exif = Image.Exif()
    exif[0x010F] = MARK
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "JPEG", exif=exif, comment=MARK.encode())
    return stream.getvalue() + MARK.encode()


@pytest.mark.parametrize(
    ("data", "filters"),
    [
        (photograph(), "/DCTDecode"),
        (photograph(), ["/DCTDecode"]),
        (zlib.compress(photograph()), ["/FlateDecode", "/DCTDecode"]),
        (photograph().hex().encode() + b">", ["/ASCIIHexDecode", "/DCTDecode"]),
    ],
)
def test_the_camera_data_of_a_photograph_inside_is_left_behind(data, filters):
    document = admitted(with_picture(data, filters))
    assert "Removed: camera data of 1 picture." in document.sentences()
    picture = PdfReader(io.BytesIO(served(document))).pages[0].images[0].image
    assert picture.getpixel((4, 4))[0] > 240
    assert MARK.encode() not in served(document)


def test_links_language_outline_and_structure_stay():
    made = with_annotation(Subtype="/Link", A={"/S": "/URI", "/URI": "https://example.org/report"})
    made.add_outline_item(title="Findings", page_number=0)
    made.root_object.update(pdf_object({"/Lang": "be", "/MarkInfo": {"/Marked": True}}))
    result = PdfReader(io.BytesIO(served(admitted(made))))
    assert result.pages[0]["/Annots"][0].get_object()["/A"]["/URI"] == "https://example.org/report"
    assert result.outline[0].title == "Findings"
    assert result.root_object["/Lang"] == "be"


def test_a_link_to_a_file_on_somebodys_disk_is_taken_out():
    document = admitted(
        with_annotation(Subtype="/Link", A={"/S": "/URI", "/URI": f"file:///C:/Users/{MARK}/list.docx"})
    )
    assert "Removed: 1 link to no web page." in document.sentences()
    assert MARK.encode() not in served(document)


def test_a_seal_that_no_longer_holds_is_taken_out_with_its_name():
    document = admitted(with_root(Perms={"/DocMDP": {"/Type": "/Sig", "/ByteRange": [0, 1, 2, 3], "/Name": MARK}}))
    assert MARK.encode() not in served(document)


def test_what_follows_the_end_is_left_behind():
    assert b"<script" not in served(admitted(written(writer()) + b"\n<script>alert(1)</script>"))


# --- Refusals ---------------------------------------------------------------------------------


def attached():
    made = writer()
    made.add_attachment("names.xlsx", b"PK")
    return made


SEEDED = {
    "a script run on opening": (with_root(OpenAction={"/S": "/JavaScript", "/JS": "app.alert(1)"}), "a script"),
    "a named script": (
        with_root(Names={"/JavaScript": {"/Names": ["a", {"/S": "/JavaScript", "/JS": "x"}]}}),
        "a script",
    ),
    "a script on a page": (
        with_annotation(Subtype="/Widget", AA={"/E": {"/S": "/JavaScript", "/JS": "x"}}),
        "a script",
    ),
    "a script in a chain of actions": (
        with_annotation(Subtype="/Link", A={"/S": "/GoTo", "/D": "a", "/Next": [{"/S": "/JavaScript", "/JS": "x"}]}),
        "a script",
    ),
    "a link that is a script": (
        with_annotation(Subtype="/Link", A={"/S": "/URI", "/URI": " JavaScript:x"}),
        "a script",
    ),
    "a program started": (with_root(OpenAction={"/S": "/Launch", "/F": "cmd.exe"}), "starts a program"),
    "an attached file": (attached(), "attached files (names.xlsx)"),
    "a file pinned to a page": (
        with_annotation(Subtype="/FileAttachment", FS={"/Type": "/Filespec", "/F": "a.exe", "/EF": {}}),
        "attached files (a.exe)",
    ),
    "a portfolio": (with_root(Collection={"/View": "/D"}), "attached files"),
    "a form that sends": (
        with_annotation(Subtype="/Widget", A={"/S": "/SubmitForm", "/F": "http://x"}),
        "sends or fetches",
    ),
    "an XFA form": (with_root(AcroForm={"/Fields": [], "/XFA": ["template", "x"]}), "an XFA form"),
    "a film": (with_annotation(Subtype="/RichMedia", RichMediaContent={}), "sound, video or 3D"),
    "a file elsewhere": (with_root(OpenAction={"/S": "/GoToR", "/F": "//host/share"}), "somebody's computer"),
}


@pytest.mark.parametrize("what", SEEDED)
def test_a_document_that_acts_is_refused_and_what_it_holds_is_named(what, store):
    made, sentence = SEEDED[what]
    assert sentence in refusal(written(made))
    assert not stored(store)


def test_everything_that_was_found_is_named_at_once():
    made = attached()
    made.root_object[NameObject("/OpenAction")] = pdf_object({"/S": "/JavaScript", "/JS": "x"})
    assert "contains attached files (names.xlsx) and a script" in refusal(made)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_document_that_asks_for_a_password_is_refused(algorithm):
    made = writer()
    made.encrypt("secret", owner_password="other", algorithm=algorithm)
    assert "encrypted" in refusal(made)


@pytest.mark.parametrize(
    "data",
    [
        written(writer(pages=20))[:-400],
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\ntrailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 100_000 + b"\n%%EOF",
        b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 1 0 R>> endobj\ntrailer <</Root 1 0 R/Size 2>>\nstartxref\n9\n%%EOF",
    ],
)
def test_a_broken_document_is_refused(data, store):
    assert "PDF" in refusal(data)
    assert not stored(store)


@pytest.mark.parametrize("data", [b"<html>", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"just words"])
def test_a_document_that_is_none_is_refused_whatever_its_name(data):
    assert "not a PDF" in refusal(data)


def test_an_empty_file_is_refused():
    assert "empty" in refusal(b"")


def test_a_document_without_a_page_is_refused():
    assert "at least one page" in refusal(writer(pages=0))


def test_a_file_above_20_mb_is_refused():
    assert "20 MB" in refusal(b"%PDF-1.7" + bytes(20 * 1024 * 1024))


def packed_objects():
    """An object stream that unpacks to 300 MB."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b" " * 50_000_000) for _ in range(6)) + packer.flush()
    head = b"%%PDF-1.7\n1 0 obj <</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>> stream\n" % len(body)
    rows = b"\x01\x00\x09\x00" + b"\x02\x00\x01\x00"
    table = b"%d 0 obj <</Type/XRef/Size 3/W[1 2 1]/Index[1 2]/Root 2 0 R/Length %d>> stream\n" % (9, len(rows))
    data = head + body + b"\nendstream endobj\n"
    return data + table + rows + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(data)


def test_a_bomb_of_packed_objects_goes_off_nowhere(store):
    data, began = packed_objects(), time.monotonic()
    assert "PDF" in refusal(data)
    assert time.monotonic() - began < 10
    assert not stored(store)


# --- Keeping ----------------------------------------------------------------------------------


def test_files_that_nothing_names_are_swept_when_they_are_old(store):
    kept, orphan, fresh = files.store_files([("pdf", b"1"), ("pdf", b"2"), ("pdf", b"3")])
    yesterday = time.time() - timedelta(days=2).total_seconds()
    for name in (kept, orphan):
        os.utime(store / name, (yesterday, yesterday))
    assert files.delete_orphaned_files([kept]) == 1
    assert {path.name for path in stored(store)} == {kept, fresh}


# --- What only looks like a reason --------------------------------------------------------------


@pytest.mark.parametrize("cipher", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_pdf_that_opens_without_a_password_is_taken_whatever_its_cipher(cipher):
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.encrypt(user_password="", owner_password="of the ministry", algorithm=cipher)
    stream = io.BytesIO()
    writer.write(stream)
    reader = PdfReader(io.BytesIO(served(admitted(stream.getvalue()))))
    assert not reader.is_encrypted
    assert len(reader.pages) == 1


@pytest.mark.parametrize(
    ("key", "holding"),
    [
        ("/EmbeddedFiles", DictionaryObject({NameObject("/Names"): ArrayObject()})),
        ("/JavaScript", DictionaryObject({NameObject("/Names"): ArrayObject()})),
    ],
)
def test_a_name_that_holds_nothing_refuses_nothing(key, holding):
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject(key): holding})
    writer.root_object[NameObject("/AF")] = ArrayObject()
    stream = io.BytesIO()
    writer.write(stream)
    assert b"/EmbeddedFiles" not in served(admitted(stream.getvalue()))
