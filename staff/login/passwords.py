"""What is refused as a password, without asking anybody outside (ASVS 5.0, 6.2).

Length is asked for by Django's own validator; any characters may be used, and no password ever
expires by itself.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

KEYBOARD_ROWS = ["abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890", "йцукенгшщзхъ"]
MIN_DISTINCT_CHARACTERS = 6
MIN_OWN_CHARACTERS = 8  # characters that are left when the words everybody knows are taken away
CONTEXT_WORDS = [
    "ohrm", "password", "passwort", "motdepasse", "contraseña", "пароль", "admin", "administrator", "welcome",
    "letmein", "login", "desk", "newsroom", "human", "rights", "humanrights", "crisis", "editor", "newsletter",
]  # fmt: skip


class CommonCoreValidator(CommonPasswordValidator):
    """A common word stays common with a year behind it or a capital before it."""

    def validate(self, password, user=None):
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password.lower())
        if {password.lower().strip(), core, undo_substitutions(core)} & self.passwords:
            raise ValidationError(self.get_error_message(), code="password_too_common")


class ContextWordValidator:
    """Refuses what remains too short without the words that anybody would try here first."""

    def __init__(self, words=()):
        self.words = [*CONTEXT_WORDS, *words]

    def validate(self, password, user=None):
        rest = undo_substitutions(password.lower())
        host = re.split(r"\W+", urlsplit(settings.SITE_URL).hostname or "")
        for word in sorted([*self.words, *host, *get_account_words(user)], key=len, reverse=True):
            if len(word) > 2:
                rest = rest.replace(undo_substitutions(word.lower()), "")
        if len(re.sub(r"[\W\d_]", "", rest)) < MIN_OWN_CHARACTERS and rest != undo_substitutions(password.lower()):
            raise ValidationError(
                _("This is built from words that have to do with this site or with you. Attackers try those first."),
                code="password_context",
            )

    def get_help_text(self):
        return _("It must be more than the name of the site, the organisation or yourself with something added.")


class VarietyValidator:
    """Refuses runs and repetitions: “aaaaaaaaaaaa”, “abcabcabcabc”, “1234567890qwerty”."""

    def validate(self, password, user=None):
        text = password.lower()
        for row in KEYBOARD_ROWS:
            for run in [*find_runs(row), *find_runs(row[::-1])]:
                text = text.replace(run, run[0])
        if len(set(text)) < MIN_DISTINCT_CHARACTERS:
            raise ValidationError(
                _("This is a row of keys, or the same few characters repeated."), code="password_monotonous"
            )

    def get_help_text(self):
        return _("Three or four words that do not belong together are strong and easy to remember.")


def find_runs(row):
    """Every stretch of four and more neighbours in a row of keys, longest first."""
    return [row[start : start + length] for length in range(len(row), 3, -1) for start in range(len(row) - length + 1)]


def undo_substitutions(word):
    """With the letters that are usually replaced put back: p4ssw0rd."""
    return word.translate(str.maketrans("013457@$!", "oieastasi"))


def get_account_words(user):
    if user is None:
        return []
    parts = [user.username, user.first_name, user.last_name, user.email.partition("@")[0]]
    return [word for part in parts for word in re.split(r"\W+", part)]
