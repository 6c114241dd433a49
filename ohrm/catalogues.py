"""The catalogues under locale/: read and written message by message, and taken to a spreadsheet and back.

Not here: what a message has to keep (`catalogue_checks.py`); whether a catalogue holds all that the source says, which
is asked by `make lint`.
"""

import ast
import csv
import gettext
import re
from dataclasses import dataclass, replace

from .catalogue_checks import add_invisible_marks, find_faults

KEYWORD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d)\])? (".*")')
PLURAL = re.compile(r"Plural-Forms:[^;]*; *plural=([^;]+);")
WIDTH = 100
COLUMNS = ("msgid", "context", "numbers", "english")  # then current_LL and better
BETTER = "better"
TO_OPEN = "utf-8-sig"  # the mark at the start tells Excel that this is UTF-8


class UnusableRows(Exception):
    """A file of words that cannot be taken: `sentences` says why, row by row as a spreadsheet counts them."""

    def __init__(self, *sentences):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Message:
    source: str
    forms: tuple[str, ...]
    plural: str = ""
    context: str = ""
    place: str = ""
    flags: frozenset[str] = frozenset()


def read_catalogues(folder):
    """The paths of the catalogues under a folder like locale/, by the code of their language."""
    return {path.parent.parent.name: path for path in sorted(folder.glob("*/LC_MESSAGES/django.po"))}


class Catalogue:
    """The .po file at `path`. What is not replaced stays as it was written, byte for byte."""

    def __init__(self, path):
        self.path = path
        self.code = path.parent.parent.name
        self.blocks = path.read_text(encoding="utf-8").split("\n\n")
        self.messages = {number: read for number, block in enumerate(self.blocks) if (read := parse_message(block))}

    def numbers(self):
        """For each plural form some of the numbers that it is for."""
        form_of = gettext.c2py(PLURAL.search(self.blocks[0])[1])
        examples = {}
        for number in range(200):
            examples.setdefault(form_of(number), []).append(number)
        return {form: ", ".join(map(str, numbers[:3])) for form, numbers in examples.items()}

    def replace(self, number, forms):
        self.messages[number] = replace(self.messages[number], forms=tuple(forms))
        kept = self.blocks[number].split("\nmsgstr", 1)[0]
        end = "\n" if self.blocks[number].endswith("\n") else ""
        self.blocks[number] = kept + "\n" + "\n".join(format_message(self.messages[number])) + end

    def save(self):
        self.path.write_text("\n\n".join(self.blocks), encoding="utf-8", newline="\n")


def parse_message(block):
    """The message of one block of a .po file; nothing for the header and for what is obsolete."""
    parts, flags, place, key = {}, set(), "", None
    for line in block.splitlines():
        if match := KEYWORD.fullmatch(line):
            key = (match[1], int(match[2] or 0))
            parts[key] = ast.literal_eval(match[3])
        elif line.startswith('"') and key:
            parts[key] += ast.literal_eval(line)
        elif line.startswith("#,"):
            flags |= {flag.strip() for flag in line[2:].split(",")}
        elif line.startswith("#:") and not place:
            place = line[2:].strip()
    if not parts.get(("msgid", 0)):
        return None
    forms = tuple(text for (word, _form), text in sorted(parts.items()) if word == "msgstr")
    named = {"plural": parts.get(("msgid_plural", 0), ""), "context": parts.get(("msgctxt", 0), "")}
    return Message(parts["msgid", 0], forms, place=place, flags=frozenset(flags), **named)


def format_message(message):
    for number, text in enumerate(message.forms):
        keyword = f"msgstr[{number}]" if message.plural else "msgstr"
        yield from wrap_text(keyword, text)


def wrap_text(keyword, text):
    """The lines of one string of a .po file, as makemessages would read them back."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    if len(keyword) + len(escaped) + 3 <= WIDTH:
        return [f'{keyword} "{escaped}"']
    lines = [""]
    for word in re.findall(r"\S+\s*|\s+", escaped):
        if len(lines[-1]) + len(word) + 2 > WIDTH:
            lines.append("")
        lines[-1] += word
    return [f'{keyword} ""', *(f'"{line}"' for line in lines if line)]


# --- To a spreadsheet and back ----------------------------------------------------------------


def get_current_column(code):
    return f"current_{code}"


def build_row_key(message, form):
    return f"{message.source}|{form}" if message.plural else message.source


def list_rows(catalogue):
    """One row a form: what a reader needs to judge it, and an empty cell for what would be better."""
    numbers = catalogue.numbers()
    for message in catalogue.messages.values():
        for form, text in enumerate(message.forms):
            english = message.plural if message.plural and numbers[form] != "1" else message.source
            told = numbers[form] if message.plural else ""
            yield [build_row_key(message, form), message.context, told, english, text, ""]


def write_rows(catalogue, file):
    """Writes a catalogue as CSV into a file opened as `TO_OPEN`."""
    writer = csv.writer(file)
    writer.writerow([*COLUMNS, get_current_column(catalogue.code), BETTER])
    writer.writerows(list_rows(catalogue))


def read_rows(text, codes):
    """Which of the languages a file is about, and its rows. Semicolons and tabs of other programs are taken, too."""
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = list(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter))
    names = set(rows[0]) if rows else set()
    code = next((code for code in codes if get_current_column(code) in names), None)
    if not code or not {"msgid", "context", BETTER} <= names:
        wanted = ", ".join([*COLUMNS, "current_LL", BETTER])
        raise UnusableRows(f"The first row has to name the columns as export_words does: {wanted}.")
    return code, rows


def import_translations(text, folder):
    """Takes the better words of a file into its catalogue: all of them, or none. Returns (catalogue, how many)."""
    paths = read_catalogues(folder)
    code, rows = read_rows(text, paths)
    catalogue = Catalogue(paths[code])
    places = {
        (build_row_key(message, form), message.context): (number, form)
        for number, message in catalogue.messages.items()
        for form in range(len(message.forms))
    }
    faults, changed = [], 0
    for line, row in enumerate(rows, start=2):
        better = add_invisible_marks(code, match_source(row))
        if not better:
            continue
        if (place := places.get((row["msgid"], row["context"] or ""))) is None:
            faults.append(f"Row {line}: there is no such message (any more).")
            continue
        number, form = place
        current = catalogue.messages[number]
        if better == current.forms[form]:
            continue
        faults += [f"Row {line}: it {fault}." for fault in change_message(catalogue, number, form, better)]
        changed += 1
    if faults:
        raise UnusableRows(*faults)
    if changed:
        catalogue.save()
    return catalogue, changed


def match_source(row):
    """The new words, without the blanks that a cell gathers at its ends unless the message has them too."""
    text = row[BETTER] or ""
    return text.strip(" \t\r\n") if row["msgid"].strip() == row["msgid"] else text


def change_message(catalogue, number, form, better):
    """Puts new words in; returns what is wrong with them that was not wrong before."""
    before = catalogue.messages[number]
    forms = [*before.forms[:form], better, *before.forms[form + 1 :]]
    catalogue.replace(number, forms)
    known = find_faults(catalogue.code, before)
    return [fault for fault in find_faults(catalogue.code, catalogue.messages[number]) if fault not in known]
