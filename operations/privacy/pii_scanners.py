"""How the traces of people look: their addresses in text, what a camera or a program wrote into a picture's bytes.

Says what kind of trace it is and never the trace itself. Not here: where they are looked for (`audit.py`,
`files.py`).
"""

import ipaddress
import re
import struct

EMAIL_PATTERN = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
IPV4_PATTERN = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
IPV6_PATTERN = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
# What every such address has inside it. They begin with a sign that stands for itself, which is found ten times as
# quickly as a pattern, and nearly every text has none of it.
IPV4_HINT = re.compile(r"\.[0-9]{1,3}\.[0-9]")
IPV6_HINT = re.compile(r":(?::|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){2})")
# As JSON writes a letter beyond ASCII.
JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
# This machine itself, nobody and everybody.
HARMLESS_IPS = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "::"}  # noqa: S104
# The way in which pictures of mail templates are named: logo@2x.png.
FILE_EXTENSIONS = {"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "css", "js"}

IP_ADDRESS, MAIL_ADDRESS = "IP address", "plain e-mail address"
PICTURE_METADATA, TRAILING_BYTES = "metadata in a picture", "bytes behind the end of a picture"


# --- Text -------------------------------------------------------------------------------------


def scan_text(text, *, allowed=frozenset()):
    """The kinds of address in a text; `allowed` are e-mail addresses in lower case that may stand anywhere."""
    kinds = set()
    if has_email(text, allowed):
        kinds.add(MAIL_ADDRESS)
    if has_ip(text, IPV4_PATTERN, inside=IPV4_HINT) or has_ip(text, IPV6_PATTERN, inside=IPV6_HINT):
        kinds.add(IP_ADDRESS)
    return kinds


def has_email(text, allowed):
    if "@" not in text:
        return False
    if "@\\u" in text:
        text = JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return any(is_personal_email(match[0], allowed) for match in EMAIL_PATTERN.finditer(text))


def has_ip(text, pattern, *, inside):
    return bool(inside.search(text)) and any(is_personal_ip(match[0]) for match in pattern.finditer(text))


def is_personal_email(address, allowed):
    address = address.lower().strip("'.")
    return address.rpartition(".")[2] not in FILE_EXTENSIONS and address not in allowed


def is_personal_ip(text):
    if ":" in text and len(text) < 7:  # “::ab” and the like are found in any program's text
        return False
    try:
        return str(ipaddress.ip_address(text)) not in HARMLESS_IPS
    except ValueError:
        return False


# --- Pictures ---------------------------------------------------------------------------------


def scan_picture(data):
    """The kinds of trace in the bytes of a picture; None if it is none that a browser shows."""
    for begin, look in PICTURE_SCANNERS.items():
        if data[begin[0] :].startswith(begin[1]):
            try:
                return set(look(data))
            except (struct.error, IndexError, ValueError):
                return {TRAILING_BYTES}  # cut short or not what it begins as
    return None


def scan_jpeg(data):
    """JFIF's own segment and the colour transform of Adobe are needed to draw it; all else was written by somebody."""
    place = 2
    while data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xD9:
            break
        if marker in range(0xE1, 0xF0) and marker != 0xEE or marker == 0xFE:
            yield PICTURE_METADATA
        place += 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
        if marker == 0xDA:
            place = find_end_of_scan(data, place)
    if place + 2 != len(data):
        yield TRAILING_BYTES


def find_end_of_scan(data, place):
    """Inside a scan 0xFF is followed by zero or by a restart mark."""
    place = data.index(b"\xff", place)
    while data[place + 1] == 0 or data[place + 1] in range(0xD0, 0xD8):
        place = data.index(b"\xff", place + 2)
    return place


PNG_PIXEL_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sRGB", b"gAMA", b"pHYs"}


def scan_png(data):
    place, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack(">I4s", data[place : place + 8])
        place += 12 + length
        if name not in PNG_PIXEL_CHUNKS:
            yield PICTURE_METADATA
    if place != len(data):
        yield TRAILING_BYTES


def scan_webp(data):
    end = 8 + struct.unpack("<I", data[4:8])[0]
    place = 12
    while place + 8 <= end:
        name, length = struct.unpack("<4sI", data[place : place + 8])
        if name in {b"EXIF", b"XMP ", b"ICCP"}:
            yield PICTURE_METADATA
        place += 8 + length + length % 2
    if end != len(data):
        yield TRAILING_BYTES


def scan_isobmff(data):
    """AVIF and HEIF: boxes in a row; the one about the picture names what else is inside."""
    place = 0
    while place < len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        if length < 8:  # up to the end of the file, or longer than we ever write
            yield TRAILING_BYTES
            return
        inside = data[place : place + length] if name == b"meta" else b""
        if b"Exif" in inside or b"mime" in inside or b"prof" in inside:
            yield PICTURE_METADATA
        if name not in {b"ftyp", b"meta", b"mdat"} or place + length > len(data):
            yield TRAILING_BYTES
        place += length


PICTURE_SCANNERS = {
    (0, b"\xff\xd8\xff"): scan_jpeg,
    (0, b"\x89PNG\r\n\x1a\n"): scan_png,
    (8, b"WEBP"): scan_webp,
    (4, b"ftyp"): scan_isobmff,
}
