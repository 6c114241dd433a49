"""A site in a process of its own, filled with synthetic items, that can be asked what its pages cost.

Two such sites are measured in turns. Both hold the same reports of one month, partner and tags, so that a narrow
filter fills a page on the small one too: otherwise the big one would be measured against a page with less on it.
"""

import datetime as dt
import json
import os
import random
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from demo import synthetic
from publishing.models import Entry

SEED, SHARE_OF_STORIES = 1, 10
NARROW_ITEMS, NARROW_DAY, FIRST_NARROW = 120, dt.date(2020, 8, 1), 10_000_000
client = Client()


# --- From outside -----------------------------------------------------------------------------


class Site:
    """A running site; `ask` gives what the deed of that name answers."""

    def __init__(self, process):
        self.process = process

    def ask(self, deed, address):
        print(json.dumps([deed, address]), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The site ended while it was asked for {address}.")
        return json.loads(answer)


@contextmanager
def running_site(items, *, data_dir, database_url):
    """A `Site` of so many items, which begins to fill at once; its first answer comes when it is full."""
    data_dir.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"DATA_DIR": str(data_dir), "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "benchmarks", "--site", str(items)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        try:
            yield Site(process)
        finally:
            process.stdin.close()


# --- From inside ------------------------------------------------------------------------------


def serve(items):
    """Fills the database, then answers one line for each that comes, until there are no more."""
    fill_site(items)
    for line in sys.stdin:
        deed, address = json.loads(line)
        print(json.dumps(COMMANDS[deed](address)), flush=True)


def fill_site(items):
    """Makes what is missing; a site that was kept from an earlier run is full already."""
    there = Entry.objects.filter(language="en", situation=f"sample-{SEED}").exclude(section="")
    if not there.exists():
        fill_with_samples(items - NARROW_ITEMS)
    if there.count() < items - NARROW_ITEMS:
        raise RuntimeError(f"Only part of the {items} items are there. Delete that database.")
    if not there.filter(slug=f"sample-update-{FIRST_NARROW}").exists():
        fill_one_month()
    connection.close()


def fill_with_samples(items):
    stories = items // SHARE_OF_STORIES
    options = {"updates": items - stories, "stories": stories, "seed": SEED, "publish": True}
    call_command("sample_content", **options, stdout=sys.stderr)


def fill_one_month():
    place, partners, tags = synthetic.create_shared_objects(SEED)
    dice = random.Random(SEED)  # repeatable on purpose, nothing secret
    items = [
        synthetic.build_sample_update(dice, place, partners, FIRST_NARROW + number) for number in range(NARROW_ITEMS)
    ]
    for number, item in enumerate(items):
        item.kind, item.publisher, item.date_precision = "report", partners[1], "day"
        item.date = NARROW_DAY + dt.timedelta(days=number % 31)
    synthetic.save_samples(items, dice, tags[:2], publish=True)


def time_cold_page(address):
    """(seconds, entries shown) of a page that nothing remembers."""
    cache.clear()
    begun = time.perf_counter()
    answer = client.get(address)
    took = time.perf_counter() - begun
    assert answer.status_code == 200, address
    return took, answer.content.count(b'id="entry-') + answer.content.count(b"<entry>")


def count_queries(address):
    with CaptureQueriesContext(connection) as asked:
        time_cold_page(address)
    return len(asked)


def measure_stream(address):
    """(lines, MB by which the process grew at most while a file was read, MB that it weighs)."""
    before, most, lines, size = get_memory(), 0, 0, 0
    for part in client.get(address).streaming_content:
        lines, size = lines + part.count(b"\n"), size + len(part)
        most = max(most, get_memory())
    return lines, most - before, size / 1_000_000


def get_memory():
    """MB that this process has in memory at this moment (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1_000_000


COMMANDS = {"cold": time_cold_page, "queries": count_queries, "streamed": measure_stream}
