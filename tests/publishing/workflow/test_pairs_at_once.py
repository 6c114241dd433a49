"""Every two things that may happen to one item, at one moment, on two connections; the first is stopped half-way.

What stops it is a lock of the database, held by the test: on the lines of the log, which are written last, and on new
rows of what is public. Whoever comes second waits, and is judged on what the first did.
"""

import datetime as dt
import threading
import time
from contextlib import contextmanager
from functools import partial
from itertools import count

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.chain import hold_log, verify_chain
from newsletter.composition import digests
from newsletter.delivery import claims
from newsletter.models import Edition, SignUp, Subscriber
from newsletter.subscribers import signup
from publishing.models import Entry, Release
from publishing.workflow import entries, transitions
from publishing.workflow.transitions import TransitionRefused
from tests.model.site import build_sheet, dump_public_tables
from tests.support.factories import make_situation, make_update, publish_item, save_item
from tests.support.newsletter_fixtures import make_release, make_subscriber
from updates.models import Update
from updates.spreadsheet_columns import import_updates

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql, pytest.mark.slow]
GATE = 7  # the number of a lock that nobody else asks for
numbers = count()
PATIENCE = 20  # seconds, after which two wait for each other without end


class Someone(threading.Thread):
    """Does something with a connection of their own; `failure` is what it raised."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.failure = act, None
        self.start()

    def run(self):
        try:
            self.act()
        except Exception as failure:
            self.failure = failure
        finally:
            connection.close()


@contextmanager
def gate_before_entries():
    """New rows of what is public wait at a gate."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_advisory_xact_lock({GATE}); RETURN NEW; END $$;"
            "CREATE TRIGGER gate BEFORE INSERT ON publishing_entry FOR EACH ROW EXECUTE FUNCTION wait_at_gate()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION wait_at_gate() CASCADE")


def count_waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def wait_for(someone, *, waiting):
    deadline = time.monotonic() + 1
    while someone.is_alive() and count_waiting() < waiting and time.monotonic() < deadline:
        time.sleep(0.005)


def meet(first, second):
    """Both failures, or None; the second begins while the first stands at a lock in the middle of its transaction."""
    with transaction.atomic():
        hold_log()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock({GATE})")
        ahead = Someone(first)
        wait_for(ahead, waiting=1)
        behind = Someone(second)
        wait_for(behind, waiting=2)
    for one in (ahead, behind):
        one.join(PATIENCE)
        assert not one.is_alive(), "they wait for each other"
    return ahead.failure, behind.failure


# --- What may happen to one item --------------------------------------------------------------


def edit(uid):
    """As the form of the desk: the row is held, then written."""
    with transaction.atomic():
        item = Update.objects.select_for_update().get(uid=uid)
        item.title_en += ", edited"
        item.version += 1
        save_item(item)
    transitions.reopen(item, by=None)


def act_on(uid, deed, **answers):
    getattr(transitions, deed)(Update.objects.get(uid=uid), **answers)


def withdraw_situation(uid):
    transitions.withdraw(Update.objects.get(uid=uid).situation, reason="")


def import_sheet(uid):
    situation = Update.objects.get(uid=uid).situation.slug
    sheet = build_sheet("Told by a sheet", situation=situation, summary="Other words.")
    import_updates(sheet, publish=True, quiet=True)


def rebuild(uid):
    entries.rebuild_entries()


DEEDS = {
    "publish": partial(act_on, deed="publish"),
    "schedule": lambda uid: act_on(uid, "publish", at=timezone.now() + dt.timedelta(hours=2)),
    "cancel": partial(act_on, deed="unschedule"),
    "withdraw": partial(act_on, deed="withdraw", reason=""),
    "withdraw the situation": withdraw_situation,
    "purge": partial(act_on, deed="purge", by=None),
    "edit": edit,
    "import": import_sheet,
    "rebuild": rebuild,
}


def make_item(state):
    """A public item with an appointment, or a withdrawn one, alone in its situation; its uid."""
    situation = make_situation(f"south-{next(numbers)}")
    item = make_update("Told by a sheet", situation=situation, public=True)
    if state == "withdrawn":
        transitions.withdraw(item, reason="")
    else:
        publish_item(item, at=timezone.now() + dt.timedelta(hours=1))
    return item.uid


def get_last_action(uid):
    return Release.objects.of(uid).values_list("action", flat=True).last()


OF_WITHDRAWN = ["publish", "schedule", "purge", "edit", "import", "rebuild"]
PLACES = [("public", first) for first in DEEDS if first != "purge"] + [("withdrawn", first) for first in OF_WITHDRAWN]


@pytest.mark.parametrize(("state", "first"), PLACES)
def test_of_two_at_once_the_second_is_judged_on_what_the_first_did(state, first):
    with gate_before_entries():
        for second in DEEDS if state == "public" else OF_WITHDRAWN:
            uid = make_item(state)
            failures = meet(partial(DEEDS[first], uid), partial(DEEDS[second], uid))
            for failure in failures:
                assert failure is None or isinstance(failure, TransitionRefused | Update.DoesNotExist), second
            gone = get_last_action(uid) in {"withdraw", "purge"}
            assert not (gone and Entry.objects.filter(uid=uid).exists()), second
    before = dump_public_tables()
    entries.rebuild_entries()
    assert dump_public_tables() == before
    assert verify_chain() is None


# --- Readers ----------------------------------------------------------------------------------


def test_who_confirms_while_old_sign_ups_are_forgotten_is_a_reader_or_is_told_so():
    asked = signup.request_sign_up("ana@example.org", language="en", frequency="weekly")
    with transaction.atomic():
        SignUp.objects.select_for_update().get(pk=asked.pk)
        forgetting = Someone(signup.delete_unconfirmed_sign_ups)
        confirming = Someone(lambda: signup.confirm_sign_up(asked.pk))
        wait_for(confirming, waiting=1)
    for one in (forgetting, confirming):
        one.join(PATIENCE)
        assert (one.is_alive(), one.failure) == (False, None)
    assert Subscriber.objects.count() == 1


def test_two_who_sign_up_for_the_same_at_once_both_can():
    people = [
        Someone(partial(signup.request_sign_up, f"{name}@example.org", language="en", frequency="weekly"))
        for name in ("ana", "ben", "cid")
    ]
    for one in people:
        one.join(PATIENCE)
        assert one.failure is None
    assert SignUp.objects.count() == 3


def test_who_signs_up_while_the_wishes_of_nobody_are_deleted_is_not_lost():
    """The wish of somebody who never confirmed is deleted at the moment in which another asks for the same."""
    old = signup.request_sign_up("old@example.org", language="en", frequency="daily")
    SignUp.objects.filter(pk=old.pk).update(asked_at=timezone.now() - dt.timedelta(days=3))
    with transaction.atomic():
        signup.delete_unconfirmed_sign_ups()
        asking = Someone(partial(signup.request_sign_up, "new@example.org", language="en", frequency="daily"))
        wait_for(asking, waiting=1)
    asking.join(PATIENCE)
    assert (asking.is_alive(), asking.failure) == (False, None)
    assert SignUp.objects.exists()


def test_two_senders_at_once_take_different_mails():
    for name in ("ana", "ben", "cid", "dan"):
        make_subscriber(f"{name}@example.org")
    make_release()
    digests.compose_due_digests()
    edition, taken = Edition.objects.get(), []
    with transaction.atomic():
        first = claims.claim_deliveries(edition, "one", most=2)
        other = Someone(lambda: taken.extend(claims.claim_deliveries(edition, "two", most=4)))
        other.join(PATIENCE)
        assert not other.is_alive()
    assert len(taken) == 2
    assert not {row[0] for row in first} & {row[0] for row in taken}
