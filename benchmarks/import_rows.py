"""5,000 rows through `manage.py import_updates`, as an operator runs it, next to a bare bulk insert of them."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import transaction

from publishing.models import Entry
from situations.models import Situation
from updates.models import Update

from .figures import Figure, time_call

ROWS = 5_000
PARAGRAPH = "The families have not been told where the detained are held, and lawyers were turned away at the gate. "


def build_rows(situation="bare"):
    for number in range(ROWS):
        yield {
            "situation": situation,
            "kind": ("statement", "briefing", "joint-letter")[number % 3],
            "date": f"{2015 + number % 10}-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "title": f"Statement {number} on arbitrary detention",
            "title_fr": f"Déclaration {number} sur la détention arbitraire",
            "summary": PARAGRAPH,
            "body": f"<p>{PARAGRAPH * 4}</p>" * 5,
            "tags": "torture; impunity" if number % 2 else "",
        }


def write_sheet(situation):
    path = Path(settings.DATA_DIR) / f"{situation}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=next(build_rows()))
        writer.writeheader()
        writer.writerows(build_rows(situation))
    return path


def run_import(situation, *options):
    """Wall seconds and peak memory in MB of one command. The start of Python and Django counts."""
    command = [
        sys.executable,
        "manage.py",
        "import_updates",
        write_sheet(situation),
        "--situation",
        situation,
        *options,
    ]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"import_updates ended with code {process.returncode}.")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def bulk_insert():
    situation = Situation.objects.create(slug="bare", title="Bare")
    names = {"kind", "date", "title", "title_fr", "summary", "body"}
    with transaction.atomic():
        Update.objects.bulk_create(
            Update(situation=situation, slug=f"bare-{number}", **{name: row[name] for name in names})
            for number, row in enumerate(build_rows())
        )


def measure():
    first, memory = run_import("drafts")
    again, _memory = run_import("drafts")
    public, public_memory = run_import("public", "--publish")
    if Entry.objects.public().filter(situation="public", language="en").count() < ROWS:
        raise SystemExit("Not every imported row is public.")
    bare = time_call(bulk_insert)
    yield Figure("import, drafts", ROWS / first, "rows/s", at_least=300)
    yield Figure("import, drafts: memory", memory, "MB", at_most=300)
    yield Figure("the same file again, nothing new", ROWS / again, "rows/s", at_least=300)
    yield Figure("import and publish", ROWS / public, "rows/s")
    yield Figure("import and publish: memory", public_memory, "MB", at_most=300)
    yield Figure("import, drafts / bare bulk insert", first / bare, "x", beside=f"bare: {ROWS / bare:.0f} rows/s")
