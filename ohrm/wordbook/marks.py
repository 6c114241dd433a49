"""Marks around translated sentences that survive rendering: one letter of private use before, one after.

The letter before tells which message it was. Letters are neither escaped nor cleaned away, and two of them hardly
change where a line breaks. What looks at the first or last letter of a sentence, or sorts by it, sees the mark instead:
the order of choices, capitals and the full stop of a citation may differ from the site.
Not here: what becomes of the marks in a page (`plain_pages.py`).
"""

import re
from contextlib import contextmanager

from django.utils.translation import trans_real

CONTEXT_SEPARATOR = trans_real.CONTEXT_SEPARATOR
# Plane 15: the index of words uses letters of private use from U+E000 for itself.
FIRST, CLOSING = 0xF0000, "\U000ffffd"
MARK = re.compile("([\U000f0000-\U000ffffd])")


class Messages:
    """The messages of a catalogue by number; `seen` gathers the numbers of those that a page or a mail showed."""

    def __init__(self, messages):
        self.all = list(messages)
        self.numbers = {get_lookup_key(message): number for number, message in enumerate(self.all)}
        self.seen = set()

    def mark(self, key, text):
        """The translation of a message between its marks; what is of another catalogue, as Django's own, is left."""
        number = self.numbers.get(key)
        if number is None:
            return text
        return f"{chr(FIRST + number)}{text.rpartition(CONTEXT_SEPARATOR)[2]}{CLOSING}"

    def get_tooltip(self, number):
        message = self.all[number]
        return "\n".join(filter(None, [message.source, message.plural]))

    @property
    def unseen(self):
        return [message for number, message in enumerate(self.all) if number not in self.seen]


def get_lookup_key(message):
    """What gettext looks a message up by."""
    return f"{message.context}{CONTEXT_SEPARATOR}{message.source}" if message.context else message.source


class MarkedTranslation:
    """Stands before the translation of a language and marks what it answers."""

    def __init__(self, inner, messages):
        self.inner, self.messages = inner, messages

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def gettext(self, message):
        return self.messages.mark(message, self.inner.gettext(message))

    def ngettext(self, singular, plural, number):
        return self.messages.mark(singular, self.inner.ngettext(singular, plural, number))


@contextmanager
def mark_translations(language, messages):
    """For the length of the block `language` is active, and every sentence in it is marked. For one thread alone."""
    real, before = trans_real.translation(language), trans_real.get_language()
    trans_real._translations[language] = MarkedTranslation(real, messages)
    try:
        trans_real.activate(language)
        yield
    finally:
        trans_real._translations[language] = real
        trans_real.activate(before)


def remove_marks(text):
    return MARK.sub("", text)


class MarkReader:
    """Takes text apart at its marks, piece after piece: a message may begin in one and end in another."""

    def __init__(self):
        self.open = []

    def read(self, text):
        """(words, number of the innermost message they are of, or None) in their order."""
        for part in MARK.split(text):
            if part == CLOSING:
                self.open = self.open[:-1]
            elif MARK.fullmatch(part):
                self.open.append(ord(part) - FIRST)
            elif part:
                yield part, self.open[-1] if self.open else None
