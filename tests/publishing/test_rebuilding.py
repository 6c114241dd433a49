"""Writing all entries anew lets others come between, loses nothing of what they do, and may be killed at any moment."""

import random
import signal
import time

import pytest

from publishing.models import Entry, FacetCount
from publishing.workflow import transitions
from publishing.workflow.entries import rebuild_entries
from tests.publishing.workflow.test_performing_at_once import Colleague
from tests.support.factories import make_situation, make_tag, make_update, publish_item
from tests.support.site_on_disk import Site
from updates.models import Update

COUNTS = "SELECT language, facet, value, label, n FROM publishing_facetcount ORDER BY 1, 2, 3, 4"
ENTRIES = "SELECT language, slug, title, first_public FROM publishing_entry ORDER BY 1, 2, 3"


def get_counts():
    return sorted(FacetCount.objects.values_list("language", "facet", "value", "label", "n"))


@pytest.mark.django_db
def test_counts_that_had_gone_wrong_are_right_afterwards():
    make_update(tags=[make_tag()], public=True)
    before = get_counts()
    FacetCount.objects.filter(facet="kind").update(n=7)
    FacetCount.objects.filter(facet="year").delete()
    rebuild_entries()
    assert get_counts() == before


@pytest.mark.django_db
def test_entries_that_should_not_be_there_go_and_those_that_are_missing_come():
    lost, kept = make_update(public=True), make_update(public=True)
    Entry.objects.filter(uid=lost.uid, language="en").update(uid=kept.uid, visible_until="2030-01-01T00:00Z")
    rebuild_entries()
    assert {uid: Entry.objects.filter(uid=uid).count() for uid in (lost.uid, kept.uid)} == {lost.uid: 6, kept.uid: 6}
    assert not Entry.objects.exclude(visible_until=None).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_what_is_published_and_withdrawn_meanwhile_is_neither_lost_nor_counted_twice():
    updates = [make_update(f"Number {number}", public=True) for number in range(60)]
    late = make_update("Late")
    rebuild = Colleague(rebuild_entries)
    for update in updates[::10]:
        transitions.withdraw(Update.objects.get(pk=update.pk), reason="now")
    publish_item(late)
    assert rebuild.is_alive()
    rebuild.join(120)
    assert rebuild.failure is None
    assert Entry.objects.filter(language="en", type="update").count() == 55
    counted = get_counts()
    FacetCount.objects.all().delete()
    rebuild_entries()
    assert get_counts() == counted


@pytest.fixture
def site(tmp_path):
    make_situation()
    for number in range(40):
        make_update(f"Number {number}", slug=f"number-{number}", public=True)
    return Site(tmp_path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
@pytest.mark.slow
def test_whoever_withdraws_meanwhile_waits_for_a_few_items_alone(site):
    rebuild = site.start("rebuild_timeline")
    taken = [site.start("withdraw", "update", f"number-{number}", "--reason", "now") for number in (3, 20, 37)]
    assert [process.wait(120) for process in (*taken, rebuild)] == [0, 0, 0, 0]
    gone = "SELECT COUNT(*) FROM publishing_entry WHERE slug IN ('number-3', 'number-20', 'number-37')"
    assert site.ask(gone) == [(0,)]
    before = site.ask(COUNTS), site.ask(ENTRIES)
    site.run("rebuild_timeline")
    assert (site.ask(COUNTS), site.ask(ENTRIES)) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
@pytest.mark.slow
def test_killed_half_way_it_leaves_what_is_public_as_it_was(site):
    chance, before = random.Random(3), (site.ask(COUNTS), site.ask(ENTRIES))  # noqa: S311 - the same in every run
    begun = time.monotonic()
    site.run("rebuild_timeline")
    seconds = time.monotonic() - begun
    for _kill in range(4):
        process = site.start("rebuild_timeline")
        time.sleep(seconds * chance.random())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert (site.ask(COUNTS), site.ask(ENTRIES)) == before
