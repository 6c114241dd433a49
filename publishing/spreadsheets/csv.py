"""This module knows how rows become a file that a spreadsheet program opens, harmless and in little memory.

Not here: how such a file is read (`reader.py`), which rows and columns there are.
"""

import csv

from publishing.batches import in_batches

# What a spreadsheet program takes for the beginning of a formula (OWASP, CSV Injection), wide forms too.
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BATCH = 100
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the code page of the machine


def escape_formula(cell):
    """The cell as text that no spreadsheet program runs."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_PREFIXES) else cell


def unescape_formula(cell):
    """The text that `escape_formula` made a cell of, so that an exported file can be imported again unchanged."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_PREFIXES) else cell


class Echo:
    """A file for `csv.writer` that hands each line back instead of keeping it."""

    def write(self, line):
        return line


def generate_csv(header, rows, *, mark=""):
    """Pieces of a CSV file. `mark` stands before all: `BYTE_ORDER_MARK` for people, nothing for programs."""
    writer = csv.writer(Echo())
    yield mark + writer.writerow(header)
    for batch in in_batches(rows, size=BATCH):
        yield "".join(writer.writerow(map(escape_formula, row)) for row in batch)
