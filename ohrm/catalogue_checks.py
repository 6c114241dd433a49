"""What every message of a catalogue has to keep: placeholders, the marks of its language, the words of the glossary.

Not here: how a catalogue is read and written (`catalogues.py`).
"""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"

PLACEHOLDER = re.compile(r"%\(\w+\)[-+#0]*[\d.]*[a-zA-Z]|%[-+#0]*[\d.]*[sdf]|%%|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
ADDRESS = re.compile(r"https?://\S*")
ISOLATED = re.compile("\u2066[^\u2069]*\u2069")  # LRI … PDI of the Unicode bidirectional algorithm: Latin inside Arabic
CODE = re.compile(r'\["[^\]]*\]|\w+="[^"]*"')  # what is copied as it is: JSON, attributes

NAME = re.compile(r"%\((?:who|by|name|device|to|site|translator)\)s")
ISOLATED_NAME = re.compile(rf"\u2068{NAME.pattern}\u2069")
SUBJECTS = {"Please confirm: updates from %(name)s"}  # a header of a mail, with one name at its end

NO_BREAK = "\u00a0\u202f"
NEVER = {"be": "иИщЩъЪ", "ru": "іІўЎ", "ar": "?,;"}
MARKS = {"en": "“”"}  # every other language has « »


def join_text(text, *, filler="x"):
    """The text without what is not language: addresses, tags, code, isolated Latin. Placeholders become `filler`."""
    for what in (ISOLATED, CODE, ADDRESS, TAG):
        text = what.sub("", text)
    return PLACEHOLDER.sub(filler, text)


def check_complete(_code, message):
    if not all(message.forms):
        yield "is not translated"
    if "fuzzy" in message.flags:
        yield "is marked as fuzzy"


def check_placeholders(code, message):
    """Named ones may change places, others may not. A form for one number may do without one: “the testimony”."""
    sources = [message.source, message.plural] if message.plural else [message.source]
    wanted = PLACEHOLDER.findall(sources[-1])
    for number, text in enumerate(message.forms):
        found = PLACEHOLDER.findall(text)
        lost, added = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
        spared = 1 if message.plural and (code == "en" or number < len(message.forms) - 1) else 0
        if added or lost.total() > spared:
            yield f"has other placeholders: {' '.join(found) or 'none'} instead of {' '.join(wanted) or 'none'}"
        elif [one for one in found if "(" not in one and "{" not in one] != _unnamed(wanted, lost):
            yield f"has its placeholders in another order: {' '.join(found)}"
        if "python-format" in message.flags and "%" in PLACEHOLDER.sub("", text):
            yield "has a % that begins no placeholder"


def _unnamed(wanted, lost):
    return [one for one in wanted if "(" not in one and "{" not in one and one not in lost]


def check_tags(_code, message):
    wanted = Counter(TAG.findall(message.source))
    if any(Counter(TAG.findall(text)) != wanted for text in message.forms):
        yield "has other tags"


def check_quotes(code, message):
    """Outside are the quotation marks of the language; others stand only inside them."""
    opening, closing = MARKS.get(code, "«»")
    for text in message.forms:
        depth = 0
        for mark in re.findall(r'[“”„"«»]', join_text(text)):
            depth += (mark == opening) - (mark == closing)
            if depth < 0 or mark == '"' or (depth == 0 and mark not in {opening, closing}):
                yield f"has a {mark} where {opening} {closing} belong"
                break
        else:
            if depth:
                yield f"opens {opening} and does not close it"


def check_spaces(code, message):
    """French alone has a space before double signs and inside « »; a line must not begin or end with them."""
    if code == "fr":
        for text in message.forms:
            if find_breaking_spaces(join_text(text)):
                yield "lacks a no-break space before : ; ! ? » or after «"


def find_breaking_spaces(text):
    return re.search(rf"[^{NO_BREAK}](?:[;!?»]|:(?=\s|$))|«[^{NO_BREAK}]", text)


def check_isolated_names(code, message):
    """A name may be Latin, and two of them in a row would change places inside Arabic (FSI … PDI of the algorithm)."""
    if code == "ar" and message.source not in SUBJECTS:
        for text in message.forms:
            if NAME.search(ISOLATED_NAME.sub("", text)):
                yield "has a name between no U+2068 and U+2069"


def check_letters(code, message):
    strangers = sorted(
        {letter for text in message.forms for letter in join_text(text) if letter in NEVER.get(code, "")}
    )
    if strangers:
        yield f"has {' '.join(strangers)}, which this language does not write"


def check_forbidden_words(code, message):
    for wrong in read_forbidden_forms(code):
        if wrong["unless"] and re.search(wrong["unless"], message.source):
            continue
        for text in message.forms:
            if found := re.search(wrong["form"], join_text(text), re.IGNORECASE):
                yield f"says “{found[0]}”: {wrong['instead']}"


def check_glossary_terms(code, message):
    """A message that is a term of the glossary and nothing else is translated as the glossary has it."""
    wanted = {
        form for english, forms in read_glossary(code) if strip_markup(message.source) in english for form in forms
    }
    if wanted and not message.plural and strip_markup(message.forms[0]) not in wanted:
        yield f"is not what the glossary says: {', '.join(sorted(wanted))}"


def strip_markup(text):
    """The text without what does not matter when terms are compared: capitals, Arabic vowel signs and article."""
    return re.sub("[\u064b-\u0652]|\\bال", "", text.casefold().strip())


def split_forms(cell):
    """The forms in one cell of the glossary; what stands in brackets is a remark."""
    return {strip_markup(form) for form in re.split("[;/,،؛]", re.sub(r"\([^)]*\)", "", cell)) if form.strip()}


@cache
def read_glossary(code):
    return [(split_forms(row["en"]), split_forms(row[code])) for row in read_shipped_rows("glossary.csv")]


@cache
def read_forbidden_forms(code):
    """The forms that a language must not use: `form` and `unless` (of the English message) are regular expressions."""
    return [row for row in read_shipped_rows("forbidden.csv") if row["language"] == code]


def read_shipped_rows(name):
    with (LOCALE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


RULES = (
    check_complete,
    check_placeholders,
    check_tags,
    check_quotes,
    check_spaces,
    check_isolated_names,
    check_letters,
    check_forbidden_words,
    check_glossary_terms,
)


def find_faults(code, message):
    """A sentence for each rule that the message, in the language `code`, does not keep."""
    return [sentence for rule in RULES for sentence in rule(code, message)]


def add_invisible_marks(code, text):
    """The text with what a keyboard does not have: the no-break spaces of French, isolated names in Arabic."""
    if code == "fr":
        text = re.sub(r"« ?", "«\u00a0", re.sub(" ?»", "\u00a0»", text))
        return re.sub(r"(?<=\S) (?=[:;!?])", "\u00a0", text)
    if code == "ar":
        return re.sub(rf"\u2068?({NAME.pattern})\u2069?", "\u2068\\1\u2069", text)
    return text
