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

from publishing.spreadsheets.reader import Fault, Faulty
from publishing.text.cleaning import PIECES, rich

from .exchange import Returned

NAME = "urn:oasis:names:tc:xliff:document:1.2"
IN = f"{{{NAME}}}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MINE = "ohrm"  # begins the name of what a <file> was made from: ohrm/update/UID/DIGEST
STATES = {"draft": "needs-review-translation", "stale": "needs-adaptation", "checked": "final"}
CODES = {f"{IN}{name}" for name in ("bpt", "ept", "ph", "it")}
ALONE = {"br", "hr"}
DEEPEST = 20


# --- Out --------------------------------------------------------------------------------------


def write(parcels):
    """The bytes of one file for all parcels."""
    root = Element("xliff", {"version": "1.2", "xmlns": NAME})
    for parcel in parcels:
        write_file(root, parcel)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def write_file(root, parcel):
    file = SubElement(
        root,
        "file",
        {
            "original": "/".join([MINE, parcel.type, parcel.uid, parcel.digest]),
            "source-language": parcel.source_language,
            "target-language": parcel.language,
            "datatype": "html",
        },
    )
    SubElement(SubElement(file, "header"), "note").text = parcel.title
    body = SubElement(file, "body")
    for part in parcel.parts:
        write_unit(body, parcel, part)


def write_unit(body, parcel, part):
    limit = {"maxwidth": str(part.limit), "size-unit": "char"} if part.limit else {}
    unit = SubElement(body, "trans-unit", {"id": part.name, "resname": part.label, **limit})
    write_words(SubElement(unit, "source", {XML_LANG: part.language}), part.source, part)
    if part.target:
        facts = {XML_LANG: parcel.language} | ({"state": STATES[parcel.state]} if parcel.state in STATES else {})
        write_words(SubElement(unit, "target", facts), part.target, part)
    SubElement(unit, "note").text = part.label


def write_words(element, words, part):
    if not part.rich:
        element.text = words
        return
    codes, last, number = [], None, 0
    for place, piece in enumerate(PIECES.split(rich(words))):
        if place % 2:
            number += 1
            last = SubElement(element, *code(piece, number, codes))
            last.text = piece
        elif last is None:
            element.text = html.unescape(piece)
        else:
            last.tail = html.unescape(piece)


def code(tag, number, begun):
    """The element for an HTML tag and its attributes: the two ends of a pair share a number."""
    name = tag.strip("</>").split()[0]
    if name in ALONE:
        return "ph", {"id": str(number)}
    if not tag.startswith("</"):
        begun.append(number)
        return "bpt", {"id": str(number)}
    return "ept", {"id": str(begun.pop() if begun else number)}


# --- Back -------------------------------------------------------------------------------------


def read(content):
    """A `Returned` for each <file>. Raises `Faulty`."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (SyntaxError, ValueError, LookupError, DefusedXmlException) as error:
        raise faulty(_("This is not XML that can be read. Export it once more from your tool as XLIFF 1.2.")) from error
    if root.tag != f"{IN}xliff":
        raise faulty(_("This is not XLIFF 1.2. In your tool choose “XLIFF 1.2” (.xlf, .xliff)."))
    files = root.findall(f"{IN}file")
    if not files:
        raise faulty(_("There is nothing in this file."))
    return [returned(file, place=_("part %d of the file") % number) for number, file in enumerate(files, start=1)]


def returned(file, *, place):
    names = (file.get("original") or "").split("/")
    if len(names) != 4 or names[0] != MINE:
        raise faulty(_("It was not exported here: “original” does not name an item."), place=place)
    if not file.get("target-language"):
        raise faulty(_("It does not say which language it was translated into (“target-language”)."), place=place)
    _mine, kind, uid, digest = names
    words = {unit.get("id", "?"): words_of(unit) for unit in file.iter(f"{IN}trans-unit")}
    return Returned(kind, uid, digest, file.get("target-language"), words, place)


def words_of(unit):
    target = unit.find(f"{IN}target")
    if target is None:
        return ""
    coded = any(child.tag in CODES for child in target.iter())
    return text_of(target, coded=coded).strip()


def text_of(element, *, coded, depth=0):
    """The words of an element; with inline codes they are HTML, and what is not a code is escaped."""
    escape = (lambda words: html.escape(words or "", quote=False)) if coded else (lambda words: words or "")
    if depth > DEEPEST:
        raise faulty(_("It is nested too deeply."))
    parts = [escape(element.text)]
    for child in element:
        code = child.tag in CODES
        parts.append("".join(child.itertext()) if code else text_of(child, coded=coded, depth=depth + 1))
        parts.append(escape(child.tail))
    return "".join(parts)


def faulty(sentence, *, place=""):
    return Faulty([Fault(0, "", f"{place}: {sentence}" if place else sentence)])
