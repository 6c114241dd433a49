"""A list can be narrowed to what can be read in the reader's language, and offers it where that says something."""

import json

import pytest
from django.core.cache import cache

from newsletter.subscribers.audience_filters import parse_audience_filter
from publishing.models import EntryFacet, FacetCount
from publishing.workflow import transitions
from publishing.workflow.entries import rebuild_entries
from tests.support.factories import make_situation, make_story, make_update
from tests.support.html import get_texts, parse_page
from timeline.search.results import FilterResults

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archive():
    cache.clear()
    make_situation()
    make_update("English alone", public=True)
    make_update("Both", title_fr="Les deux", public=True)
    make_story("Ты за Ціханоўскую?", public=True)


def titles(client, query="?text=own", *, language="fr"):
    page = json.loads(client.get(f"/api/v1/entries{query}&language={language}").content)
    return [row["title"] for row in page["results"]]


def offers(client, address):
    """What the link says that narrows this list, in the language of the page."""
    return get_texts(parse_page(client.get(address)), ".//p[@class='quiet since-line own-line']/a")


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("en", {"English alone", "Both", "Are you for her?"}),
        ("fr", {"Les deux"}),
        ("be", {"Are you for her?"}),
        ("ar", set()),
    ],
)
def test_what_stands_in_for_a_missing_text_is_left_out(client, language, found):
    assert set(titles(client, language=language)) == found


def test_it_goes_with_every_other_filter(client):
    assert titles(client, "?text=own&kind=statement&section=updates") == ["Les deux"]
    assert titles(client, "?text=own&kind=testimony") == []
    assert titles(client, "?text=own&q=both") == ["Les deux"]


def test_a_wish_for_mail_keeps_it_in_the_language_of_the_reader():
    wish = parse_audience_filter("text=own", language="fr")
    assert [entry.title for entry in FilterResults(wish).entries()] == ["Les deux"]


def test_it_follows_a_translation(client):
    update = make_update("New", public=True)
    update.title_fr = "Nouveau"
    update.save()
    transitions.publish(update)
    assert set(titles(client)) == {"Les deux", "Nouveau"}


def test_a_list_offers_it_with_the_number_it_would_show(client):
    assert offers(client, "/fr/search/?kind=statement") == ["Seulement ce qui peut être lu en français : 1 entrée"]
    assert len(offers(client, "/fr/belarus/")) == 1


def test_nothing_is_offered_where_it_would_change_nothing(client):
    assert offers(client, "/en/belarus/") == []
    assert offers(client, "/ar/belarus/") == []
    assert offers(client, "/fr/search/?text=own") == []


def test_an_active_one_is_a_link_that_takes_it_away(client):
    chips = parse_page(client.get("/en/search/?text=own&kind=statement")).findall(".//a[@class='chip']")
    assert [(get_texts(chip, "bdi"), chip.get("href")) for chip in chips] == [
        (["Statement"], "/en/search/?text=own"),
        (["In English"], "/en/search/?kind=statement"),
    ]


def test_what_is_counted_can_be_counted_anew():
    kept = set(FacetCount.objects.filter(facet="text").values_list("language", "section", "n"))
    labels = EntryFacet.objects.filter(facet="text").count()
    rebuild_entries()
    assert set(FacetCount.objects.filter(facet="text").values_list("language", "section", "n")) == kept
    assert EntryFacet.objects.filter(facet="text").count() == labels == 5
