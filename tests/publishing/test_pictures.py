"""Pictures come in as pixels or not at all. All material is drawn here, the attacks too."""

import contextlib
import hashlib
import io
import json
import struct
import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageChops, ImageCms, PngImagePlugin

from publishing.media import images, sandbox
from tests.support import sandbox_tasks

SMALL = sandbox.Limits(memory=400, seconds=2)
MARK = b"MARKER-of-witness-Ivanova"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def stored(store):
    return sorted(store.rglob("*")) if store.exists() else []


def upload(data, name="name_of_witness.jpg"):
    return SimpleUploadedFile(name, data)


def photo(size=(160, 100), mode="RGB"):
    """Something with detail, so that an encoder has work."""
    return Image.effect_noise(size, 40).convert(mode)


def encoded(image, kind, **how):
    stream = io.BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def rebuilt(data, **how):
    return images.rebuild_picture(upload(data), **how)


def opened(rendition):
    with default_storage.open(rendition["name"]) as file:
        return Image.open(io.BytesIO(file.read()))


def largest(picture, kind="image/jpeg"):
    return opened([rendition for rendition in picture.renditions if rendition["type"] == kind][-1]).convert("RGB")


def refusal(data, **how):
    with pytest.raises(ValidationError) as refused:
        rebuilt(data, **how)
    return refused.value.messages[0]


# --- What comes out ---------------------------------------------------------------------------


def test_a_photograph_becomes_three_formats_in_three_widths():
    picture = rebuilt(encoded(photo((1800, 900)), "JPEG"))
    made = {(rendition["type"], rendition["width"], rendition["height"]) for rendition in picture.renditions}
    sizes = [(480, 240), (960, 480), (1600, 800)]
    assert made == {(f"image/{kind}", *size) for kind in ("avif", "webp", "jpeg") for size in sizes}
    assert (picture.width, picture.height) == (1600, 800)


def test_a_rendition_is_what_it_says():
    for rendition in rebuilt(encoded(photo((1000, 500)), "PNG")).renditions:
        picture = opened(rendition)
        assert picture.get_format_mimetype() == rendition["type"]
        assert picture.size == (rendition["width"], rendition["height"])
        assert default_storage.size(rendition["name"]) == rendition["size"]


@pytest.mark.parametrize(("width", "widths"), [(300, {300}), (700, {480, 700}), (1599, {480, 960, 1599})])
def test_a_small_picture_is_never_blown_up(width, widths):
    assert {rendition["width"] for rendition in rebuilt(encoded(photo((width, 40)), "PNG")).renditions} == widths


def test_a_tower_is_kept_to_a_height_that_can_be_shown():
    assert max(rendition["height"] for rendition in rebuilt(encoded(photo((400, 9000)), "JPEG")).renditions) <= 3200


def test_the_digest_is_of_the_upload_and_is_not_kept():
    data = encoded(photo(), "JPEG")
    picture = rebuilt(data)
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert picture.sha256 not in json.dumps(picture.kept())


def test_names_are_random_and_carry_nothing_of_the_upload():
    data = encoded(photo(), "JPEG")
    first, second = rebuilt(data), rebuilt(data)
    names = [rendition["name"] for picture in (first, second) for rendition in picture.renditions]
    assert len(set(names)) == len(names)
    assert not [name for name in names if "witness" in name or len(name.partition(".")[0]) < 32]


def test_a_discarded_picture_leaves_no_file(store):
    picture = rebuilt(encoded(photo(), "JPEG"))
    images.delete_picture_files(picture.kept())
    images.delete_picture_files(picture)
    assert not stored(store)


def test_a_focal_point_is_kept():
    assert rebuilt(encoded(photo(), "JPEG"), focus=[0.25, "0.5"]).kept()["focus"] == [0.25, 0.5]


def test_a_picture_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = Image.new("RGB", (600, 400), "blue")
    sideways.paste("red", (0, 0, 300, 400))
    picture = largest(rebuilt(encoded(sideways, "JPEG", exif=exif)))
    assert picture.size == (400, 600)
    assert picture.getpixel((200, 100))[0] > 200  # what was left is now on top
    assert picture.getpixel((200, 500))[2] > 200


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_pillow_turns_it(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    quarters = Image.new("RGB", (64, 48), "white")
    quarters.paste("black", (0, 0, 32, 24))
    quarters.paste("red", (32, 0, 64, 24))
    upright = {1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90}[orientation]
    expected = (
        quarters.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if orientation in {2, 4, 5, 7} else quarters
    ).rotate((90 if orientation == 5 else 270 if orientation == 7 else upright), expand=True)
    picture = largest(rebuilt(encoded(quarters, "PNG", exif=exif)))
    corners = [(8, 8), (picture.width - 9, 8), (8, picture.height - 9), (picture.width - 9, picture.height - 9)]
    for corner in corners:
        seen, wanted = picture.getpixel(corner), expected.getpixel(corner)
        assert max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) < 30


def test_what_is_transparent_becomes_white_whatever_colour_hid_beneath():
    hidden = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    assert min(largest(rebuilt(encoded(hidden, "PNG"))).getpixel((50, 50))) > 250


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_keeps_its_brightness(mode):
    grey = Image.new("I;16", (100, 100), 128 * 256) if mode == "I;16" else Image.new("L", (100, 100), 128).convert(mode)
    picture = largest(rebuilt(encoded(grey, "PNG")))
    assert abs(picture.resize((1, 1)).getpixel((0, 0))[0] - 128) < 6


def test_colours_of_print_come_out_as_colours_of_the_screen():
    picture = largest(rebuilt(encoded(Image.new("CMYK", (100, 100), (0, 255, 255, 0)), "JPEG")))
    red, green, blue = picture.getpixel((50, 50))
    assert red > 180
    assert max(green, blue) < 90


def test_a_profile_is_applied_and_then_forgotten():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = rebuilt(encoded(Image.new("RGB", (100, 100), (200, 30, 30)), "JPEG", icc_profile=lab))
    assert max(abs(a - b) for a, b in zip(largest(picture).getpixel((50, 50)), (200, 30, 30), strict=True)) < 8
    assert "icc_profile" not in opened(picture.renditions[-1]).info


# --- What must not come out -------------------------------------------------------------------


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def segment(code, body):
    return bytes([0xFF, code]) + struct.pack(">H", len(body) + 2) + body


def thumbnail():
    return encoded(photo((40, 40)), "JPEG", comment=MARK)


def exif_with_marks():
    exif = Image.Exif()
    exif[0x010F] = exif[0x013B] = exif[0x9286] = MARK.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (53.0, 54.0, 0.0), 29: MARK.decode()})
    return exif


def profile_with_mark():
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = profile.find(b"desc", 132 + 12 * 12)
    return bytes(profile[: at + 12]) + MARK + bytes(profile[at + 12 + len(MARK) :])


def in_jpeg(*segments):
    data = encoded(photo(), "JPEG")
    return data[:2] + b"".join(segments) + data[2:]


def in_png(*chunks):
    data = encoded(photo(), "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def in_webp(*chunks):
    """RIFF chunks after the picture."""
    data = encoded(photo(), "WEBP", exif=exif_with_marks()) + b"".join(chunks)
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def riff(kind, body):
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def text_png():
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", MARK.decode())
    info.add_itxt("XML:com.adobe.xmp", MARK.decode())
    return info


def multi_picture():
    return encoded(photo(), "MPO", save_all=True, append_images=[photo()], exif=exif_with_marks())


XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + MARK + b"</x:xmpmeta>"
IPTC = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x30\x1c\x02\x78\0\x20" + MARK
SCRIPT = b"<script>alert('" + MARK + b"')</script>"
ARCHIVE = b"PK\x03\x04" + MARK + b"PK\x05\x06" + b"\0" * 18
MARKED = {
    "jpeg exif": lambda: encoded(photo(), "JPEG", exif=exif_with_marks()),
    "jpeg xmp": lambda: in_jpeg(segment(0xE1, XMP)),
    "jpeg extended xmp": lambda: in_jpeg(segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + MARK)),
    "jpeg iptc": lambda: in_jpeg(segment(0xED, IPTC)),
    "jpeg profile": lambda: encoded(photo(), "JPEG", icc_profile=profile_with_mark()),
    "jpeg comment": lambda: encoded(photo(), "JPEG", comment=MARK),
    "jpeg jfif thumbnail": lambda: in_jpeg(segment(0xE0, b"JFXX\0\x10" + thumbnail())),
    "jpeg exif thumbnail": lambda: in_jpeg(segment(0xE1, b"Exif\0\0" + exif_with_marks().tobytes()[6:] + thumbnail())),
    "jpeg maker's segments": lambda: in_jpeg(*[segment(code, MARK) for code in range(0xE3, 0xF0) if code != 0xEE]),
    "jpeg trailing": lambda: encoded(photo(), "JPEG") + MARK,
    "jpeg trailing picture": lambda: encoded(photo(), "JPEG") + thumbnail(),
    "jpeg multi-picture": multi_picture,
    "jpeg progressive exif": lambda: encoded(photo(), "JPEG", progressive=True, exif=exif_with_marks(), comment=MARK),
    "jpeg grey": lambda: encoded(photo(mode="L"), "JPEG", comment=MARK),
    "jpeg cmyk": lambda: encoded(photo(mode="CMYK"), "JPEG", comment=MARK, exif=exif_with_marks()),
    "png text": lambda: encoded(photo(), "PNG", pnginfo=text_png()),
    "png packed text": lambda: in_png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(MARK))),
    "png exif": lambda: encoded(photo(), "PNG", exif=exif_with_marks()),
    "png profile": lambda: encoded(photo(), "PNG", icc_profile=profile_with_mark()),
    "png private chunk": lambda: in_png(chunk(b"prVt", MARK)),
    "png palette": lambda: encoded(photo(mode="P"), "PNG", pnginfo=text_png()),
    "png transparent": lambda: encoded(photo(mode="RGBA"), "PNG", pnginfo=text_png()),
    "png trailing": lambda: encoded(photo(), "PNG") + MARK,
    "webp exif": in_webp,
    "webp xmp": lambda: encoded(photo(), "WEBP", xmp=MARK),
    "webp profile": lambda: encoded(photo(), "WEBP", icc_profile=profile_with_mark()),
    "webp lossless": lambda: encoded(photo(mode="RGBA"), "WEBP", lossless=True, exif=exif_with_marks()),
    "webp unknown chunk": lambda: in_webp(riff(b"WTNS", MARK)),
    "webp trailing": lambda: in_webp() + MARK,
    "script behind a jpeg": lambda: encoded(photo(), "JPEG") + SCRIPT,
    "script in a jpeg": lambda: in_jpeg(segment(0xFE, b"*/=1;alert(1);/*" + SCRIPT)),
    "page in a png": lambda: in_png(chunk(b"tEXt", b"Comment\0" + SCRIPT)),
    "archive behind a png": lambda: encoded(photo(), "PNG") + ARCHIVE,
    "archive behind a webp": lambda: in_webp() + ARCHIVE,
    "pdf behind a jpeg": lambda: in_jpeg(segment(0xFE, b"%PDF-1.4 " + MARK)) + b"%PDF-1.4\n" + MARK,
    "program behind a png": lambda: encoded(photo(), "PNG") + b"\x7fELF" + MARK,
    "php in a jpeg": lambda: in_jpeg(segment(0xFE, b"<?php " + MARK + b" ?>")),
    "svg behind a jpeg": lambda: encoded(photo(), "JPEG") + b"<svg onload='" + MARK + b"'/>",
}


def unpacked(data):
    """What a packed chunk of a PNG holds."""
    start = max(data.find(b"iCCP"), data.find(b"zTXt"))
    return zlib.decompressobj().decompress(data[data.index(b"\0\0", start) + 2 :]) if start > 0 else b""


@pytest.mark.parametrize("slot", MARKED)
def test_nothing_but_pixels_survives(slot, store):
    data = MARKED[slot]()
    assert MARK in data + unpacked(data)
    rebuilt(data)
    everything = b"".join(path.read_bytes() for path in stored(store))
    assert everything
    for rest in (MARK, b"Exif\0\0", b"xap/1.0", b"Photoshop", b"ICC_PROFILE", b"<script", b"PK\x03\x04", b"%PDF"):
        assert rest not in everything


def test_a_rendition_holds_no_metadata_that_pillow_can_find():
    for rendition in rebuilt(MARKED["jpeg exif"]()).renditions:
        picture = opened(rendition)
        assert not dict(picture.getexif())
        assert not {"icc_profile", "comment", "xmp", "exif"} & {key for key, value in picture.info.items() if value}


# --- Redaction and cropping -------------------------------------------------------------------


BOX = [0.25, 0.3, 0.5, 0.61]


def region(picture, box=BOX):
    left, top, right, bottom = box
    return picture.crop(
        (int(left * picture.width), int(top * picture.height), int(right * picture.width), int(bottom * picture.height))
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_box_is_flat_black_in_every_rendition(kind):
    picture = rebuilt(encoded(photo((700, 400)), kind), boxes=[BOX])
    assert {rendition["width"] for rendition in picture.renditions} == {480, 700}
    for rendition in picture.renditions:
        assert region(opened(rendition).convert("RGB")).getextrema() == ((0, 0), (0, 0), (0, 0))


def test_what_a_box_hides_does_not_shine_through_at_its_edge():
    """Red lies in the box and nowhere else; shrinking must not smear it over the edge."""
    data = Image.new("RGB", (3300, 500), "white")
    data.paste((255, 0, 0), (825, 150, 1650, 305))
    for rendition in rebuilt(encoded(data, "PNG"), boxes=[BOX]).renditions:
        red, green, _blue = opened(rendition).convert("RGB").split()
        assert ImageChops.subtract(red, green).getextrema()[1] < 20


def test_boxes_lie_on_the_picture_as_it_is_seen():
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = largest(
        rebuilt(encoded(Image.new("RGB", (900, 600), "white"), "JPEG", exif=exif), boxes=[[0, 0, 1, 0.2]])
    )
    assert picture.size == (600, 900)
    assert picture.getpixel((300, 90)) == (0, 0, 0)
    assert min(picture.getpixel((300, 800))) > 250


def test_a_crop_keeps_only_what_is_inside():
    halves = Image.new("RGB", (800, 400), "white")
    halves.paste("red", (0, 0, 400, 400))
    picture = largest(rebuilt(encoded(halves, "PNG"), crop=[0.5, 0, 1, 1], boxes=[[0.4, 0, 0.6, 0.5]]))
    assert picture.size == (400, 400)
    assert picture.getpixel((40, 40)) == (0, 0, 0)
    assert min(picture.getpixel((300, 300))) > 250


@pytest.mark.parametrize("box", [[0, 0, 1], [0, 0, 2, 1], [0.5, 0, 0.5, 1], [0, float("nan"), 1, 1], "abcd", None, 7])
def test_a_box_that_is_none_is_refused(box, store):
    assert "left, top, right, bottom" in refusal(encoded(photo(), "JPEG"), boxes=[box])
    assert not stored(store)


# --- Refusals ---------------------------------------------------------------------------------


def huge_png(width, height):
    """One bit a pixel, all the same: many pixels in few bytes."""
    packer = zlib.compressobj(9)
    row = b"\0" * (width // 8 + 1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg_of_size(width, height):
    """An honest JPEG whose header lies."""
    data = encoded(photo(), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def webp_of_size(width, height, *, flags=0):
    sizes = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBP" + riff(b"VP8X", bytes([flags, 0, 0, 0]) + sizes) + encoded(photo(), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_lossless_of_size(width, height):
    data = bytearray(encoded(photo(), "WEBP", lossless=True))
    data[21:25] = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return bytes(data)


def many_scans():
    """A progressive JPEG that asks to be drawn thousands of times."""
    data = encoded(Image.new("L", (2000, 2000)), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * 3000 + data[-2:]


def frames(count=3):
    return [Image.new("RGB", (64, 64), (90 * n, 0, 0)) for n in range(count)]


def animated(kind):
    first, *others = frames()
    return encoded(first, kind, save_all=True, append_images=others)


BOMBS = {
    "13000 x 13000 in 20 kB": (lambda: huge_png(13000, 13000), "13000 × 13000"),
    "one row too many": (lambda: huge_png(8000, 5001), "at most 40"),
    "16001 x 2": (lambda: huge_png(16001, 2), "neither side"),
    "2 x 19999": (lambda: huge_png(2, 19999), "neither side"),
    "a header of 65000 x 65000": (lambda: jpeg_of_size(65000, 65000), "65000 × 65000"),
    "a WebP of 16383 x 16383": (lambda: webp_of_size(16383, 16383), "16383 × 16383"),
    "a lossless WebP of 16000 x 16000": (lambda: webp_lossless_of_size(16000, 16000), "16000 × 16000"),
    "a WebP above its own limit": (lambda: webp_of_size(5000, 5000), "at most 12"),
    "an animated PNG": (lambda: animated("PNG"), "animated"),
    "an animated WebP": (lambda: animated("WEBP"), "animated"),
    "an animated WebP by its flag": (lambda: webp_of_size(64, 64, flags=2), "animated"),
    "thousands of scans": (many_scans, "too much memory"),
    "a packed text of 100 MB": (
        lambda: in_png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9))), ""),
    "a packed profile of 100 MB": (
        lambda: in_png(chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(100_000_000), 9))), None),
    "a truncated JPEG": (lambda: encoded(photo(), "JPEG")[:-2000], "damaged"),
    "a truncated PNG": (lambda: encoded(photo(), "PNG")[:-3000], "damaged"),
    "a truncated WebP": (lambda: encoded(photo(), "WEBP")[:-1000], "damaged"),
    "only a signature": (lambda: b"\x89PNG\r\n\x1a\n", "damaged"),
    "a PNG of no size": (lambda: huge_png(0, 0), "damaged"),
    "a PNG in a PNG": (lambda: in_png(encoded(photo(), "PNG")), None),
    "noise behind a signature": (lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "damaged"),
}  # fmt: skip


@pytest.fixture(scope="module")
def bombs():
    return {name: make() for name, (make, _sentence) in BOMBS.items()}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_goes_off_nowhere(name, bombs, store):
    """None in the table: whether it is taken is open, what it may cost is not."""
    began, sentence = time.monotonic(), BOMBS[name][1]
    if sentence is None:
        with contextlib.suppress(ValidationError):
            rebuilt(bombs[name])
    else:
        assert sentence in refusal(bombs[name])
        assert not stored(store)
    assert time.monotonic() - began < 3  # 0.1 s on a machine with nothing else to do


def test_no_bomb_and_no_largest_picture_takes_more_than_300_mib(bombs):
    largest = encoded(Image.new("RGBA", (8000, 5000), (1, 2, 3, 200)), "PNG", compress_level=1)
    heaviest = [bombs[name] for name in ("13000 x 13000 in 20 kB", "thousands of scans", "a packed text of 100 MB")]
    peaks = [sandbox.run_in_sandbox(sandbox_tasks.peak, data, limits=images.LIMITS)[0] for data in [*heaviest, largest]]
    assert 160 < max(peaks) < 300


FOREIGN = {
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "svg after an XML line": b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
    "HTML": b"<!DOCTYPE html><script>alert(1)</script>",
    "page that names a png": b"<html>\x89PNG\r\n\x1a\n",
    "XML with entities": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;</x>",
    "ZIP": ARCHIVE,
    "GIF": encoded(photo(mode="P"), "GIF"),
    "TIFF": encoded(photo(), "TIFF"),
    "BMP": encoded(photo(), "BMP"),
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "AVIF": encoded(photo((16, 16)), "AVIF"),
    "PDF": b"%PDF-1.7",
    "JPEG 2000": encoded(photo(), "JPEG2000"),
    "words": b"This is a picture, honestly.",
    "one byte": b"\xff",
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("name", ["a.jpg", "b.png"])
def test_a_picture_that_is_none_is_refused_whatever_its_name(kind, name, store):
    with pytest.raises(ValidationError, match="JPEG, PNG or WebP"):
        images.rebuild_picture(upload(FOREIGN[kind], name))
    assert not stored(store)


def test_the_refusal_says_what_the_file_is():
    assert "HEIC" in refusal(FOREIGN["HEIC"])


def test_an_empty_file_is_refused():
    assert "empty" in refusal(b"")


def test_a_file_above_10_mb_is_refused():
    assert "10 MB" in refusal(encoded(photo(), "JPEG") + bytes(10 * 1024 * 1024))


def test_a_full_disk_leaves_no_half_picture(store, monkeypatch):
    data = encoded(photo((1000, 500)), "PNG")
    room = iter(range(4))

    def save(name, content, _write=default_storage.save):
        if next(room, None) is None:
            raise OSError(28, "No space left on device")
        return _write(name, content)

    monkeypatch.setattr(default_storage, "save", save)
    assert "No space left" in refusal(data)
    assert not stored(store)


# --- The child --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "code"),
    [(sandbox_tasks.loop, "too-slow"), (sandbox_tasks.grow, "too-heavy"), (sandbox_tasks.die, "unreadable")],
)
def test_a_child_that_misbehaves_hurts_only_itself(task, code):
    with pytest.raises(sandbox.FileRefused) as refused:
        sandbox.run_in_sandbox(task, b"original", limits=sandbox.Limits(memory=400, seconds=1))
    assert refused.value.code == code


def test_a_child_can_write_no_file(tmp_path):
    path = tmp_path / "original"
    with pytest.raises(sandbox.FileRefused):
        sandbox.run_in_sandbox(
            sandbox_tasks.write, b"original", limits=sandbox.Limits(memory=400, seconds=2), path=str(path)
        )
    assert path.read_bytes() == b""


def test_a_child_sees_no_secret_of_the_environment():
    facts, _blobs = sandbox.run_in_sandbox(sandbox_tasks.environment, b"", limits=sandbox.Limits(memory=400, seconds=2))
    assert not {"SECRET_KEY", "SUBSCRIBER_KEYS", "DATABASE_URL"} & facts.keys()


# --- The mark of an organisation --------------------------------------------------------------


def mark(inside, head='viewBox="0 0 32 32"'):
    return upload(f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{inside}</svg>'.encode(), "mark.svg")


def test_a_square_mark_of_one_colour_is_taken_as_its_outline():
    drawn = images.parse_svg_mark(
        mark('<title>x</title><g fill="#123"><path fill-rule="evenodd" d="M0 0h32v32H0z"/></g>')
    )
    assert drawn == {"viewbox": "0 0 32 32", "paths": ["M0 0h32v32H0z"], "rule": "evenodd"}


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<path d="M0 0" onload="alert(1)"/>', "onload"),
        ('<path d="M0 0&quot; onload=&quot;alert(1)"/>', "something other"),
        ('<path d="M0 0" style="fill:url(http://evil)"/>', "style"),
        ('<path d="M0 0" transform="scale(2)"/>', "transform"),
        ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>', "<foreignObject>"),
        ('<image href="http://evil/x.png"/>', "<image>"),
        ('<use href="#a"/>', "<use>"),
        ('<style>path{fill:red}</style><path d="M0 0"/>', "<style>"),
        ('<path fill="red" d="M0 0"/><path fill="blue" d="M1 1"/>', "one colour"),
        ("", "at least one path"),
        ('<path d="M0 0h1z javascript:"/>', "something other"),
        (f'<path d="M0 0{"h1" * 20000}"/>', "at most"),
    ],
)
def test_a_mark_that_could_do_anything_is_refused(inside, reason):
    with pytest.raises(ValidationError, match=reason):
        images.parse_svg_mark(mark(inside))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (mark('<path d="M0 0"/>', 'viewBox="0 0 32 16"'), "square"),
        (mark('<path d="M0 0"/>', 'width="32" height="32"'), "viewBox"),
        (mark('<path d="M0 0"/>', 'viewBox="0 0 0 0"'), "viewBox"),
        (upload(b'<!DOCTYPE x [<!ENTITY a "aa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'), "entities"),
        (upload(b"<svg"), "can be read"),
        (upload(b"<html/>"), "begins with <html>"),
        (upload(encoded(photo((8, 8)), "PNG")), "can be read"),
        (upload(b" " * 100_000), "64 kB"),
    ],
)
def test_a_mark_that_is_no_square_svg_is_refused(file, reason):
    with pytest.raises(ValidationError, match=reason):
        images.parse_svg_mark(file)


@pytest.mark.parametrize("size", [(8064, 6048), (6120, 8160)])
def test_a_photograph_of_fifty_megapixels_is_taken_whole_or_in_part(size):
    data = encoded(Image.new("RGB", size, (90, 120, 60)), "JPEG")
    assert max(one["width"] for one in rebuilt(data).renditions) == 1600
    assert rebuilt(data, crop=[0.4, 0.4, 0.5, 0.5]).renditions
