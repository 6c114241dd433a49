"""A picture's credit stands in the language of its reader, or says in which it stands."""

import pytest
from django.core.cache import cache

from publishing.models import Release
from tests.support.factories import make_situation, make_update
from tests.support.html import parse_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def belarus():
    cache.clear()
    return make_situation()


def make_drawn_update(**credits):
    drawn = {"name": "a.jpg", "type": "image/jpeg", "width": 8, "height": 6, "size": 5}
    picture = {"renditions": [drawn], "width": 8, "height": 6, "focus": None}
    return make_update(picture=picture, picture_decorative=True, public=True, slug="drawn", **credits)


def get_caption(client, language):
    (caption,) = parse_page(client.get(f"/{language}/belarus/updates/drawn/")).iter("figcaption")
    return caption.text, caption.get("lang"), caption.get("dir")


@pytest.mark.parametrize(
    ("language", "caption"),
    [
        ("fr", ("Dessin : A. B.", None, None)),
        ("en", ("Drawing: A. B.", None, None)),
        ("ar", ("Drawing: A. B.", "en", "ltr")),
    ],
)
def test_a_credit_stands_in_the_reader_s_language_or_says_in_which(client, language, caption):
    make_drawn_update(picture_credit_en="Drawing: A. B.", picture_credit_fr="Dessin : A. B.")
    assert get_caption(client, language) == caption


def test_a_credit_in_the_first_language_alone_is_released_as_it_always_was(client):
    update = make_drawn_update(language="fr", title_fr="Titre", picture_credit_fr="Dessin : A. B.")
    assert Release.objects.of(update.uid).get().document["pictures"][0]["credit"] == "Dessin : A. B."
    assert get_caption(client, "en") == ("Dessin : A. B.", "fr", "ltr")
