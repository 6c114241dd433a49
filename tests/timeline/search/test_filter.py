"""A query string becomes a list, a sentence and an address, the same for page, feed, file and subscription."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from publishing.workflow import transitions
from tests.support.factories import make_partner, make_situation, make_story, make_tag, make_update
from timeline.pages import filter_form, listing
from timeline.search import live_counts
from timeline.search.facet_counts import FacetCounts
from timeline.search.facets import FACETS, BadFilter
from timeline.search.filter_words import FilterWords
from timeline.search.filters import Filter
from timeline.search.paging import encode_entry_cursor
from timeline.search.results import FilterResults

pytestmark = pytest.mark.django_db


def read(query="", *, language="en", situation="belarus"):
    return Filter.from_query(QueryDict(query), language=language, situation=situation)


def find(query="", **place):
    return FilterResults(read(query, **place))


def say(query="", **place):
    query_filter = read(query, **place)
    return FilterWords(query_filter, counts=FacetCounts(query_filter))


def titles(query="", **place):
    return [entry.title for entry in find(query, **place).entries()]


def names(choices):
    return {choice.value: choice.count for choice in choices}


@pytest.fixture
def archive():
    """Five items that differ in every way one can filter by."""
    torture, women = make_tag("Torture", name_ru="Пытки"), make_tag("Women")
    make_update("Statement", public=True, tags=[torture])
    make_update("Report", public=True, kind="report", date=dt.date(2021, 1, 26), tags=[torture, women])
    make_update("Month", public=True, date=dt.date(2021, 1, 1), date_precision="month")
    make_update("Undated", public=True, date=dt.date(2020, 9, 1), date_precision="undated")
    make_update("News", public=True, kind="media", date=dt.date(2019, 5, 1), publisher=make_partner("Reporters"))
    make_story(public=True)


# --- What is found ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=report", ["Report"]),
        ("kind=report&kind=statement", ["Report", "Month", "Undated", "Statement"]),
        ("kind=report&year=2020", []),
        ("tag=torture", ["Report", "Statement"]),
        ("tag=women&tag=torture", ["Report", "Statement"]),
        ("tag=torture&kind=statement", ["Statement"]),
        ("partner=viasna", ["Are you for her?"]),
        ("partner=reporters", ["News"]),
        ("in=be", ["Are you for her?"]),
        ("section=news", ["News"]),
        ("section=stories&section=news", ["Are you for her?", "News"]),
        ("year=2021", ["Report", "Month"]),
        ("month=2021-01", ["Report", "Month"]),
        ("month=2020-09", []),
        ("year=2020", ["Are you for her?", "Statement"]),
        ("q=report", ["Report", "News"]),
        ("q=RE%CC%81port&kind=report", ["Report"]),
        ("kind=&q=&tag=", ["Report", "Month", "Undated", "Are you for her?", "Statement", "News"]),
        ("kind=nonsense", []),
        ("tag=unheard-of", []),
        ("in=zu", []),
        ("text=own&kind=report", ["Report"]),
        ("text=own&q=report", ["Report", "News"]),
        ("section=other", []),
        ("utm_source=x", ["Report", "Month", "Undated", "Are you for her?", "Statement", "News"]),
    ],
)
def test_a_query_finds_its_items_newest_first(archive, query, found):
    assert titles(query) == found


def test_a_situation_shows_its_own_items_alone():
    make_update("Here", situation=make_situation("belarus"), public=True)
    make_update("There", situation=make_situation("routes"), public=True)
    assert titles() == ["Here"]
    assert set(titles(situation=None)) == {"Here", "There"}


def test_a_filter_over_all_situations_may_name_some():
    for slug in ("belarus", "routes", "sudan"):
        make_update(slug, situation=make_situation(slug), public=True)
    assert set(titles("situation=belarus&situation=sudan", situation=None)) == {"belarus", "sudan"}


def test_a_channel_shows_only_what_consent_allows_there():
    make_story(public=True, consent={"feed": False})
    assert find().entries().count() == 1
    assert FilterResults(read(), channel="feed").entries().count() == 0


# --- What is refused ---


@pytest.mark.parametrize(
    "query",
    [
        "year=20", "year=20200", "year=٢٠٢٠", "month=2020", "month=2020-13", "month=0000-01", "in=b", "in=b_e",
        "kind=Report", "kind=a%00", "tag=a/b", "tag=" + "a" * 101, "section=Updates", "q=" + "a" * 201, "q=a%00b",
        "x=%00", "%00=x", "since=yesterday", "since=2020-02-30", "situation=a b",
        "&".join(f"year={year}" for year in range(1900, 2000)),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(query):
    with pytest.raises(BadFilter):
        read(query, situation=None)


@pytest.mark.parametrize(
    "cursor", ["x", "@@", "é", "A" * 5000, "MjAyMC0wMi0zMC4x", "MjAyMC0wOC0xNC54", "MjAyMC0wOC0xNC4tMQ"]
)
def test_a_cursor_that_is_none_is_refused(cursor):
    with pytest.raises(BadFilter):
        find().get_page(cursor)


def test_a_cursor_beyond_all_numbers_is_refused():
    entry = type("Place", (), {"date": dt.date(2020, 8, 14), "number": 2**63})
    with pytest.raises(BadFilter):
        find().get_page(encode_entry_cursor(entry))


@pytest.mark.parametrize("query", ["?year=20", "?q=%00", "?before=x", "?kind=a%00", "?month=2020-13"])
def test_a_query_that_cannot_be_meant_answers_400(client, query):
    make_update(public=True)
    for address in ("/en/belarus/", "/en/search/", "/en/belarus/feed.atom", "/en/search/export.csv", "/api/v1/entries"):
        if "before" in query and "export" in address:
            continue  # a file is whole
        assert client.get(address + query).status_code == 400


# --- Addresses ---


def test_an_address_keeps_one_order_whatever_was_typed():
    shown = read("month=2020-08&kind=report&utm_source=x&q=+two++words+&kind=blog&kind=report")
    assert shown.address() == "/en/belarus/?q=two+words&kind=blog&kind=report&month=2020-08"


def test_reading_an_address_gives_the_same_filter():
    shown = read("q=пытки&kind=report&tag=torture&in=be&year=2020&month=2020-08&section=news&since=2020-08-01")
    assert read(shown.query()) == shown


def test_an_address_can_change_add_and_remove():
    shown = read("kind=report&year=2020")
    assert shown.address(kind=None) == "/en/belarus/?year=2020"
    assert shown.address(tag=["b", "a"]) == "/en/belarus/?kind=report&tag=a&tag=b&year=2020"
    assert shown.address_of("feed.atom", year=None) == "/en/belarus/feed.atom?kind=report"


def test_a_filter_over_everything_is_at_search():
    assert read("kind=report", situation=None).address() == "/en/search/?kind=report"


# --- Pages ---


def test_pages_show_each_entry_once_and_in_order():
    for day in (1, 1, 2, 3, 3, 3, 4):
        make_update(f"{day}", date=dt.date(2020, 8, day), public=True)
    shown, seen, cursor = find(), [], None
    while cursor != "":
        page = shown.get_page(cursor, size=2)
        seen, cursor = seen + page.entries, page.cursor
    assert [entry.pk for entry in seen] == [entry.pk for entry in shown.entries()]


def test_the_next_page_stays_in_the_filter():
    for _number in range(3):
        make_update(kind="report", public=True)
    page = find("kind=report").get_page(size=2)
    assert page.next_address == f"/en/belarus/?kind=report&before={page.cursor}"


def test_a_page_stays_the_same_when_something_newer_appears():
    for day in range(1, 5):
        make_update(date=dt.date(2020, 8, day), public=True)
    cursor = find().get_page(size=2).cursor
    before = [entry.pk for entry in find().get_page(cursor, size=2).entries]
    make_update(date=dt.date(2020, 8, 30), public=True)
    assert [entry.pk for entry in find().get_page(cursor, size=2).entries] == before


# --- Counts ---


@pytest.mark.parametrize(
    "query",
    [
        "",
        "kind=report",
        "kind=report&kind=blog",
        "tag=torture",
        "tag=torture&tag=women",
        "year=2021&kind=report",
        "q=report",
    ],
)
def test_the_count_is_the_number_of_entries(archive, query):
    assert FacetCounts(read(query)).count() == len(titles(query))


def test_choices_count_what_they_would_find(archive):
    assert names(say().get_choices("kind")) == {"statement": 3, "report": 1, "media": 1, "testimony": 1}


def test_choices_beside_other_filters_count_only_what_is_left(archive):
    assert names(say("tag=women").get_choices("kind")) == {"report": 1}


def test_choices_of_a_facet_do_not_narrow_each_other(archive):
    assert names(say("year=2021").get_choices("year")) == {"2021": 2, "2020": 2, "2019": 1}


def test_every_choice_of_a_filtered_list_keeps_its_promise(archive):
    for facet in ("kind", "tag", "in", "year", "month", "section"):
        for choice in say("kind=statement&kind=report").get_choices(facet):
            wanted = [choice.value] if facet == "kind" else None
            shown = read("kind=statement&kind=report").changed(**{facet: wanted or choice.value})
            assert FilterResults(shown).entries().count() == choice.count


MIXES = [
    "kind=report", "kind=report&kind=statement", "year=2021", "in=be&in=en", "section=updates",
    "year=2019&section=news",
    "kind=statement&year=2020", "kind=report&year=2021&in=en", "month=2021-01", "month=2021-01&kind=report",
    "tag=torture", "tag=torture&tag=women", "tag=women&section=updates", "tag=torture&year=2020", "partner=viasna",
    "partner=viasna&kind=testimony", "q=report", "q=report&kind=report", "kind=nonsense", "tag=torture&month=2021-01",
    "text=own", "text=own&kind=report", "text=own&tag=torture", "text=own&year=2020&section=updates",
    "partner=viasna&month=2020-08", "tag=torture&partner=reporters", "month=2021-01&month=2020-08",
    "q=report&tag=women",
]  # fmt: skip


@pytest.mark.parametrize("query", MIXES)
def test_kept_counts_are_what_counting_would_find(archive, query):
    counts = FacetCounts(read(query))
    assert counts.count() == find(query).entries().count()
    for facet in FACETS.values():
        others = FilterResults(read(query).without(facet.name))
        assert counts.count_values(facet.name) == facet.count(others.entries())


@pytest.mark.parametrize("query", ["", "kind=report", "year=2021&year=2020", "in=be", "section=updates", "tag=torture"])
def test_the_filters_of_every_day_count_no_entry(archive, query):
    with CaptureQueriesContext(connection) as queries:
        FacetCounts(read(query)).count()
        for facet in ("kind", "year", "in", "tag"):
            FacetCounts(read(query)).count_values(facet)
    assert not [query["sql"] for query in queries if '"publishing_entry"' in query["sql"]]


def test_counts_follow_every_deed(archive):
    update = make_update("Scheduled", tags=[make_tag("Torture")])
    transitions.publish(update, at=timezone.now() + dt.timedelta(hours=1))
    assert names(say("kind=statement").get_choices("tag"))["torture"] == 1
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        assert names(say("kind=statement").get_choices("tag"))["torture"] == 2
    transitions.publish(update)
    transitions.withdraw(update, reason="wrong")
    assert names(say("kind=statement").get_choices("tag"))["torture"] == 1


def test_a_chosen_value_that_finds_nothing_can_be_taken_away_again(archive):
    (choice,) = [choice for choice in say("kind=blog").get_choices("kind") if choice.active]
    assert (choice.count, choice.address) == (0, "/en/belarus/")


def test_a_withdrawn_tag_is_no_choice_any_more():
    update = make_update(public=True, tags=[make_tag("Secret")])
    transitions.withdraw(update, reason="wrong")
    assert say().get_choices("tag") == []


def test_counting_all_choices_of_an_unfiltered_page_costs_a_query_or_two_each(archive, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        for facet in ("kind", "year", "in", "tag"):
            say().get_choices(facet)


# --- The form ---


def form_on(client, address):
    """Name of a select -> the values it offers, and the values that the form keeps without offering them."""
    page = client.get(address).content.decode()
    form = re.search(r'<form class="filter.*?</form>', page, re.DOTALL)[0]
    selects = dict(re.findall(r'<select id="[a-z]+" name="([a-z]+)">(.*?)</select>', form, re.DOTALL))
    kept = re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">', form)
    return {name: re.findall(r'<option value="([^"]+)"', options) for name, options in selects.items()}, kept


def test_the_form_of_a_list_offers_every_filter(client, archive):
    offered, _kept = form_on(client, "/en/belarus/?section=updates&section=stories&section=news")
    assert offered["partner"] == ["reporters", "viasna"]
    assert set(offered) == {"section", "kind", "year", "in", "tag", "partner"}
    assert "partner" not in form_on(client, "/en/belarus/?kind=report")[0]


def test_months_are_offered_of_the_years_that_are_asked_for(client, archive):
    assert form_on(client, "/en/belarus/?year=2021")[0]["month"] == ["2021-01"]
    assert form_on(client, "/en/belarus/?year=2020&year=2021")[0]["month"] == ["2021-01", "2020-08"]
    assert form_on(client, "/en/belarus/?month=2021-01")[0]["month"] == ["2021-01"]


def test_the_form_counts_partners_and_months(client, archive):
    page = client.get("/en/belarus/?year=2021").content.decode()
    assert '<option value="2021-01">January 2021 (2)</option>' in page
    assert '<option value="viasna">Viasna (1)</option>' in client.get("/en/belarus/?in=be").content.decode()


@pytest.fixture
def _counts_one(archive, monkeypatch):
    for module in (live_counts, listing):
        monkeypatch.setattr(module, "MAX_COUNTED", 1)


@pytest.mark.usefixtures("_counts_one")
def test_where_several_labels_find_much_no_number_is_given(client):
    page = client.get("/en/belarus/?tag=torture&tag=women").content.decode()
    assert "<h1>More than 1 of 6 entries</h1>" in page
    assert re.search(r'<option value="report">[^(<]+</option>', page)
    assert len(re.findall(r'<article class="entry', page)) == 2


@pytest.mark.usefixtures("_counts_one")
def test_where_several_labels_find_little_every_number_is_right(client):
    page = client.get("/en/belarus/?tag=women&month=2021-01").content.decode()
    assert "<h1>1 of 6 entries</h1>" in page
    assert '<option value="report">Report (1)</option>' in page


def test_the_form_loses_none_of_several_values(client, archive):
    address = "/en/belarus/?kind=report&kind=statement&year=2021"
    offered, kept = form_on(client, address)
    assert kept == [("kind", "report"), ("kind", "statement")]
    assert "Report or Statement</option>" in client.get(address).content.decode()
    assert "report" not in offered["kind"]


def test_a_form_with_too_many_values_says_so_and_keeps_what_is_chosen(client, archive, monkeypatch):
    monkeypatch.setattr(filter_form, "MAX_CHOICES", 1)
    assert "<option disabled>1 / 2</option></select>" in client.get("/en/belarus/?section=updates").content.decode()
    assert form_on(client, "/en/belarus/?tag=women")[0]["tag"] == ["torture", "women"]


# --- Words ---


def test_a_filter_can_be_said():
    make_update(public=True, tags=[make_tag("Torture")])
    words = say("q=van&kind=report&kind=statement&tag=torture&month=2020-08").describe()
    assert words == "“van”; Kind: Report or Statement; Tag: Torture; Month: August 2020"


def test_words_are_in_the_language_of_the_reader(archive):
    with translation.override("ru"):
        assert "Пытки" in say("tag=torture", language="ru").describe()


def test_a_language_is_called_as_it_calls_itself(archive):
    assert [chip.word for chip in say("in=be&in=zu&in=xx").build_chips()] == ["Беларуская", "xx", "isiZulu"]


def test_each_chip_takes_away_one_value(archive):
    chips = {chip.word: chip.address for chip in say("q=van&kind=report&year=2020&year=2021").build_chips()}
    assert chips["“van”"] == "/en/belarus/?kind=report&year=2020&year=2021"
    assert chips["2020"] == "/en/belarus/?q=van&kind=report&year=2021"
