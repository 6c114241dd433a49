"""What a public list costs: few questions to the database, each answered by an index that has the list in order."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from tests.support.factories import make_partner, make_story, make_tag, make_update
from timeline.search import live_counts, matching
from timeline.search.filters import Filter
from timeline.search.results import FilterResults

pytestmark = pytest.mark.django_db
MOST = 12
FILTERS = [
    "", "kind=report", "kind=report&kind=blog", "kind=report&year=2020", "partner=viasna",
    "partner=viasna&kind=report", "partner=viasna&tag=torture", "month=2020-08", "month=2020-08&kind=report",
    "tag=torture", "tag=torture&tag=women", "tag=torture&kind=report&year=2020", "tag=unheard-of", "kind=nonsense",
    "in=be", "in=be&in=en", "section=stories", "section=updates&year=2020", "text=own", "q=torture",
    "q=torture&partner=viasna&tag=women", "partner=viasna&tag=torture&year=2020",
    "partner=viasna&tag=women&month=2020-08",
    "q=torture&kind=report&tag=torture&partner=viasna", "q=torture&tag=torture&partner=viasna&month=2020-08",
    "q=unheard&tag=torture&partner=viasna&month=2020-08", "q=torture&tag=torture&tag=women&partner=viasna&in=be",
    "q=torture&kind=report", "q=torture&tag=women&year=2020", "q=torture+report", "q=torture&order=date", "q=unheard",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def archive(module_database):
    tags = [make_tag("Torture"), make_tag("Women")]
    for number in range(6):
        make_update(
            "On torture",
            kind=["report", "statement", "blog"][number % 3],
            tags=tags[: number % 3],
            publisher=make_partner("Viasna") if number % 2 else None,
            date=dt.date(2020, 8, 1) + dt.timedelta(days=number),
            public=True,
        )
    make_story(public=True)


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("name", ["", "feed.atom"])
def test_a_list_asks_few_questions(client, name, query):
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/en/belarus/{name}?{query}").status_code == 200
    assert len(queries) <= MOST, "\n".join(query["sql"] for query in queries)


@pytest.mark.parametrize("query", FILTERS)
def test_a_list_that_finds_too_much_to_count_asks_no_more(client, query, monkeypatch):
    cache.clear()
    for module in (matching, live_counts):
        monkeypatch.setattr(module, "MAX_COUNTED", 0)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/en/belarus/?{query}").status_code == 200
    assert len(queries) <= MOST, "\n".join(query["sql"] for query in queries)


@pytest.mark.parametrize("query", ["q=torture", "q=torture+report&kind=report"])
def test_a_search_over_all_situations_asks_no_more(client, query):
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/en/search/?{query}")
    assert len(queries) <= MOST


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "entry_list"),
        ("kind=report", "entry_list_of_kind"),
        ("kind=report&year=2020", "entry_list_of_kind"),
        ("in=be&section=stories", "entry_list_of_original"),
        ("partner=viasna&kind=report", "entry_facet_list"),
        ("tag=torture&year=2020", "entry_facet_list"),
        ("month=2020-08", "entry_list"),
    ],
)
@pytest.mark.parametrize("situation", ["belarus", None])
def test_a_page_is_read_from_an_index_in_its_order(query, index, situation):
    query_filter = Filter.from_query(QueryDict(query), language="en", situation=situation)
    with CaptureQueriesContext(connection) as queries:
        FilterResults(query_filter).get_page()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        plan = [row[-1] for row in cursor.fetchall()]
    wanted = f"{index}_of_all" if index == "entry_list" and not situation else index
    assert any(f"COVERING INDEX {wanted} " in step for step in plan), plan
    # Only the few rows of the page are sorted, not what they were found among.
    assert sum("TEMP B-TREE" in step for step in plan) <= 1, plan
