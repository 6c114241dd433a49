"""A site of 100,000 items next to one of 1,000: what readers ask for must cost about the same.

Every page is drawn anew, in turns with a template that shows as many rows at both sizes, so that a busy machine hits
both. The big site takes a quarter of an hour to make; `ITEMS=20000` makes a smaller one.
"""

import os
import resource
from pathlib import Path

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.template import Context
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.frame import Figure, race
from benchmarks.timeline import PLAIN

SMALL, BIG = 1_000, int(os.environ.get("ITEMS", "100000"))
SHARE_OF_STORIES = 10
ROWS = [{"title": "A title of some words", "date": "14 August 2020", "summary": "A summary. " * 10}] * 300
LISTS = [
    "", "?kind=report", "?kind=report&year=2020", "?kind=nonsense", "?partner=sample-partner-1",
    "?partner=sample-partner-1&kind=report", "?tag=detention", "?tag=unheard-of", "?month=2020-08", "?in=be",
    "?section=stories", "feed.atom", "feed.atom?kind=report&year=2020", "feed.atom?partner=sample-partner-1",
]  # fmt: skip
SEARCHES = {
    "torture": "?q=torture",
    "torture, one kind": "?q=torture&kind=report",
    "torture, one partner": "?q=torture&partner=sample-partner-1",
    "two common words": "?q=torture+detention",
    "an unfinished word": "?q=tort",
    "a word of one item": "?q=4711",
    "torture, as a feed": "feed.atom?q=torture",
}


def filled(client, small, name):
    """The list itself, or a plain one where the small site has too little of it for a whole page."""
    plain = "feed.atom" if name.startswith("feed") else "?section=updates"
    return name if cold(client, small + name) in {0, cold(client, small + plain)} or not name else plain


def fill(items, *, seed):
    """The address of a new situation with so many items."""
    stories = items // SHARE_OF_STORIES
    call_command("sample_content", updates=items - stories, stories=stories, seed=seed, publish=True, verbosity=0)
    return f"/en/sample-{seed}/"


def cold(client, address):
    cache.clear()
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.count(b'id="entry-') + answer.content.count(b"<entry>")


def cost(client, address):
    """(seconds, the same as a multiple of the yardstick)."""
    ours, yardstick = race(lambda: cold(client, address), lambda: PLAIN.render(Context({"rows": ROWS})))
    return ours, ours / yardstick


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        cold(client, address)
    return len(queries)


def memory():
    """MB that this process has in memory at this moment (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1_000_000


def flat_memory(client, address):
    """(lines, MB by which the process grew at most while an export was read)."""
    before, most, lines = memory(), 0, 0
    for part in client.get(address).streaming_content:
        lines += part.count(b"\n")
        most = max(most, memory())
    return lines, most - before


def measure():
    client = Client()
    small = fill(SMALL, seed=1)
    before = {name: cost(client, small + filled(client, small, name)) for name in LISTS}
    # The second situation stands beside the first, so that its lists have to be found among all others.
    big = fill(BIG - SMALL, seed=2)
    yield from lists(client, big, before)
    yield from searches(client, big)
    for name in ("export.json", "export.csv"):
        rows, grown = flat_memory(client, big + name)
        yield Figure(f"{name}: memory", grown, "MB", beside=f"{rows:,} lines", at_most=40)


def lists(client, big, before):
    for name in LISTS:
        (then, measure_then), (now, measure_now) = before[name], cost(client, big + name)
        beside = f"{BIG:,}: {now * 1000:.1f} ms, {SMALL:,}: {then * 1000:.1f} ms"
        yield Figure(name or "timeline", measure_now / measure_then, "x", beside=beside, at_most=1.5)
        yield Figure("  queries", queries_of(client, big + name), "", at_most=12)


def searches(client, big):
    for name, query in SEARCHES.items():
        seconds, _measure = cost(client, big + query)
        yield Figure(f"search: {name}", seconds * 1000, "ms", at_most=150)
        yield Figure("  queries", queries_of(client, big + query), "", at_most=12)
