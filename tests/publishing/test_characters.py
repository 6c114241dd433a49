"""One table of characters: whatever a keyboard, a file system or a word processor puts into a text, all that read texts
see the same word."""

import sys
import unicodedata

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.addresses import normalise_address
from publishing.addresses import build_slug
from publishing.screening import names
from publishing.screening.patterns import screen_text
from publishing.text import characters
from publishing.text.stemming import get_possible_stems, split_words
from situations.spreadsheets.references import index_by_name
from tests.support.desk_client import log_in
from tests.support.factories import make_partner, make_situation, make_update
from tests.support.html import get_entries, parse_page

KEEPABLE = [one for one in characters.INVISIBLE if one in characters.JOINERS]


def is_listed(name, text):
    key = names.get_names_keys()
    _key_id, rows = names.build_name_hashes(name)
    return bool(names.NameMatcher((next(iter(key.values())), *row, 1) for row in rows).found(text))


def is_found(query, text):
    known = {form for word in split_words(text) for form in get_possible_stems(word)}
    return all(get_possible_stems(word) & known for word in split_words(query))


def read_as(text, *, name, query, slug):
    """What each user of the table makes of a text."""
    return is_listed(name, text), is_found(query, text), build_slug(text) == slug, characters.fold_text(text)


# --- Every character through every user -------------------------------------------------------


@pytest.mark.parametrize("shown", ["Ив{}ан Петрович", "Iv{}an Petrovich"])
def test_what_shows_nothing_hides_no_name_word_slug_or_key(shown):
    plain = shown.format("")
    wanted = read_as(plain, name=plain, query=plain, slug=build_slug(plain))
    assert wanted[:3] == (True, True, True)
    for one in characters.INVISIBLE:
        assert read_as(shown.format(one), name=plain, query=plain, slug=build_slug(plain)) == wanted, hex(ord(one))


def test_what_shows_nothing_hides_no_number_and_no_address():
    for one in characters.INVISIBLE:
        text = f"Call +375 29 5{one}55 01 23 or write to anna{one}@example.net"
        found = screen_text(text, language="en")
        assert [finding.kind for finding in found] == ["phone", "email"], hex(ord(one))
        assert all(finding.excerpt == text[finding.start : finding.end] for finding in found)


def test_every_apostrophe_is_the_same():
    for one in characters.APOSTROPHES:
        text = f"З{one}езд Дар{one}я"
        assert is_listed("Дар’я З’езд", text), hex(ord(one))
        assert is_found("з’езд дар’я", text), hex(ord(one))
        assert build_slug(f"аб{one}ява") == "abyava"
        assert characters.fold_text(f"аб{one}ява") == "аб'ява"


def test_every_hyphen_is_the_same():
    for one in characters.HYPHENS:
        assert is_listed("Анна Петрова-Ивановна", f"Анна Петрова{one}Ивановна"), hex(ord(one))
        assert is_found("Петрова", f"Анна Петрова{one}Ивановна")
        assert build_slug(f"Press{one}release") == "press-release"
        kinds = [finding.kind for finding in screen_text(f"+375 29 555{one}01{one}23", language="be")]
        assert kinds == ["phone"], hex(ord(one))


def test_every_space_is_the_same():
    for one in characters.SPACES:
        assert is_listed("Ivan Petrovich", f"Ivan{one}Petrovich"), hex(ord(one))
        assert is_found("Petrovich", f"Ivan{one}Petrovich")
        assert build_slug(f"Ivan{one}Petrovich") == "ivan-petrovich"
        assert characters.fold_text(f"Ivan{one}Petrovich") == "ivan petrovich"


def test_every_digit_is_the_same():
    for one, plain in characters.DIGITS.items():
        assert characters.fold_text(f"1{one}") == f"1{plain}"
        assert split_words(f"a1{one}") == [f"a1{plain}"]


@pytest.mark.parametrize(
    ("script", "sample"), [("latin", "ж"), ("cyrillic", "ж"), ("greek", "ξ")], ids=["latin", "cyrillic", "greek"]
)
def test_every_letter_that_looks_alike_is_read_in_the_script_of_its_word(script, sample):
    home = {"latin": "strlwdq", "cyrillic": "жшюлдб", "greek": "λξψδφσ"}[script]
    for code, letter in characters.LETTER_MAPS[script].items():
        assert characters.unify_letters(home + chr(code)) == home + letter, (chr(code), letter)


def test_every_arabic_letter_of_another_keyboard_is_the_same_in_a_search():
    for code, letter in characters.LETTER_MAPS["arabic"].items():
        assert is_found(f"ست{letter}دد", f"ست{chr(code)}دد"), chr(code)


@pytest.mark.parametrize("word", ["Ёлкина", "Іванаў", "Йемен", "Ковалёў", "الأخبار", "آمنة", "Éloïse", "Peña"])
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_composed_or_not_a_word_is_found(word, form):
    assert is_found(unicodedata.normalize(form, word), word)
    assert is_found(word, unicodedata.normalize(form, word))
    assert build_slug(unicodedata.normalize(form, word)) == build_slug(word)


def test_presentation_forms_of_arabic_are_its_letters():
    shaped = "\ufe8d\ufef7\ufea7\ufe92\ufe8e\ufead"
    assert is_found(unicodedata.normalize("NFKC", shaped), shaped)


def test_a_name_with_letters_of_another_script_is_found_whichever_they_are():
    assert is_listed("Вiктар Нiкалаевiч", "Віктар Нікалаевіч")
    for plain, odd in {"а": "a", "е": "e", "о": "o", "і": "i", "р": "p", "с": "c"}.items():
        assert is_listed("Сяргей Карпенка", "Сяргей Карпенка".replace(plain, odd)), odd
    assert is_listed("Сара Кор", "Capa Kop")


@given(st.text(alphabet=st.sampled_from(characters.INVISIBLE + characters.MARKS), max_size=4))
def test_no_mark_however_many_hides_a_word_from_the_search(marks):
    assert is_found("катаванні", f"ката{marks}ванні")


@given(st.text(max_size=60))
def test_what_is_read_once_is_read_alike_again(text):
    assert characters.fold_text(characters.fold_text(text)) == characters.fold_text(text)


@given(st.text(alphabet=st.sampled_from("+375295550123 <b></b>&#53;%40@a.\u200b-"), max_size=60))
def test_a_finding_stands_where_it_says(text):
    for finding in screen_text(text, language="en"):
        assert finding.excerpt == text[finding.start : finding.end]
        assert finding.excerpt.strip()


# --- Where people notice ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Call +375 29 <b>55</b>5 01 23.",
        "<p>Call +375 29 5<strong>55</strong> 01&nbsp;23.</p>",
        "Call &#43;375 29 555 01 23.",
        "<p><em>+375</em> <em>29</em> 555 01 23</p>",
    ],
)
def test_a_number_in_pieces_is_one_number(text):
    assert [finding.kind for finding in screen_text(text, language="be")] == ["phone"]


@pytest.mark.parametrize("at", ["@", "%40", "%2540", "&#64;", "&commat;", "＠", "\u200b@"])
def test_an_address_is_found_however_its_sign_is_written(at):
    for text in (f"anna{at}example.net", f'<a href="https://example.org/?u=anna{at}example.net">x</a>'):
        assert "email" in [finding.kind for finding in screen_text(text, language="en")]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["елкина", "ЁЛКИНА", "ёл\u00adкина", "Eлкина"])
def test_a_list_at_the_desk_finds_a_name_however_it_is_typed(client, query):
    make_situation()
    make_update("Заявление Натальи Ёлкина", title_ru="Заявление: Ёлкина")
    log_in(client)
    page = client.get("/admin/updates/update/", {"q": query}).content.decode()
    assert "Ёлкина" in page.partition('id="result_list"')[2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "query"), [("govern\u00adment", "government"), ("З‘езд", "з’езд"), ("Мiнск", "мінск")]
)
def test_readers_find_a_word_however_it_is_written(client, text, query):
    cache.clear()
    make_situation()
    make_update(f"About {text}", public=True)
    page = parse_page(client.get("/en/search/", {"q": query}))
    assert len(get_entries(page)) == 1
    assert page.find(".//mark") is not None


@pytest.mark.django_db
def test_an_import_knows_a_partner_again_by_what_people_see():
    partner = make_partner("Вясна", name_be="Вясна")
    assert index_by_name([partner])[characters.fold_text("Вясн\u0430\u200b")] == partner


@pytest.mark.parametrize("one", KEEPABLE)
def test_a_sign_up_loses_what_shows_nothing(one):
    assert normalise_address(f"{one}anna@example.org") == "anna@example.org"


def test_beyond_the_second_plane_there_is_no_space_digit_mark_or_form_of_a_character_of_ascii():
    beyond = [chr(code) for code in range(len(characters.EVERY), sys.maxunicode + 1)]
    assert {unicodedata.category(one) for one in beyond} <= {"Cn", "Cf", "Co", "Lo", "Mn"}
    assert not any(map(unicodedata.combining, beyond))
    assert not any(unicodedata.normalize("NFKC", one).isascii() for one in beyond)
