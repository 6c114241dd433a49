"""Every message keeps its placeholders, the marks of its language and the glossary; each breach of that is found."""

import csv

import pytest
from django.conf import settings

from ohrm import catalogue_checks, catalogues
from ohrm.catalogues import Message
from tests.catalogues import breaches_of_wording

LANGUAGES = [*settings.SHIPPED_LANGUAGES]


def breaches(code, source, *forms, plural="", flags=()):
    return catalogue_checks.find_faults(code, Message(source, forms, plural=plural, flags=frozenset(flags)))


def test_no_message_breaks_a_rule():
    assert not sorted(set(breaches_of_wording()))


def test_the_glossary_has_forty_terms_in_every_language():
    with (catalogue_checks.LOCALE / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert len(rows) == 40
    assert all(row[code].strip() for row in rows for code in LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_forms_that_it_must_not_use(code):
    assert catalogue_checks.read_forbidden_forms(code)


@pytest.mark.parametrize(
    ("code", "source", "text", "told"),
    [
        ("fr", "How often", "Le rythme", "says “rythme”"),
        ("fr", "Past editions", "Éditions passées", "says “Éditions”"),
        ("es", "partners", "las socias", "says “socias”"),
        ("ru", "picture", "картинка", "says “картинка”"),
        ("be", "How often", "частата", "says “частата”"),
        ("ar", "Opens the desk", "يفتح مكتب التحرير", "says “مكتب التحرير”"),
        ("ru", "content note", "примечание о содержании", "is not what the glossary says"),
        ("ar", "Partner", "صديق", "is not what the glossary says"),
    ],
)
def test_a_wrong_word_is_found(code, source, text, told):
    assert any(told in fault for fault in breaches(code, source, text))


@pytest.mark.parametrize("text", ["This deed is done", "Hand in the sheet", "It goes out by itself", "Close the desk"])
def test_a_private_word_is_found_in_english(text):
    assert breaches("en", text, text)


@pytest.mark.parametrize("text", ["Le “mot”", "Le « mot", "Le mot »", 'Le "mot"', "Le « mot » et le “mot”"])
def test_quotation_marks_of_another_language_are_found(text):
    assert any("belong" in fault or "close" in fault for fault in breaches("fr", "word", text))


@pytest.mark.parametrize(
    "text", ["Attention : ici", "Attention: ici", "Quoi ?", "Quoi?", "Fin !", "Ici ; là", "« mot »"]
)
def test_a_breaking_space_is_found_in_french(text):
    assert any("no-break space" in fault for fault in breaches("fr", "word", text))


@pytest.mark.parametrize(
    ("code", "text"),
    [("be", "видно"), ("be", "щ"), ("be", "объект"), ("ru", "іншы"), ("ru", "ў"), ("ar", "لماذا?"), ("ar", "نعم, لا")],
)
def test_a_letter_or_mark_of_another_language_is_found(code, text):
    assert any("does not write" in fault for fault in breaches(code, "word", text))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Read by %(who)s", "Lu"),
        ("Read by %(who)s", "Lu par %(qui)s"),
        ("Read by %(who)s", "Lu par %(who)s et %(who)s"),
        ("Read by %(who)s", "Lu par s(who)%"),
        ("%s of %d", "%d de %s"),
        ("By {author}", "Par {autor}"),
    ],
)
def test_a_placeholder_that_is_lost_or_reversed_is_found(source, text):
    assert any("placeholder" in fault for fault in breaches("fr", source, text, flags=["python-format"]))


def test_a_name_that_is_not_isolated_is_found_in_arabic():
    assert any("U+2068" in fault for fault in breaches("ar", "By %(who)s, %(when)s", "نشره %(who)s، %(when)s"))


def test_a_form_for_many_may_not_do_without_its_number():
    many = ("%(n)s testimony", "le témoignage", "les témoignages")
    assert any("placeholder" in fault for fault in breaches("fr", *many, plural="%(n)s testimonies"))


def test_a_fuzzy_or_empty_message_is_found():
    assert breaches("fr", "word", "mot", flags=["fuzzy"]) == ["is marked as fuzzy"]
    assert breaches("fr", "word", "") == ["is not translated"]


def test_a_lost_tag_is_found():
    assert breaches("fr", "<b>word</b>", "<b>mot") == ["has other tags"]


@pytest.mark.parametrize(
    ("code", "source", "forms"),
    [
        ("fr", "Look: https://example.org/?a=1;b", ["Voir\u00a0: https://example.org/?a=1;b"]),
        ("fr", "“%(word)s”", ["«\u00a0%(word)s\u00a0»"]),
        ("ru", "“a “b””", ["«а „б“»"]),
        ("ar", 'A list ["fr", "ru"]', ['قائمة \u2066["fr", "ru"]\u2069']),
        ("ar", "%(who)s, %(what)s", ["%(what)s، \u2068%(who)s\u2069"]),
        ("be", "Testimony", ["Сведчанне"]),
    ],
)
def test_what_is_right_is_no_breach(code, source, forms):
    assert breaches(code, source, *forms) == []


def test_a_plural_form_for_one_may_do_without_its_number():
    assert breaches("fr", "%(n)s day", "un jour", "%(n)s jours", plural="%(n)s days") == []


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_a_catalogue_is_read_as_it_is_compiled(code):
    read = catalogues.Catalogue(catalogues.read_catalogues(catalogue_checks.LOCALE)[code])
    assert "\n\n".join(read.blocks) == read.path.read_text(encoding="utf-8")
    for number, message in list(read.messages.items()):
        read.replace(number, message.forms)
        assert catalogues.parse_message(read.blocks[number]) == message
