"""This module knows how a card of words is drawn: the picture that messengers show of a link.

Letters alone, by Pillow with Raqm, which shapes Arabic and turns lines round; the fonts are ours (`fonts/`),
so that a card looks the same on every server. Not here: which words stand on it, and who may see it (`cards.py`).
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont, features

from publishing.text.languages import direction_of

WIDTH, HEIGHT = 1200, 630  # pixels, as OpenGraph is shown everywhere
MARGIN, RULE = 72, 6
ROOM = WIDTH - 2 * MARGIN
LINE, GLYPH = 34, 32  # sizes of the small lines and of the mark of a kind
TOP, TITLE_TOP, TITLE_BOTTOM, BOTTOM = 62, 158, 516, 546
SIZES = (84, 72, 62, 54, 47, 41, 36)
LONGEST = 300  # letters of a title; what is longer would be cut on the smallest size as well
LEADING = {"ltr": 1.16, "rtl": 1.42}  # Arabic stands taller
SHADES = 14  # between the paper and each ink: the edges of letters

FONTS = Path(__file__).parent.parent / "fonts"
CAN_SHAPE = features.check("raqm")

DAY = {"paper": "#ffffff", "ink": "#16181d", "quiet": "#4a4e57", "alarm": "#a31a10"}
NIGHT = {"paper": "#16181d", "ink": "#f4f2ec", "quiet": "#c2c3c7", "alarm": "#f4f2ec"}
# Points of each mark in a square of 16, as the sprite of the pages has them; more than one list is more than one shape.
MARKS = {
    "statement": [[(1, 1), (15, 1), (15, 15), (1, 15)]],
    "evidence": [[(1, y), (15, y), (15, y + 3.5), (1, y + 3.5)] for y in (1, 6.2, 11.5)],
    "urgent": [[(8, 0.6), (16, 15), (0, 15)]],
}
OPEN_DIAMOND = [[(8, 0), (16, 8), (8, 16), (0, 8)], [(8, 4.2), (11.8, 8), (8, 11.8), (4.2, 8)]]
FINE = 4  # marks are drawn so many times larger and made smaller, which smooths their edges


@dataclass(frozen=True)
class Card:
    """`language` is that of the page and decides the sides; `title_language` that of the title alone."""

    title: str
    title_language: str
    language: str
    name: str
    place: str = ""
    kind: str = ""
    family: str = ""
    date: str = ""
    is_night: bool = False


@lru_cache(maxsize=16)
def font(face, size):
    return ImageFont.truetype(str(FONTS / f"card-{face}.ttf"), size, layout_engine=ImageFont.Layout.RAQM)


def png(card):
    """The card as PNG: 1200 by 630, below 60 kB."""
    colours = NIGHT if card.is_night else DAY
    image = Image.new("RGB", (WIDTH, HEIGHT), colours["paper"])
    pen = ImageDraw.Draw(image)
    side = Side.of(card.language)
    pen.rectangle((MARGIN, TOP + 60, WIDTH - MARGIN, TOP + 60 + RULE - 1), fill=colours["ink"])
    draw_kind(image, pen, card, side, colours)
    draw_title(pen, card, side, colours["ink"])
    put_pair(pen, card.name, card.place, y=BOTTOM, side=side, language=card.language, colours=colours)
    out = io.BytesIO()
    image.quantize(palette=palette(card.is_night), dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=2)
def palette(is_night):
    """The paper, the inks, and what lies between: few colours make a small file."""
    colours = {name: ImageColor.getrgb(code) for name, code in (NIGHT if is_night else DAY).items()}
    paper = colours.pop("paper")
    shades = [mixed(paper, ink, step / SHADES) for ink in colours.values() for step in range(SHADES + 1)]
    image = Image.new("P", (1, 1))
    image.putpalette([part for shade in shades for part in shade])
    return image


def mixed(paper, ink, share):
    return [round(one + (other - one) * share) for one, other in zip(paper, ink, strict=True)]


@dataclass(frozen=True)
class Side:
    """Where lines begin: `x`, and "l" or "r" as Pillow anchors them."""

    x: int
    anchor: str

    @classmethod
    def of(cls, language):
        return cls(MARGIN, "l") if direction_of(language) == "ltr" else cls(WIDTH - MARGIN, "r")

    def other(self):
        return Side(WIDTH - self.x, "r" if self.anchor == "l" else "l")

    def moved(self, distance):
        return Side(self.x + (distance if self.anchor == "l" else -distance), self.anchor)


def put_pair(pen, first, second, *, y, side, language, colours):
    """What begins a line and what ends it; the first gives way where both are long."""
    second = fitted(second, language, room=ROOM // 2)
    taken = length(second, language, face="lines", size=LINE) + 2 * LINE
    first = fitted(first, language, room=ROOM - taken - abs(side.x - Side.of(language).x))
    put(pen, first, y=y, side=side, language=language, fill=colours["ink"])
    put(pen, second, y=y, side=Side.of(language).other(), language=language, fill=colours["quiet"])


def fitted(words, language, *, room):
    """The words, cut with “…” where they are wider than `room`."""
    if length(words, language, face="lines", size=LINE) <= room:
        return words
    kept = next(
        n for n in range(len(words), -1, -1) if length(f"{words[:n]}…", language, face="lines", size=LINE) <= room
    )
    return f"{words[:kept].rstrip()}…"


def put(pen, words, *, y, side, language, fill, face="lines", size=LINE):
    """One line; Pillow's "s" puts its foot at `y`, so that scripts of different height stand level."""
    place = (side.x, y + size)
    pen.text(place, words, font=font(face, size), fill=fill, anchor=f"{side.anchor}s", **shaping(language))


def shaping(language):
    return {"direction": direction_of(language), "language": language}


def length(words, language, *, face, size):
    return font(face, size).getlength(words, **shaping(language))


# --- The line above the rule ------------------------------------------------------------------


def draw_kind(image, pen, card, side, colours):
    if card.family:
        fill = colours["alarm"] if card.family == "urgent" else colours["ink"]
        mask = mark(card.family)
        left = side.x if side.anchor == "l" else side.x - GLYPH
        image.paste(fill, (left, TOP + 6), mask)
        side = side.moved(GLYPH + 18)
    put_pair(pen, card.kind, card.date, y=TOP, side=side, language=card.language, colours=colours)


@lru_cache(maxsize=8)
def mark(family):
    """The shape of a family of kinds, white on black: what a picture is pasted through."""
    scale = GLYPH * FINE / 16
    mask = Image.new("L", (GLYPH * FINE, GLYPH * FINE), 0)
    pen = ImageDraw.Draw(mask)
    if family == "story":
        pen.ellipse([0.8 * scale, 0.8 * scale, 15.2 * scale, 15.2 * scale], fill=255)
    for points in MARKS.get(family, []):
        pen.polygon(scaled(points, scale), fill=255)
    if family == "blog":
        for points, fill in zip(OPEN_DIAMOND, (255, 0), strict=True):
            pen.polygon(scaled(points, scale), fill=fill)
    return mask.resize((GLYPH, GLYPH), Image.Resampling.LANCZOS)


def scaled(points, scale):
    return [(x * scale, y * scale) for x, y in points]


# --- The title --------------------------------------------------------------------------------


def draw_title(pen, card, side, fill):
    size, lines = set_in_lines(card.title, card.title_language)
    step = round(size * LEADING[direction_of(card.title_language)])
    for place, line in enumerate(lines):
        y = TITLE_TOP + place * step
        put(pen, line, y=y, side=side, language=card.title_language, fill=fill, face="titles", size=size)


def set_in_lines(title, language):
    """(size, lines): the largest size in which the title fits its place, cut with “…” where none is small enough."""
    words = shortened(title).split()
    for size in SIZES:
        most = int((TITLE_BOTTOM - TITLE_TOP) / (size * LEADING[direction_of(language)]))
        lines = broken(words, language, size=size)
        if lines is not None and len(lines) <= most:
            return size, lines
    lines = lines if lines is not None else broken(in_pieces(words), language, size=size)
    return size, lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def shortened(title):
    return title if len(title) <= LONGEST else title[:LONGEST].rsplit(" ", 1)[0] + " …"


def broken(words, language, *, size):
    """The words in lines as wide as the card, or None where a single word is wider."""
    lines = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and length(longer, language, face="titles", size=size) <= ROOM:
            lines[-1] = longer
        elif length(word, language, face="titles", size=size) <= ROOM:
            lines.append(word)
        else:
            return None
    return lines


def in_pieces(words, most=24):
    """The words, those that no line can hold cut into pieces."""
    return [word[start : start + most] for word in words for start in range(0, len(word), most)]
