"""What a child process does with a picture: bytes in, small clean pictures out.

Runs in the sandbox alone and knows no Django. Nothing is copied but pixels: every picture that leaves
is drawn on a new canvas, so no EXIF, XMP, IPTC, colour profile, comment, thumbnail or trailing byte can
follow. Not here: what is said to the editor, where files are kept (`images.py`).

A box is [left, top, right, bottom] in fractions of the picture as it is seen, that is, after the turn
that its EXIF orientation asks for.
"""

import io
import math
import warnings
from collections import Counter

from PIL import Image, ImageCms, ImageDraw, ImageFile
from PIL.Image import Transpose

from .sandbox import FileRefused

MAX_PIXELS = 40_000_000
# A JPEG is decoded at a smaller scale at once, so that a photograph of today's telephones fits in the same memory.
MAX_PIXELS_JPEG = 64_000_000
# WebP can only be decoded whole, in five copies; this keeps it within the memory of the others.
MAX_PIXELS_WEBP = 12_600_000
MAX_SIDE = 16_000
# A camera's progressive JPEG has about ten scans; each costs the time of the whole picture.
MAX_SCANS = 100
WIDTHS = (480, 960, 1600)
MAX_HEIGHT = 3200
FORMATS = {
    "avif": {"format": "AVIF", "quality": 60, "speed": 8, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 78, "method": 4},
    "jpg": {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
}
MEDIA_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
ORIENTATION = 0x0112  # the EXIF tag, and below what its values 2 to 8 ask for
ROTATIONS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
BOX_COLOUR = (0, 0, 0)

warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = None  # ours is stricter, and says in which numbers


def render_picture(data, *, boxes, crop):
    """Renditions of the picture in `data`, as the sandbox wants them: (list of facts, list of bytes)."""
    picture = _open_picture(data)
    seen = _normalise_picture(picture, crop or [0, 0, 1, 1])
    for box in boxes:
        _black_out(seen, box)
    if crop:
        boxes = [_map_box_to_crop(box, crop) for box in boxes]
        seen = seen.crop(_convert_to_pixels(seen, crop))
    widths = _get_rendition_widths(seen)
    drawn = [rendition for width in widths for rendition in _render_formats(seen, width, boxes)]
    # A format that fails at one width is left out at all: a browser would take the wrong size.
    counts = Counter(facts["suffix"] for facts, _ in drawn)
    drawn = [(facts, blob) for facts, blob in drawn if counts[facts["suffix"]] == len(widths)]
    return [facts for facts, _ in drawn], [blob for _, blob in drawn]


def _open_picture(data):
    """The picture, its header read and found harmless, its pixels still packed."""
    _check_header(data)
    picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"])
    _check_size(*picture.size, most=MAX_PIXELS_JPEG if picture.format in {"JPEG", "MPO"} else MAX_PIXELS)
    # A JPEG with further pictures behind the first (depth, gain map) is still one photograph.
    if picture.format not in {"JPEG", "MPO"} and getattr(picture, "is_animated", False):
        raise FileRefused("animated")
    return picture


def _check_header(data):
    """What must be known before a decoder is even made."""
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MAX_SCANS:
        raise FileRefused("too-heavy")
    if data[8:12] == b"WEBP":
        _check_size(*_webp_size(data), most=MAX_PIXELS_WEBP)


def _check_size(width, height, *, most=MAX_PIXELS):
    if width * height > most:
        raise FileRefused("too-many-pixels", width=width, height=height, most=most // 100_000 / 10)
    if max(width, height) > MAX_SIDE:
        raise FileRefused("too-long", width=width, height=height, most=MAX_SIDE)


def _webp_size(data):
    """Width and height from the first chunk (RFC 9649): extended, lossless or lossy."""
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        if body[0] & 2:
            raise FileRefused("animated")
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _normalise_picture(picture, crop):
    """The picture upright, in sRGB, without transparency, and not much larger than what is left of it needs.

    Every pixel of the result depends on one block of whole pixels of the original, so that what is painted
    over takes all it hides with it.
    """
    orientation = picture.getexif().get(ORIENTATION, 1)
    lying = orientation >= 5  # its height is the width that is seen
    shrink = _compute_shrink_factor(picture, crop, lying=lying)
    if picture.format in {"JPEG", "MPO"}:
        shrink = max(shrink, math.ceil(math.sqrt(picture.width * picture.height / MAX_PIXELS)))
        picture.draft(None, (picture.width // shrink, picture.height // shrink))
        shrink = _compute_shrink_factor(picture, crop, lying=lying)
    canvas = _shrink_picture(picture, shrink)
    picture.close()  # its memory is needed for the turn
    return canvas.transpose(ROTATIONS[orientation]) if orientation in ROTATIONS else canvas


def _compute_shrink_factor(picture, crop, *, lying):
    """By what whole number both sides can be divided before the renditions would lose by it."""
    width, height = reversed(picture.size) if lying else picture.size
    left, top, right, bottom = crop
    return max(1, int(width * (right - left)) // WIDTHS[-1], int(height * (bottom - top)) // MAX_HEIGHT)


def _shrink_picture(picture, shrink):
    """A new canvas with every `shrink` x `shrink` block averaged, band by band: never two copies in memory."""
    to_srgb = _build_srgb_transform(picture)
    canvas = Image.new("RGB", (math.ceil(picture.width / shrink), math.ceil(picture.height / shrink)))
    picture.load()
    step = shrink * max(1, 4_000_000 // (shrink * picture.width))
    for top in range(0, picture.height, step):
        band = picture.crop((0, top, picture.width, min(top + step, picture.height)))
        canvas.paste(_convert_to_rgb(band, to_srgb).reduce(shrink), (0, top // shrink))
    return canvas


def _build_srgb_transform(picture):
    """The way from the picture's own colours to sRGB, or None where there is none or it is broken."""
    mode = picture.mode if picture.mode in {"RGB", "CMYK", "L"} else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
        return mode, ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (KeyError, OSError, TypeError, ValueError, ImageCms.PyCMSError):
        return None


def _convert_to_rgb(band, to_srgb):
    """RGB; what was transparent becomes white, whatever colour hid beneath."""
    alpha = band.convert("RGBA").getchannel("A") if band.has_transparency_data else None
    if band.mode.startswith("I"):  # 16 bits of grey
        band = band.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if to_srgb:
        mode, transform = to_srgb
        band = ImageCms.applyTransform(band.convert(mode), transform)
    band = band.convert("RGB")
    return Image.composite(band, Image.new("RGB", band.size, "white"), alpha) if alpha else band


def _get_rendition_widths(picture):
    """480, 960 and 1600 pixels, or its own width where that is less: nothing is blown up, nothing is a tower."""
    own = max(1, min(picture.width, picture.width * MAX_HEIGHT // picture.height))
    return sorted({min(own, most) for most in WIDTHS})


def _render_formats(picture, width, boxes):
    height = max(1, round(picture.height * width / picture.width))
    drawn = picture.resize((width, height), Image.Resampling.LANCZOS)
    for box in boxes:
        _black_out(drawn, box)
    for suffix, how in FORMATS.items():
        blob = _encode_picture(drawn, exact=bool(boxes), **how)
        if suffix == "jpg" or _are_boxes_black(blob, boxes):
            yield (
                {"suffix": suffix, "type": MEDIA_TYPES[suffix], "width": width, "height": height, "size": len(blob)},
                blob,
            )


def _are_boxes_black(blob, boxes):
    """AVIF and WebP may let the surroundings shimmer into a box by a shade; such a rendition is left out."""
    picture = Image.open(io.BytesIO(blob)) if boxes else None
    inside = (picture.crop(_convert_to_pixels(picture, box)) for box in boxes)
    return all(part.getextrema() == ((0, 0),) * 3 for part in inside if part.width and part.height)


def _encode_picture(picture, *, exact, **how):
    if exact:  # colour at full resolution: a half-size one would bleed over the edge of a black box
        how |= {"subsampling": "4:4:4"} if how["format"] != "WEBP" else {"use_sharp_yuv": True}
    # A progressive JPEG is written in one piece, and of pure noise the piece is as large as the pixels.
    ImageFile.MAXBLOCK = 65_536 + 3 * picture.width * picture.height
    stream = io.BytesIO()
    picture.save(stream, **how)
    return stream.getvalue()


def _black_out(picture, box):
    """Opaque pixels, never a blur, over the box and a margin that keeps the encoders' edges outside it."""
    left, top, right, bottom = _convert_to_pixels(picture, box)
    margin = 16
    area = (left - margin, top - margin, right + margin - 1, bottom + margin - 1)
    ImageDraw.Draw(picture).rectangle(area, fill=BOX_COLOUR)


def _convert_to_pixels(picture, box):
    """Whole pixels, rounded outwards."""
    left, top, right, bottom = box
    return (
        math.floor(left * picture.width),
        math.floor(top * picture.height),
        math.ceil(right * picture.width),
        math.ceil(bottom * picture.height),
    )


def _map_box_to_crop(box, crop):
    """The same box in fractions of the cropped picture; it may reach beyond its edge."""
    across, down = crop[2] - crop[0], crop[3] - crop[1]
    left, top, right, bottom = box
    return [
        (left - crop[0]) / across,
        (top - crop[1]) / down,
        (right - crop[0]) / across,
        (bottom - crop[1]) / down,
    ]
