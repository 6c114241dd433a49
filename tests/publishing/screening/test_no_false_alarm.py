"""Single things that look like somebody's number and are none: a rule that is lost altogether hides in a tolerance."""

import pytest

from publishing.screening.patterns import screen_text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Number plate A1 was seen.", "en"),
        ("Number plate AB 12 was seen.", "en"),
        ("0120000000", "fr"),
        ("612 345 000", "es"),
        ("12345678A", "es"),
        ("X1234567A", "es"),
    ],
)
def test_what_only_looks_like_a_number_of_somebody_is_not_asked_about(text, language):
    assert not list(screen_text(text, language=language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Number plate AB 123 was seen.", "en"),
        ("0120000001", "fr"),
        ("612 345 678", "es"),
        ("12345678Z", "es"),
        ("X1234567L", "es"),
    ],
)
def test_one_letter_further_it_is(text, language):
    assert list(screen_text(text, language=language))
