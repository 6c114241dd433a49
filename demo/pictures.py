"""Draws the pictures and makes the documents of the demonstration content; the same bytes on every run.

Abstract drawings alone: the demonstration shows no person and no place. What stands beside them in
words is in the sheets of this folder.
"""

import hashlib
import io
import math
import random
import textwrap

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1600, 900
# Drawn at twice the size and made smaller, so that slanting lines have no steps.
SUPERSAMPLING = 2

PAPER, WASH, RULE = "#ffffff", "#f3f3f0", "#c9cacc"
INK, INK_2, EDGE, CARBON = "#16181d", "#4a4e57", "#6d717a", "#2f2b92"


def draw_picture(name):
    """The picture of this name as PNG of 1600 by 900 pixels; `ValueError` if there is none."""
    if name not in DRAWINGS:
        raise ValueError(f"There is no picture {name!r}; there are {', '.join(DRAWINGS)}.")
    image = Image.new("RGB", (WIDTH * SUPERSAMPLING, HEIGHT * SUPERSAMPLING), WASH)
    DRAWINGS[name](Pen(image), random.Random(name))  # noqa: S311 - a drawing, not a secret
    file = io.BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()


class Pen:
    """Draws in the pixels of the finished picture, fractions included."""

    def __init__(self, image):
        self.image = image
        self.on = ImageDraw.Draw(image)

    def line(self, points, *, colour, width):
        fine = [(x * SUPERSAMPLING, y * SUPERSAMPLING) for x, y in points]
        self.on.line(fine, fill=colour, width=max(1, round(width * SUPERSAMPLING)), joint="curve")

    def area(self, points, *, colour):
        self.on.polygon([(x * SUPERSAMPLING, y * SUPERSAMPLING) for x, y in points], fill=colour)

    def box(self, left, top, right, bottom, *, colour=None, edge=None, width=1):
        corners = [round(at * SUPERSAMPLING) for at in (left, top, right, bottom)]
        self.on.rectangle(corners, fill=colour, outline=edge, width=width * SUPERSAMPLING)

    def dot(self, x, y, *, radius, colour=None, edge=None, width=2):
        corners = [at * SUPERSAMPLING for at in (x - radius, y - radius, x + radius, y + radius)]
        self.on.ellipse(corners, fill=colour, outline=edge, width=width * SUPERSAMPLING)

    def paste(self, sheet, x, y):
        """Lays an image with transparency down with its middle at this point."""
        self.image.paste(
            sheet, (round(x * SUPERSAMPLING - sheet.width / 2), round(y * SUPERSAMPLING - sheet.height / 2)), sheet
        )


# --- The drawings -----------------------------------------------------------------------------


def draw_corridor(pen, _chance):
    """Two rows of uprights that draw together towards a narrow, bright gap."""
    x, y = 880, 400
    pen.area([(x - 34, y - 150), (x + 34, y - 150), (x + 300, HEIGHT), (x - 300, HEIGHT)], colour=PAPER)
    for step in range(13, -1, -1):
        near = 0.8**step
        colour = INK if step < 9 else INK_2
        for side in (-1, 1):
            at = x + side * (30 + 980 * near)
            pen.line([(at, y - 160 - 420 * near), (at, y + 60 + 600 * near)], colour=colour, width=3 + 62 * near)


def draw_records(pen, chance):
    """Sheets of lined paper one over another, a violet carbon copy between them."""
    sheets = [(430, 480, -7, INK_2), (830, 430, 4, CARBON), (1190, 500, -3, INK)]
    for x, y, angle, colour in sheets:
        pen.paste(draw_sheet(chance, colour=colour).rotate(angle, Image.Resampling.BICUBIC, expand=True), x, y)


def draw_sheet(chance, *, colour):
    width, height = 560, 740
    sheet = Image.new("RGBA", (width * SUPERSAMPLING, height * SUPERSAMPLING), PAPER)
    pen = Pen(sheet)
    pen.box(0, 0, width - 1, height - 1, edge=RULE, width=2)
    for line in range(15):
        y = 90 + line * 42
        pen.line([(60, y + 12), (width - 60, y + 12)], colour=RULE, width=1)
        x = 60
        while line % 5 != 4 and x < width - 150:
            word = chance.randrange(24, 96)
            pen.box(x, y - 4, x + word, y + 4, colour=colour)
            x += word + 14
    return sheet


def draw_hundred_days(pen, _chance):
    """One hundred upright marks in ten rows, the first ones the heaviest; days with an event in violet."""
    events = {0, 1, 5, 23, 39, 40, 88, 95, 99}
    for day in range(100):
        row, column = divmod(day, 10)
        x = 215 + column * 125 + (45 if column > 4 else 0)
        y = 66 + row * 80
        weight = 5 + 15 * 0.95**day
        pen.line([(x, y), (x, y + 50)], colour=CARBON if day in events else INK, width=weight)


def draw_signal(pen, chance):
    """Lines that run across the sheet like a signal and break off in the middle; what goes on is flat."""
    for row in range(17):
        base = 90 + row * 45
        phase, pace, end = chance.random() * 6, chance.uniform(0.018, 0.034), chance.randrange(690, 850)
        points = [
            (x, base + get_wave_height(x * pace + phase) * get_fade_factor(x, end=end)) for x in range(90, end, 3)
        ]
        pen.line(points, colour=CARBON if row in {4, 11} else INK, width=3)
        for x in range(end + 90, WIDTH - 90, 34):
            pen.line([(x, base), (x + 10, base)], colour=EDGE, width=2)


def get_wave_height(at):
    return 13 * math.sin(at) + 7 * math.sin(2.7 * at)


def get_fade_factor(x, *, end):
    """1 at the start of a line, 0 where it ends."""
    return min(1, (end - x) / 260)


def draw_routes(pen, chance):
    """A field of dots crossed by thin paths; some of the paths break off before they arrive."""
    for x in range(60, WIDTH - 40, 40):
        for y in range(50, HEIGHT - 30, 40):
            pen.dot(x + chance.uniform(-6, 6), y + chance.uniform(-6, 6), radius=chance.uniform(2, 5), colour=RULE)
    arrive = {1, 7}
    for number in range(9):
        ends_at = WIDTH - 110 if number in arrive else chance.randrange(560, 1240)
        path = build_path(chance, number=number, ends_at=ends_at)
        colour = CARBON if number in arrive else INK
        pen.line(path, colour=colour, width=4)
        pen.dot(*path[0], radius=9, colour=colour)
        pen.dot(*path[-1], radius=12, colour=WASH, edge=colour, width=4)


def build_path(chance, *, number, ends_at):
    """Points of a path that leaves on the left and wanders towards `ends_at`, with detours."""
    x, y = 110 + 22 * (number % 3), 130 + number * 82
    points = [(x, y)]
    while x < ends_at:
        x = min(ends_at, x + chance.randrange(46, 104))
        y = min(HEIGHT - 90, max(90, y + chance.randrange(-54, 54)))
        points.append((x, y))
    return points


def draw_crowd(pen, chance):
    """Many small marks that move across the sheet in one wide stream."""
    marks = sorted((chance.random(), chance.gauss(0, 1)) for _mark in range(2600))
    for along, beside in sorted(marks, key=lambda mark: mark[1]):
        x = along * (WIDTH + 120) - 60
        middle = 500 - 150 * math.sin(along * 4.4 - 0.9)
        y = middle + beside * (70 + 55 * along)
        colour = CARBON if chance.random() < 0.07 else INK
        lean = chance.uniform(-3, 5)
        pen.line([(x, y - 9), (x + lean, y + 9)], colour=colour, width=chance.uniform(3, 6))


def draw_distance(pen, _chance):
    """Separate squares in even rows; in one of them stands a small mark."""
    for row in range(4):
        for column in range(8):
            x, y = 128 + column * 172, 118 + row * 172
            pen.box(x, y, x + 140, y + 140, colour=PAPER, edge=EDGE, width=3)
            if (row, column) == (2, 5):
                pen.line([(x + 70, y + 46), (x + 70, y + 104)], colour=CARBON, width=14)


DRAWINGS = {
    "corridor": draw_corridor,
    "records": draw_records,
    "hundred-days": draw_hundred_days,
    "signal": draw_signal,
    "routes": draw_routes,
    "crowd": draw_crowd,
    "distance": draw_distance,
}


# --- Documents --------------------------------------------------------------------------------

A4 = (595, 842)
ABOUT_TEXT = (
    "This file belongs to the demonstration content of a crisis page. It shows how a document is attached, "
    "measured and checked: its size, its pages and its SHA-256 sum stand on the page from which you loaded it.",
    "It stands in for a publication that was written by others. Their text is not repeated here. "
    "Read it where it was published.",
)


def build_pdf(name, title):
    """A PDF of two A4 pages as bytes: the title, then what this file is; in letters of Western Europe."""
    first = [(26, 30, line) for line in textwrap.wrap(title, 34)]
    first += [(11, 16, ""), (11, 16, "Demonstration document"), (11, 16, f"{name}.pdf")]
    second = [(16, 30, "About this file")]
    for paragraph in ABOUT_TEXT:
        second += [*((11, 16, line) for line in textwrap.wrap(paragraph, 78)), (11, 16, "")]
    return assemble_pdf([build_pdf_page(first, number=1), build_pdf_page(second, number=2)], title=title)


def build_pdf_page(lines, *, number):
    """The drawing commands of a page; `lines` are (size, leading, text)."""
    commands = ["0.086 0.094 0.114 rg 72 748 451 3 re f", "BT 72 700 Td"]
    for size, leading, text in lines:
        commands.append(f"/F1 {size} Tf {escape_pdf_string(text)} Tj 0 -{leading} Td")
    commands.append(f"ET BT /F1 9 Tf 72 60 Td {escape_pdf_string(f'{number} / 2')} Tj ET")
    return "\n".join(commands)


def escape_pdf_string(text):
    return "(" + text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") + ")"


def assemble_pdf(pages, *, title):
    """Objects, cross-reference table and trailer (ISO 32000-1, 7.5)."""
    named = "FEFF" + title.encode("utf-16-be").hex().upper()
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>",
        "<< /Type /Pages /Kids [5 0 R 7 0 R] /Count 2 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Title <{named}> >>",
    ]
    for page in pages:
        number = len(objects) + 2
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Contents {number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(encode_winansi(page))} >>\nstream\n{page}\nendstream")
    return add_xref_table([encode_winansi(thing) for thing in objects])


def add_xref_table(objects):
    file, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    mark = hashlib.sha256(file).hexdigest()[:32].encode()
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    file_id = b"/ID [<%s> <%s>]" % (mark, mark)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R %s >>\n" % (size, file_id)
    start = b"startxref\n%d\n%%%%EOF\n" % len(file)
    return file + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer + start


def encode_winansi(text):
    """In the letters of WinAnsi; a letter outside of them becomes a question mark."""
    return text.encode("cp1252", "replace")
