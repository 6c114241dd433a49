"""The picture of updates per month: one mark an update, one column a month, and honest where that is too much."""

import datetime as dt

import pytest
from django.utils import translation

from publishing.models import FacetCount
from tests.support.factories import make_partner, make_story, make_update
from timeline.pages.monthly_chart import build_update_chart
from timeline.search.filters import Filter

pytestmark = pytest.mark.django_db


def drawn(language="en", **options):
    return build_update_chart(Filter(language=language, situation="belarus"), **options)


def tally(month, n, kind="statement"):
    """Counts as the release of `n` updates leaves them."""
    place = {"situation": "belarus", "language": "en", "section": "updates"}
    FacetCount.objects.create(facet="tempo", value=f"{month} {kind}", n=n, **place)


def test_a_column_for_each_month_also_for_those_without_updates():
    make_update(date=dt.date(2020, 11, 1), public=True)
    make_update(date=dt.date(2021, 2, 1), public=True)
    assert [column.label for column in drawn().columns] == ["Nov", "Dec", "Jan", "Feb"]
    assert [column.year for column in drawn().columns] == ["2020", "", "2021", ""]
    assert [column.state for column in drawn().columns] == ["", "empty", "empty", ""]


def test_a_mark_for_each_update_by_family():
    for kind in ("report", "statement", "joint-letter"):
        make_update(kind=kind, public=True)
    assert drawn().columns[0].marks == ["statement", "statement", "evidence"]


def test_a_column_says_aloud_what_it_shows():
    make_update(date=dt.date(2020, 8, 1), public=True)
    make_update(date=dt.date(2020, 10, 1), public=True)
    assert [column.long_label for column in drawn().columns] == [
        "August 2020: 1 update",
        "September 2020: no updates",
        "October 2020: 1 update",
    ]


def test_undated_updates_stand_apart_at_the_end():
    make_update(public=True)
    make_update(kind="report", date_precision="undated", public=True)
    make_update(date_precision="year", public=True)
    last = drawn().columns[-1]
    assert (last.state, last.marks, last.long_label) == (
        "undated",
        ["statement", "evidence"],
        "Day not recorded: 2 updates",
    )


def test_testimonies_and_other_news_are_not_in_it():
    make_update(publisher=make_partner("Reporters"), public=True)
    make_story(public=True)
    assert not drawn()


def test_the_legend_leads_to_the_updates_it_counts(client):
    make_update("A report", kind="report", public=True)
    make_update("A briefing", kind="briefing", public=True)
    make_update("A statement", public=True)
    row = next(row for row in drawn().legend if row.family == "evidence")
    assert row.count == 2
    page = client.get(row.address).content.decode()
    assert "A report" in page
    assert "A statement" not in page


def test_months_lead_to_their_place_on_a_page_that_shows_all():
    make_update(public=True)
    assert drawn().columns[0].address == "#m-2020-08"


def test_months_lead_to_their_list_where_the_timeline_has_pages():
    make_update(public=True)
    assert drawn(is_paged=True).columns[0].address == "/en/belarus/?month=2020-08&section=updates"


def test_more_than_eight_in_a_month_stand_denser():
    tally("2020-08", 8)
    assert not drawn().is_dense
    tally("2020-08", 1, kind="report")
    assert drawn().is_dense


def test_more_than_sixteen_in_a_month_make_quarters_and_the_note_says_so():
    tally("2020-08", 17)
    tempo = drawn()
    assert [column.long_label for column in tempo.columns] == ["Quarter 3 of 2020: 17 updates"]
    assert "One column is three months." in tempo.note


def test_more_than_eighteen_months_make_quarters():
    tally("2020-01", 1)
    tally("2021-06", 1)
    assert len(drawn().columns) == 18
    tally("2021-07", 1)
    assert [column.label for column in drawn().columns] == ["Q1", "Q2", "Q3", "Q4", "Q1", "Q2", "Q3"]


def test_many_years_make_a_column_a_year_and_many_more_a_decade():
    tally("2005-01", 1)
    tally("2021-06", 1)
    assert len(drawn().columns) == 17
    tally("1961-03", 1)
    assert [column.label for column in drawn().columns] == [
        "1960s",
        "1970s",
        "1980s",
        "1990s",
        "2000s",
        "2010s",
        "2020s",
    ]


def test_a_quarter_leads_to_its_three_months():
    tally("2020-08", 17)
    assert drawn().columns[0].address == "/en/belarus/?month=2020-07&month=2020-08&month=2020-09&section=updates"


def test_no_column_grows_beyond_sixteen_marks_and_the_note_says_what_a_mark_is():
    tally("2020-08", 4000)
    tally("2020-08", 3, kind="report")
    tempo = drawn()
    assert len(tempo.columns[0].marks) <= 16
    assert "evidence" in tempo.columns[0].marks
    assert "One mark is up to 500 updates of the same kind." in tempo.note


def test_the_picture_costs_one_query(django_assert_num_queries):
    make_update(public=True)
    with django_assert_num_queries(1):
        drawn()


def test_months_are_named_in_the_language_of_the_reader():
    make_update(public=True)
    with translation.override("fr"):
        assert drawn("fr").columns[0].long_label.startswith("Août 2020")


def test_an_update_that_waits_for_its_hour_is_not_in_it():
    tally("2020-08", 1)
    FacetCount.objects.update(visible_from=dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
    assert not drawn()
