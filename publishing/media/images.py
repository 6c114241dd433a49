"""A picture rebuilt from its pixels alone; its renditions; an organisation's mark.

Nothing of the uploaded file is ever stored, neither its bytes nor its name: they go through a pipe to a
child process (`pixels.py` in the sandbox), and what comes back was drawn there. Not here: alt texts and
who may see a picture.
"""

import hashlib
import math
import re
from dataclasses import asdict, dataclass, field

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import pixels
from .files import delete_files as discard_files
from .files import read_upload, store_files
from .sandbox import FileRefused, Limits, run_in_sandbox

MAX_MB = 10
MAX_BOXES = 50
# Address space: 300 MiB of data and what the interpreter and its libraries map.
LIMITS = Limits(memory=340, seconds=10)

REFUSAL_MESSAGES = {
    "animated": gettext_lazy("The picture is animated. Save one frame of it as JPEG or PNG."),
    "too-many-pixels": gettext_lazy(
        "The picture has %(width)d × %(height)d pixels; at most %(most)s million are read. Make it smaller."
    ),
    "too-long": gettext_lazy(
        "The picture has %(width)d × %(height)d pixels; neither side may exceed %(most)d. Make it smaller."
    ),
    "too-slow": gettext_lazy("The picture takes too long to read. Save it again as JPEG."),
    "too-heavy": gettext_lazy("The picture takes too much memory to read. Save it again as JPEG, or smaller."),
    "unreadable": gettext_lazy("The picture is damaged or incomplete. Save it again as JPEG or PNG."),
}
# What people try to upload, by its first bytes; it only makes the refusal clearer.
OTHER_SIGNATURES = [
    (re.compile(rb"GIF8"), "GIF"),
    (re.compile(rb".{4}ftyp(heic|heix|mif1|msf1)", re.S), "HEIC"),
    (re.compile(rb".{4}ftypavi[fs]", re.S), "AVIF"),
    (re.compile(rb"II\*\0|MM\0\*"), "TIFF"),
    (re.compile(rb"BM"), "BMP"),
    (re.compile(rb"%PDF"), "PDF"),
    (re.compile(rb"PK\x03\x04"), "ZIP"),
    (re.compile(rb"(\xef\xbb\xbf)?\s{0,100}<(\?xml|!--|svg|!doctype svg)", re.I), "SVG"),
    (re.compile(rb"(\xef\xbb\xbf)?\s{0,100}<", re.I), "HTML"),
]
ACCEPTED_SIGNATURES = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF.{4}WEBP", re.S)


@dataclass(frozen=True)
class RebuiltPicture:
    """A stored picture. `width` and `height` are those of its largest rendition; the original's are not kept.

    `renditions` are dicts of name, type, width, height, size (bytes). `sha256` is of the uploaded file:
    shown once, so that the partner can keep the original as evidence elsewhere, and left out of `kept`.
    """

    width: int
    height: int
    sha256: str
    renditions: list
    focus: list | None = None

    def kept(self):
        """What a model stores as JSON."""
        return {key: value for key, value in asdict(self).items() if key != "sha256"}


def rebuild_picture(upload, *, boxes=(), focus=None, crop=None):
    """Draws the picture anew in every size and format, and stores these.

    `boxes` are painted black before anything is stored, `crop` cuts: each is [left, top, right, bottom] in
    fractions of the picture as it is seen. `focus` is [x, y], the point to keep in view, in fractions of the
    result. Raises ValidationError with a sentence that says what is wrong.
    """
    boxes = [_parse_box(box) for box in boxes]
    if len(boxes) > MAX_BOXES:
        raise ValidationError(_("At most %(most)d boxes."), params={"most": MAX_BOXES})
    crop = _parse_box(crop) if crop else None
    focus = _parse_point(focus) if focus else None
    data = read_upload(upload, limit=MAX_MB)
    _check_signature(data)
    try:
        drawn, blobs = run_in_sandbox(pixels.render_picture, data, limits=LIMITS, boxes=boxes, crop=crop)
    except FileRefused as refusal:
        raise ValidationError(REFUSAL_MESSAGES[refusal.code] % refusal.facts) from refusal
    names = store_files(zip([facts.pop("suffix") for facts in drawn], blobs, strict=True))
    renditions = [{"name": name, **facts} for name, facts in zip(names, drawn, strict=True)]
    largest = max(renditions, key=lambda rendition: rendition["width"])
    digest = hashlib.sha256(data).hexdigest()
    return RebuiltPicture(largest["width"], largest["height"], digest, renditions, focus)


def delete_picture_files(picture):
    """Deletes the files of a picture, given as `RebuiltPicture` or as what a model kept of it."""
    renditions = picture.renditions if isinstance(picture, RebuiltPicture) else (picture or {}).get("renditions", [])
    discard_files(rendition["name"] for rendition in renditions)


def _check_signature(data):
    if ACCEPTED_SIGNATURES.match(data):
        return
    for pattern, name in OTHER_SIGNATURES:
        if pattern.match(data):
            sentence = _("This is a %(kind)s file, whatever its name says. Pictures are JPEG, PNG or WebP.")
            raise ValidationError(sentence, params={"kind": name})
    raise ValidationError(_("This is not a picture. Pictures are JPEG, PNG or WebP files."))


def _parse_box(box):
    numbers = _parse_fractions(box, 4)
    if numbers and numbers[0] < numbers[2] and numbers[1] < numbers[3]:
        return numbers
    sentence = _("A box is four numbers from 0 to 1: left, top, right, bottom. This is not: %(box)s")
    raise ValidationError(sentence, params={"box": str(box)[:100]})


def _parse_point(focus):
    numbers = _parse_fractions(focus, 2)
    if numbers:
        return numbers
    raise ValidationError(_("A focal point is two numbers from 0 to 1: across and down."))


def _parse_fractions(values, count):
    """As floats, or None unless they are `count` finite numbers from 0 to 1."""
    try:
        numbers = [float(value) for value in values]
    except (TypeError, ValueError):
        return None
    good = len(numbers) == count and all(math.isfinite(number) and 0 <= number <= 1 for number in numbers)
    return numbers if good else None


# --- The mark of an organisation --------------------------------------------------------------

MAX_MARK_KB = 64
MAX_PATH_CHARACTERS = 30_000
SVG = "{http://www.w3.org/2000/svg}"
# Elements and attributes that may stand in the file; of these only viewBox, d and the fill rule are taken.
COMMON_ATTRIBUTES = {"id", "fill", "fill-rule", "role", "aria-hidden", "aria-label"}
ALLOWED_ELEMENTS = {
    "svg": COMMON_ATTRIBUTES | {"viewBox", "width", "height", "version", "x", "y"},
    "g": COMMON_ATTRIBUTES,
    "path": COMMON_ATTRIBUTES | {"d", "clip-rule"},
    "title": COMMON_ATTRIBUTES,
    "desc": COMMON_ATTRIBUTES,
}
PATH_DATA = re.compile(r"\s*[Mm][MmZzLlHhVvCcSsQqTtAa0-9eE.,+\-\s]*")
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
VIEWBOX = re.compile(rf"\s*({NUMBER})[\s,]+({NUMBER})[\s,]+(\d+\.?\d*)[\s,]+(\d+\.?\d*)\s*")


@dataclass
class _SvgMark:
    paths: list = field(default_factory=list)
    colours: set = field(default_factory=set)
    rules: set = field(default_factory=set)


def parse_svg_mark(upload):
    """The outline of a square SVG of one colour: {"viewbox": "0 0 32 32", "paths": [...], "rule": "evenodd"}.

    `rule` is the fill rule. Only numbers and path letters survive, so that a template can draw it; whatever
    else an SVG can hold is refused by its name. Raises ValidationError.
    """
    data = read_upload(upload, limit=1)
    if len(data) > MAX_MARK_KB * 1024:
        raise ValidationError(_("A logo is an SVG of at most %(limit)d kB."), params={"limit": MAX_MARK_KB})
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ValidationError(_("This is not an SVG that can be read; it may hold no DTD and no entities.")) from error
    if root.tag != f"{SVG}svg":
        raise ValidationError(_("This is not an SVG: it begins with <%(tag)s>."), params={"tag": root.tag[:40]})
    mark = _SvgMark()
    for element in root.iter():
        _read_svg_element(element, mark)
    return {"viewbox": _parse_viewbox(root), **_build_outline(mark)}


def _read_svg_element(element, mark):
    name = str(element.tag).removeprefix(SVG)
    if name not in ALLOWED_ELEMENTS:
        raise ValidationError(_("A logo is made only of paths; this SVG has <%(tag)s>."), params={"tag": name[:40]})
    if others := sorted(set(element.keys()) - ALLOWED_ELEMENTS[name]):
        sentence = _("A logo is one shape of one colour; this SVG has the attribute “%(name)s”. Flatten it to paths.")
        raise ValidationError(sentence, params={"name": others[0][:40]})
    fill = element.get("fill", "").strip().lower()
    mark.colours.add(fill)
    mark.rules.add(element.get("fill-rule", ""))
    if name == "path":
        if fill == "none":
            raise ValidationError(_("A path of this SVG is not filled, so nothing of it would be seen."))
        mark.paths.append(" ".join(element.get("d", "").split()))


def _build_outline(mark):
    if len(mark.colours - {"", "none"}) > 1:
        raise ValidationError(_("A logo has one colour; this SVG has several."))
    if not mark.paths or sum(map(len, mark.paths)) > MAX_PATH_CHARACTERS:
        raise ValidationError(_("A logo has at least one path, and at most %(most)d characters of paths."),
                              params={"most": MAX_PATH_CHARACTERS})  # fmt: skip
    if not all(map(PATH_DATA.fullmatch, mark.paths)):
        raise ValidationError(_("A path of this SVG contains something other than numbers and drawing letters."))
    rules = mark.rules - {""}
    if len(rules) > 1 or rules - {"evenodd", "nonzero"}:
        raise ValidationError(_("The shapes of a logo are filled by one rule; this SVG mixes them."))
    return {"paths": mark.paths, "rule": rules.pop() if rules else "nonzero"}


def _parse_viewbox(root):
    match = VIEWBOX.fullmatch(root.get("viewBox", ""))
    if not match or not float(match[3]):
        raise ValidationError(_('The SVG has no viewBox, such as viewBox="0 0 32 32".'))
    if abs(float(match[3]) - float(match[4])) > 0.01 * float(match[3]):
        raise ValidationError(_("A logo is square; this one is %(width)s × %(height)s."),
                              params={"width": match[3], "height": match[4]})  # fmt: skip
    return " ".join(match.groups())
