"""Dates and names of languages inside sentences, as each language writes them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from publishing.text import date_words
from publishing.text.availability import NAMES_AFTER_IN, describe_languages, describe_only_languages
from situations.models import Organisation
from staff.datetime_widgets import format_desk_date


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("fr", dt.date(2020, 8, 1), "1er août 2020"),
        ("fr", dt.date(2020, 8, 11), "11 août 2020"),
        ("fr", dt.date(2020, 8, 21), "21 août 2020"),
        ("fr", dt.date(2020, 6, 1), "1er juin 2020"),
        ("en", dt.date(2020, 8, 1), "1 August 2020"),
        ("ar", dt.date(2020, 4, 1), "1 أبريل 2020"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language, day, words):
    with translation.override(language):
        assert date_words.format_day(day) == words


def test_the_first_of_a_month_is_french_in_little_space_too():
    with translation.override("fr"):
        assert date_words.format_short_day(dt.date(2020, 7, 1)) == "1er juil."


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "Только на польском"),
        ("be", "Толькі на польскай"),
        ("fr", "En polonais uniquement"),
        ("es", "Solo en polaco"),
    ],
)
def test_a_language_that_is_likely_stands_in_its_case(language, words):
    with translation.override(language):
        assert describe_only_languages(["pl"]) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "In Vietnamese"),
        ("fr", "En langue «\u00a0vietnamien\u00a0»"),
        ("ru", "На языке «вьетнамский»"),
        ("ar", "بلغة «\u2068الفيتناميّة\u2069»"),
    ],
)
def test_a_language_that_nobody_declined_is_quoted(language, words):
    with translation.override(language):
        assert describe_languages(["vi"]) == words


def test_a_language_that_only_its_speakers_name_is_quoted_in_its_own_word():
    with translation.override("ru"):
        assert describe_languages(["rw"]) == "На языке «Ikinyarwanda»"


@pytest.mark.parametrize("language", ["fr", "es", "ru", "be"])
def test_no_name_of_a_language_has_a_capital_inside_a_sentence(language):
    with translation.override(language):
        assert not [str(name) for name in NAMES_AFTER_IN.values() if str(name)[0].isupper()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "told"), [("fr", "4,0, il en faut au moins 4,5."), ("be", "4,0, патрэбны"), ("en", "4.0, it needs")]
)
def test_a_contrast_has_the_decimal_sign_of_the_language(language, told):
    with translation.override(language), pytest.raises(ValidationError) as refused:
        Organisation(name_en="Witness Line", slug="organisation", link="#777777").clean()
    with translation.override(language):
        assert told in str(refused.value)


@pytest.mark.parametrize(("month", "words"), [(5, "1 мая 2021"), (9, "1 верасня 2021"), (12, "1 снежня 2021")])
def test_the_desk_writes_the_months_of_belarusian_as_they_are_written_today(month, words):
    with translation.override("be"):
        assert format_desk_date(dt.date(2021, month, 1)).startswith(words)
