"""Addresses of lists at their edges, and counts beside several choices."""

import pytest
from django.http import QueryDict

from tests.support.factories import make_situation, make_tag, make_update
from timeline.search.facet_counts import FacetCounts
from timeline.search.filters import Filter
from timeline.search.paging import encode_cursor

pytestmark = pytest.mark.django_db


def read(query):
    return Filter.from_query(QueryDict(query), language="en")


def test_an_order_without_words_is_in_no_address():
    assert read("order=date").query() == ""
    assert "order=date" in read("q=word&order=date").query()


@pytest.mark.parametrize("junk", ["!!!!", "!", " ", "="])
def test_a_cursor_with_letters_that_no_cursor_has_is_refused(client, junk):
    make_situation()
    good = encode_cursor("2020-08-14", 1)
    assert client.get("/en/belarus/", {"before": good}).status_code == 200
    assert client.get("/en/belarus/", {"before": good[:4] + junk + good[4:]}).status_code == 400


def test_beside_two_tags_what_carries_either_is_counted_once():
    one, two = make_tag("One"), make_tag("Two")
    for tags in ([one], [two], [one, two], []):
        make_update(public=True, tags=tags)
    assert FacetCounts(read("tag=one&tag=two")).count() == 3


@pytest.mark.parametrize("query", ["q=gemeinwort", "tag=one&tag=two", "q=gemeinwort&tag=one"])
def test_own_language_counts_only_what_is_in_ones_own_language(query):
    for language, title in (("en", {"title_en": "Gemeinwort"}), ("fr", {"title_en": "", "title_fr": "Gemeinwort"})):
        make_update(public=True, tags=[make_tag("One")], language=language, **title)
    assert FacetCounts(read(query), facets=("text",)).count_values("text") == {"own": 1}
