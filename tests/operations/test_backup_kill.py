"""Backups and restores by real processes: killed at any moment, and while others write."""

import random
import shutil
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from tests.support.factories import make_story, make_update
from tests.support.site_on_disk import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite, pytest.mark.slow]

KILLS = 5


@pytest.fixture
def site(tmp_path):
    make_story(public=True)
    for number in range(40):
        make_update(f"Number {number}", public=True)
    return Site(tmp_path)


def kill_at_random(process, *, seconds, chance):
    time.sleep(seconds * chance.random())
    process.send_signal(signal.SIGKILL)
    process.communicate()


def time_command(site, *words):
    begun = time.monotonic()
    site.run(*words)
    return time.monotonic() - begun


def test_a_killed_backup_leaves_the_one_before_and_nothing_that_stays(site):
    chance = random.Random(1)  # noqa: S311 - the same kills in every run
    seconds = time_command(site, "backup", site.copy)
    before = site.copy.read_bytes()
    for _kill in range(KILLS):
        kill_at_random(site.start("backup", site.copy), seconds=seconds, chance=chance)
        assert site.copy.stat().st_size > len(before) // 2
    assert "found whole" in site.run("backup", site.copy)
    assert not list(site.place.glob(".copy*"))
    assert site.ask("PRAGMA integrity_check") == [("ok",)]


def test_a_killed_restore_leaves_the_site_as_it_was_or_as_it_is_to_be(site):
    chance = random.Random(2)  # noqa: S311
    site.run("backup", site.copy)
    with closing(sqlite3.connect(site.file)) as database:
        database.execute("UPDATE publishing_entry SET title = 'newer'")
        database.commit()
    words = ["restore", site.copy, "--over", "--yes"]
    rehearsal = site.place / "rehearsal.sqlite3"
    shutil.copy(site.file, rehearsal)
    begun = time.monotonic()
    site.run(*words, DATABASE_URL=f"sqlite:///{rehearsal}")
    seconds = time.monotonic() - begun
    for _kill in range(KILLS):
        kill_at_random(site.start(*words), seconds=seconds, chance=chance)
        assert site.ask("PRAGMA integrity_check") == [("ok",)]
        restored = site.ask("SELECT COUNT(*) FROM audit_event WHERE verb = 'site.restored'")[0][0]
        newer = site.ask("SELECT COUNT(*) FROM publishing_entry WHERE title = 'newer'")[0][0]
        assert bool(newer) != bool(restored)
    site.run(*words)
    assert site.ask("SELECT COUNT(*) FROM publishing_entry WHERE title = 'newer'") == [(0,)]
    assert "holds" in site.run("verify_audit")


def test_a_backup_under_writing_is_of_one_moment(site):
    """Each write is a pair in two tables; a copy that caught half of one would count differently."""
    process = site.start("backup", site.copy)
    written = 0
    with closing(sqlite3.connect(site.file, timeout=20)) as database:
        while process.poll() is None:
            database.execute("INSERT INTO newsletter_erasure(id, erased_on) VALUES (?, '2026-01-01')", [written])
            database.execute("INSERT INTO taggit_tag(name, slug) VALUES (?, ?)", [f"pair {written}"] * 2)
            database.commit()
            written += 1
            time.sleep(0.01)
    assert process.returncode == 0
    assert written > 20
    fresh = site.place / "fresh.sqlite3"
    site.run("restore", site.copy, DATABASE_URL=f"sqlite:///{fresh}")
    tags = site.ask("SELECT COUNT(*) FROM taggit_tag WHERE name LIKE 'pair%'", fresh)
    erasures = site.ask("SELECT COUNT(*) FROM newsletter_erasure", fresh)
    assert tags == erasures


def test_a_copy_of_one_database_is_brought_back_on_another_machine(site):
    site.run("backup", site.copy)
    other = site.place / "other"
    other.mkdir()
    place = {"DATA_DIR": str(other), "DATABASE_URL": ""}
    assert "Restored" in site.run("restore", site.copy, **place)
    assert "holds" in site.run("verify_audit", **place)
