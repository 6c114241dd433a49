"""This module knows how a card of words is drawn: the picture that messengers show of a link.

Letters alone, by Pillow with Raqm, which shapes Arabic and turns lines round; the fonts are ours (`fonts/`),
so that a card looks the same on every server. Not here: which words stand on it, and who may see it (`cards.py`).
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont, features

from publishing.text.languages import get_language_direction

CARD_WIDTH, CARD_HEIGHT = 1200, 630  # pixels, as OpenGraph is shown everywhere
MARGIN, RULE_HEIGHT = 72, 6
TEXT_WIDTH = CARD_WIDTH - 2 * MARGIN
LINE_SIZE, GLYPH_SIZE = 34, 32  # sizes of the small lines and of the mark of a kind
TOP_LINE_Y, TITLE_TOP, TITLE_BOTTOM, BOTTOM_LINE_Y = 62, 158, 516, 546
TITLE_SIZES = (84, 72, 62, 54, 47, 41, 36)
MAX_TITLE_LENGTH = 300  # letters of a title; what is longer would be cut on the smallest size as well
LINE_SPACING = {"ltr": 1.16, "rtl": 1.42}  # Arabic stands taller
SHADES_PER_INK = 14  # between the paper and each ink: the edges of letters

FONT_DIR = Path(__file__).parent.parent / "fonts"
HAS_RAQM = features.check("raqm")

LIGHT_COLOURS = {"paper": "#ffffff", "ink": "#16181d", "quiet": "#4a4e57", "alarm": "#a31a10"}
DARK_COLOURS = {"paper": "#16181d", "ink": "#f4f2ec", "quiet": "#c2c3c7", "alarm": "#f4f2ec"}
# Points of each mark in a square of 16, as the sprite of the pages has them; more than one list is more than one shape.
MARK_POLYGONS = {
    "statement": [[(1, 1), (15, 1), (15, 15), (1, 15)]],
    "evidence": [[(1, y), (15, y), (15, y + 3.5), (1, y + 3.5)] for y in (1, 6.2, 11.5)],
    "urgent": [[(8, 0.6), (16, 15), (0, 15)]],
}
OPEN_DIAMOND = [[(8, 0), (16, 8), (8, 16), (0, 8)], [(8, 4.2), (11.8, 8), (8, 11.8), (4.2, 8)]]
SUPERSAMPLING = 4  # marks are drawn so many times larger and made smaller, which smooths their edges


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
def load_font(face, size):
    return ImageFont.truetype(str(FONT_DIR / f"card-{face}.ttf"), size, layout_engine=ImageFont.Layout.RAQM)


def render_png(card):
    """The card as PNG: 1200 by 630, below 60 kB."""
    colours = DARK_COLOURS if card.is_night else LIGHT_COLOURS
    image = Image.new("RGB", (CARD_WIDTH, CARD_HEIGHT), colours["paper"])
    pen = ImageDraw.Draw(image)
    side = LineStart.for_language(card.language)
    pen.rectangle(
        (MARGIN, TOP_LINE_Y + 60, CARD_WIDTH - MARGIN, TOP_LINE_Y + 60 + RULE_HEIGHT - 1), fill=colours["ink"]
    )
    draw_kind(image, pen, card, side, colours)
    draw_title(pen, card, side, colours["ink"])
    draw_pair(pen, card.name, card.place, y=BOTTOM_LINE_Y, side=side, language=card.language, colours=colours)
    out = io.BytesIO()
    image.quantize(palette=build_palette(card.is_night), dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=2)
def build_palette(is_night):
    """The paper, the inks, and what lies between: few colours make a small file."""
    colours = {name: ImageColor.getrgb(code) for name, code in (DARK_COLOURS if is_night else LIGHT_COLOURS).items()}
    paper = colours.pop("paper")
    shades = [
        mix_colours(paper, ink, step / SHADES_PER_INK) for ink in colours.values() for step in range(SHADES_PER_INK + 1)
    ]
    image = Image.new("P", (1, 1))
    image.putpalette([part for shade in shades for part in shade])
    return image


def mix_colours(paper, ink, share):
    return [round(one + (other - one) * share) for one, other in zip(paper, ink, strict=True)]


@dataclass(frozen=True)
class LineStart:
    """Where lines begin: `x`, and "l" or "r" as Pillow anchors them."""

    x: int
    anchor: str

    @classmethod
    def for_language(cls, language):
        return cls(MARGIN, "l") if get_language_direction(language) == "ltr" else cls(CARD_WIDTH - MARGIN, "r")

    def other(self):
        return LineStart(CARD_WIDTH - self.x, "r" if self.anchor == "l" else "l")

    def moved(self, distance):
        return LineStart(self.x + (distance if self.anchor == "l" else -distance), self.anchor)


def draw_pair(pen, first, second, *, y, side, language, colours):
    """What begins a line and what ends it; the first gives way where both are long."""
    second = truncate_to_width(second, language, room=TEXT_WIDTH // 2)
    taken = measure_text(second, language, face="lines", size=LINE_SIZE) + 2 * LINE_SIZE
    start = LineStart.for_language(language)
    first = truncate_to_width(first, language, room=TEXT_WIDTH - taken - abs(side.x - start.x))
    draw_text(pen, first, y=y, side=side, language=language, fill=colours["ink"])
    draw_text(pen, second, y=y, side=start.other(), language=language, fill=colours["quiet"])


def truncate_to_width(words, language, *, room):
    """The words, cut with “…” where they are wider than `room`."""
    if measure_text(words, language, face="lines", size=LINE_SIZE) <= room:
        return words
    kept = next(
        n
        for n in range(len(words), -1, -1)
        if measure_text(f"{words[:n]}…", language, face="lines", size=LINE_SIZE) <= room
    )
    return f"{words[:kept].rstrip()}…"


def draw_text(pen, words, *, y, side, language, fill, face="lines", size=LINE_SIZE):
    """One line; Pillow's "s" puts its foot at `y`, so that scripts of different height stand level."""
    place = (side.x, y + size)
    pen.text(
        place, words, font=load_font(face, size), fill=fill, anchor=f"{side.anchor}s", **get_shaping_options(language)
    )


def get_shaping_options(language):
    return {"direction": get_language_direction(language), "language": language}


def measure_text(words, language, *, face, size):
    return load_font(face, size).getlength(words, **get_shaping_options(language))


# --- The line above the rule ------------------------------------------------------------------


def draw_kind(image, pen, card, side, colours):
    if card.family:
        fill = colours["alarm"] if card.family == "urgent" else colours["ink"]
        mask = build_mark_mask(card.family)
        left = side.x if side.anchor == "l" else side.x - GLYPH_SIZE
        image.paste(fill, (left, TOP_LINE_Y + 6), mask)
        side = side.moved(GLYPH_SIZE + 18)
    draw_pair(pen, card.kind, card.date, y=TOP_LINE_Y, side=side, language=card.language, colours=colours)


@lru_cache(maxsize=8)
def build_mark_mask(family):
    """The shape of a family of kinds, white on black: what a picture is pasted through."""
    scale = GLYPH_SIZE * SUPERSAMPLING / 16
    mask = Image.new("L", (GLYPH_SIZE * SUPERSAMPLING, GLYPH_SIZE * SUPERSAMPLING), 0)
    pen = ImageDraw.Draw(mask)
    if family == "story":
        pen.ellipse([0.8 * scale, 0.8 * scale, 15.2 * scale, 15.2 * scale], fill=255)
    for points in MARK_POLYGONS.get(family, []):
        pen.polygon(scale_points(points, scale), fill=255)
    if family == "blog":
        for points, fill in zip(OPEN_DIAMOND, (255, 0), strict=True):
            pen.polygon(scale_points(points, scale), fill=fill)
    return mask.resize((GLYPH_SIZE, GLYPH_SIZE), Image.Resampling.LANCZOS)


def scale_points(points, scale):
    return [(x * scale, y * scale) for x, y in points]


# --- The title --------------------------------------------------------------------------------


def draw_title(pen, card, side, fill):
    size, lines = fit_title(card.title, card.title_language)
    step = round(size * LINE_SPACING[get_language_direction(card.title_language)])
    for place, line in enumerate(lines):
        y = TITLE_TOP + place * step
        draw_text(pen, line, y=y, side=side, language=card.title_language, fill=fill, face="titles", size=size)


def fit_title(title, language):
    """(size, lines): the largest size in which the title fits its place, cut with “…” where none is small enough."""
    words = truncate_title(title).split()
    for size in TITLE_SIZES:
        most = int((TITLE_BOTTOM - TITLE_TOP) / (size * LINE_SPACING[get_language_direction(language)]))
        lines = break_lines(words, language, size=size)
        if lines is not None and len(lines) <= most:
            return size, lines
    lines = lines if lines is not None else break_lines(split_long_words(words), language, size=size)
    return size, lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def truncate_title(title):
    return title if len(title) <= MAX_TITLE_LENGTH else title[:MAX_TITLE_LENGTH].rsplit(" ", 1)[0] + " …"


def break_lines(words, language, *, size):
    """The words in lines as wide as the card, or None where a single word is wider."""
    lines = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure_text(longer, language, face="titles", size=size) <= TEXT_WIDTH:
            lines[-1] = longer
        elif measure_text(word, language, face="titles", size=size) <= TEXT_WIDTH:
            lines.append(word)
        else:
            return None
    return lines


def split_long_words(words, most=24):
    """The words, those that no line can hold cut into pieces."""
    return [word[start : start + most] for word in words for start in range(0, len(word), most)]
