"""The interface is complete in every shipped language."""

import gettext
from pathlib import Path

import pytest
from django.conf import settings

SOURCE = "en"
TRANSLATED = [code for code in settings.SHIPPED_LANGUAGES if code != SOURCE]


def read_catalogue(code):
    return Path(settings.BASE_DIR, "locale", code, "LC_MESSAGES", "django.po").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_is_left_untranslated_or_uncertain(code):
    entries = [entry for entry in read_catalogue(code).split("\n\n")[1:] if not entry.lstrip().startswith("#~")]
    empty = [entry for entry in entries if entry.rstrip().endswith(('msgstr ""', '] ""'))]
    assert not empty, "\n\n".join(empty[:5])
    assert not [entry for entry in entries if "\n#, fuzzy" in f"\n{entry}"]


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_catalogue_has_every_form_of_a_plural(code):
    with Path(settings.BASE_DIR, "locale", code, "LC_MESSAGES", "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    forms = {compiled.ngettext("%(n)d update", "%(n)d updates", n) for n in range(101)}
    expected = {"fr": 2, "es": 2, "ru": 3, "be": 3, "ar": 6}[code]
    assert 2 <= len(forms) <= expected
    assert not any("update" in form for form in forms)
