"""This module knows how two versions of one item differ, in words that a person can read.

A version is a document as JSON: that of a release, or of the working copy. Texts are compared by paragraphs, then by
words; how long that takes is bounded whatever the texts are. Consents are no part of a document, so of no comparison.
Not here: what changed from save to save (`history.py`), how a version is brought back (`restoring.py`).
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from publishing.document import unpack_credit
from publishing.kinds import get_kind_label
from publishing.publication import get_publication_model
from publishing.released import find_field
from publishing.text.cleaning import convert_html_to_text
from publishing.translations import get_site_language_direction, get_site_language_name

SAME, REMOVED, ADDED, LEFT_OUT = "same", "removed", "added", "left out"
# How long a comparison takes grows with the pairs of equal words times the words: of one paragraph, and of all.
MAX_STEPS, MAX_TOTAL_STEPS = 5_000_000, 20_000_000
WORD_PATTERN = re.compile(r"\S+\s*|\s+")

TEXT_LABELS = {
    "title": gettext_lazy("title"),
    "subtitle": gettext_lazy("subtitle"),
    "summary": gettext_lazy("summary"),
    "body": gettext_lazy("text"),
    "content_note": gettext_lazy("content note"),
    "credit": gettext_lazy("translated by"),
}
# What a comparison calls otherwise than the form does, or what has no field of its own.
FIELD_LABELS = {
    "kind": gettext_lazy("kind"),
    "precision": gettext_lazy("date as known"),
    "until": gettext_lazy("until"),
    "url": gettext_lazy("outside address"),
}


@dataclass(frozen=True)
class Difference:
    """One field that differs. `pieces` are (what became of it, words); `pictures` are stored files (before, after)."""

    label: str
    pieces: list
    language: str = ""
    pictures: tuple = ()

    @property
    def direction(self):
        return get_site_language_direction(self.language) if self.language in settings.SHIPPED_LANGUAGES else "auto"


@dataclass
class FlatDocument:
    """One of the two versions, as (field, language) -> words."""

    words: dict = field(default_factory=dict)

    def put(self, name, words, *, language=""):
        if words not in ("", None, [], {}):
            self.words[(str(name), language)] = str(words)


@dataclass
class StepBudget:
    """How many steps may still be taken. Counted beforehand, so that the same texts always look the same."""

    left: int = MAX_TOTAL_STEPS

    def try_spend(self, old, new):
        mine, theirs = Counter(old), Counter(new)
        steps = sum(count * theirs[word] for word, count in mine.items()) * min(len(old), len(new))
        if steps > min(MAX_STEPS, self.left):
            return False
        self.left -= steps
        return True


def compare_documents(before, after):
    """The fields in which two documents differ, in the order in which they are read."""
    patience = StepBudget()
    old, new = flatten_document(before), flatten_document(after)
    names = list(dict.fromkeys([*new.words, *old.words]))
    found = [(name, old.words.get(name, ""), new.words.get(name, "")) for name in sorted(names, key=get_language_rank)]
    told = [
        Difference(build_field_label(name, language), compare_texts(one, other, patience), language)
        for (name, language), one, other in found
        if one != other
    ]
    return told + compare_pictures(before, after)


def get_language_rank(name):
    """Texts come language by language, what has no language after them."""
    codes = list(settings.SHIPPED_LANGUAGES)
    return codes.index(name[1]) if name[1] in codes else len(codes)


def build_field_label(name, language):
    if not language:
        return name[:1].upper() + name[1:]
    spoken = get_site_language_name(language) if language in settings.SHIPPED_LANGUAGES else language
    return f"{name[:1].upper()}{name[1:]} ({spoken})"


# --- What there is to compare -----------------------------------------------------------------


def flatten_document(document):
    side, model = FlatDocument(), get_publication_model(document["type"])
    for code, words in document["texts"].items():
        for name, label in TEXT_LABELS.items():
            side.put(label, convert_html_to_text(words[name]) if name == "body" else words[name], language=code)
    if document["original"]:
        add_original(side, document["original"], model=model)
    for name in ("slug", "situation", "date", "precision", "until", "language", "url"):
        side.put(FIELD_LABELS.get(name) or get_label(model, name), document[name])
    side.put(FIELD_LABELS["kind"], get_kind_label(document["kind"]) if document["kind"] else "")
    add_related(side, document, model=model)
    add_facts(side, document["facts"], model=model)
    return side


def get_label(model, name):
    """What the desk calls a field, or what a type has in place of one."""
    column = find_field(model, name)
    return column.verbose_name if column else model.released.labels.get(name, name)


def add_original(side, original, *, model):
    for part, name in model.released.original.items():
        if part != "language":
            words = original.get(part, "")
            words = convert_html_to_text(words) if part == "body" else words
            side.put(get_label(model, name), words, language="" if part == "url" else original["language"])


def add_related(side, document, *, model):
    joint = pgettext("between names", ", ").join
    side.put(_("tags"), joint(get_default_name(tag["names"], tag["slug"]) for tag in document["tags"]))
    for role, relation in model.released.credits.items():
        names = [get_default_name(one["names"], one["slug"]) for one in document["credits"] if one["role"] == role]
        side.put(get_label(model, relation), joint(names))
    files = [f"{one['title']} ({one['language']}), {one['sha256'][:12]}" for one in document["attachments"]]
    side.put(_("documents"), "\n".join(files))
    for picture in document["pictures"]:
        for code, alt in picture["alt"].items():
            side.put(get_label(model, "picture_alt"), alt, language=code)
        for code, credit in unpack_credit(picture["credit"], document["language"]).items():
            side.put(get_label(model, "picture_credit"), credit, language=code)
        side.put(get_label(model, "picture_decorative"), _("yes") if picture["decorative"] else "")


def add_facts(side, facts, *, model):
    for name, value in facts.items():
        if name != "words":
            side.put(get_label(model, name), format_fact(value))
    for name, words in facts.get("words", {}).items():
        for code, value in words.items():
            side.put(get_label(model, name), value, language=code)


def format_fact(value):
    if isinstance(value, bool):
        return _("yes") if value else ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return _("a logo of %d shapes") % len(value.get("paths", [])) if isinstance(value, dict) else value


def get_default_name(names, slug):
    return names.get(settings.LANGUAGE_CODE) or next(iter(names.values()), slug)


def compare_pictures(before, after):
    """The pictures themselves, where one was put in the place of another."""
    files = tuple(get_smallest_rendition(document["pictures"]) for document in (before, after))
    if files[0] == files[1]:
        return []
    said = (_("no picture"), _("a picture"))
    ops = [(REMOVED, said[bool(files[0])]), (ADDED, said[bool(files[1])])]
    return [Difference(str(_("Picture")), [ops], pictures=files)]


def get_smallest_rendition(pictures):
    drawn = [one for picture in pictures for one in picture["renditions"]]
    return min(drawn, key=lambda one: one["size"])["name"] if drawn else ""


# --- How two texts differ ---------------------------------------------------------------------


def compare_texts(before, after, patience):
    """Paragraphs, each a list of (what became of it, words); unchanged paragraphs are only counted."""
    old, new = split_paragraphs(before), split_paragraphs(after)
    told = []
    for op, a, b, c, d in get_bounded_opcodes(old, new, patience):
        if op == "equal":
            told.append([(LEFT_OUT, describe_unchanged(b - a))])
        else:
            told += compare_paragraphs(old[a:b], new[c:d], patience)
    return told


def split_paragraphs(text):
    return [line for line in text.split("\n") if line.strip()]


def describe_unchanged(number):
    return ngettext_lazy("%(count)d paragraph unchanged", "%(count)d paragraphs unchanged", "count") % {"count": number}


def compare_paragraphs(old, new, patience):
    """One paragraph beside the other where there are as many, else all together."""
    if len(old) == len(new):
        return [compare_words(one, other, patience) for one, other in zip(old, new, strict=True)]
    return [compare_words("\n".join(old), "\n".join(new), patience)]


def compare_words(before, after, patience):
    old, new = WORD_PATTERN.findall(before), WORD_PATTERN.findall(after)
    told = []
    for op, a, b, c, d in get_bounded_opcodes(strip_words(old), strip_words(new), patience):
        if op == "equal":
            told.append((SAME, "".join(new[c:d])))
            continue
        told += [(what, "".join(words)) for what, words in ((REMOVED, old[a:b]), (ADDED, new[c:d])) if words]
    return told


def strip_words(words):
    """Without the blanks after each: a word is the same at the end of a line."""
    return [word.rstrip() for word in words]


def get_bounded_opcodes(old, new, patience):
    """As `SequenceMatcher.get_opcodes`, in bounded time: what would take too long is one replacement.

    What is the same at both ends is found first, so that a long text with one change is no long comparison.
    """
    head = count_common_prefix(old, new)
    tail = count_common_prefix(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    within = [("replace", 0, len(middle[0]), 0, len(middle[1]))] if any(middle) else []
    if within and patience.try_spend(*middle):
        within = SequenceMatcher(None, *middle, autojunk=False).get_opcodes()
    told = [("equal", 0, head, 0, head)] if head else []
    told += [(op, a + head, b + head, c + head, d + head) for op, a, b, c, d in within]
    ends = len(old) - tail, len(old), len(new) - tail, len(new)
    return [*told, ("equal", *ends)] if tail else told


def count_common_prefix(old, new):
    """How many of the first parts are the same."""
    for number, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return number
    return min(len(old), len(new))
