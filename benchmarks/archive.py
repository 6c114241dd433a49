"""A site of 100,000 items next to one of 1,000: what readers ask for must cost about the same.

Each stands in a process and a database of its own; every page is drawn anew, in turns, so that a busy machine hits
both. Where they do not show as many entries no bound is set. The big site takes half an hour to make: `KEEP=folder`
keeps both for the next run, `ITEMS=20000` makes a smaller one. DATABASE_URL may name a PostgreSQL server, on which both
get databases of their own.
"""

import os
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urljoin

from benchmarks import databases

from .figures import Figure
from .site import running_site

SMALL, BIG = 1_000, int(os.environ.get("ITEMS", "100000"))
KEEP_FOLDER = os.environ.get("KEEP", "")
ROUNDS = 15
HOME = "/en/sample-1/"
LISTS = [
    "", "?kind=report", "?kind=report&year=2020", "?kind=nonsense", "?partner=sample-partner-1",
    "?partner=sample-partner-1&kind=report", "?tag=detention", "?tag=detention&partner=sample-partner-1",
    "?tag=detention&kind=report&year=2020", "?tag=detention&tag=accountability", "?tag=unheard-of", "?year=2020",
    "?month=2020-08", "?month=2020-08&kind=report", "?in=be&in=ru", "?section=stories", "?text=own", "../search/",
    "../search/?kind=report&tag=detention",
    "feed.atom", "feed.atom?kind=report&year=2020", "feed.atom?partner=sample-partner-1&tag=detention",
]  # fmt: skip
SEARCHES = {
    "torture": "?q=torture",
    "torture, newest first": "?q=torture&order=date",
    "torture, one kind": "?q=torture&kind=report",
    "torture, one partner": "?q=torture&partner=sample-partner-1",
    "two common words": "?q=torture+detention",
    "a phrase of common words": "?q=%22torture+detention%22",
    "an unfinished word": "?q=tort",
    "a word of one item": "?q=4711",
    "torture, as a feed": "feed.atom?q=torture",
}
# The words of synthetic items stand everywhere, so these are read from every text; no bound is set.
LONG_PHRASES = {
    "a long phrase of common words": "?q=%22torture+detention+court+report%22",
    "such a phrase that is nowhere": "?q=%22torture+detention+court+report+police+prison+appeal+witness%22",
}
EXPORTS = ("export.csv", "export.json", "export.xlsx")


def measure():
    with ExitStack() as stack:
        place = KEEP_FOLDER or stack.enter_context(tempfile.TemporaryDirectory(prefix="ohrm-bench-archive-"))
        small, big = (open_site(items, Path(place).absolute() / str(items), stack) for items in (SMALL, BIG))
        for name in LISTS:
            yield from compare_sites(small, big, name)
        for name, query in SEARCHES.items():
            yield from measure_search(big, name, query, at_most=150)
        for name, query in LONG_PHRASES.items():
            yield from measure_search(big, name, query)
        for name in EXPORTS:
            yield from measure_export(big, name)


def open_site(items, place, stack):
    url = os.environ.get("DATABASE_URL", "")
    if databases.is_postgres(url):
        name = f"ohrm_bench_{items}" if KEEP_FOLDER else f"ohrm_bench_{os.getpid()}_{items}"
        url = stack.enter_context(databases.temporary_database(url, name, keep=bool(KEEP_FOLDER)))
    return stack.enter_context(running_site(items, data_dir=place, database_url=url))


def compare_sites(small, big, name):
    address = urljoin(HOME, name)
    pairs = [(small.ask("cold", address), big.ask("cold", address)) for _round in range(ROUNDS + 1)][1:]
    then, now = (statistics.median(answer[0] for answer in answers) * 1000 for answers in zip(*pairs, strict=True))
    (_then, few), (_now, many) = pairs[-1]
    beside = f"{BIG:,}: {now:.1f} ms, {SMALL:,}: {then:.1f} ms; entries shown: {many}, {few}"
    yield Figure(name or "timeline", now / then, "x", beside=beside, at_most=1.5 if few == many else None)
    yield Figure("  queries", big.ask("queries", address), "", at_most=12)


def measure_search(big, name, query, *, at_most=None):
    address = urljoin(HOME, query)
    times = [big.ask("cold", address)[0] for _round in range(ROUNDS + 1)][1:]
    yield Figure(f"search: {name}", statistics.median(times) * 1000, "ms", at_most=at_most)
    yield Figure("  queries", big.ask("queries", address), "", at_most=12)


def measure_export(big, name):
    lines, grown, size = big.ask("streamed", HOME + name)
    beside = f"{size:.0f} MB" + (f", {lines:,} lines" if lines > BIG / 2 else "")
    yield Figure(f"{name}: memory", grown, "MB", beside=beside, at_most=40)
