"""Two people at one moment, each with a connection of their own: one waits, and is judged on what the other did."""

import threading

import pytest
from django.db import connection, transaction

from audit.chain import record, verify_chain
from audit.models import Event
from publishing.models import Entry
from publishing.workflow import transitions
from publishing.workflow.state_machine import perform
from publishing.workflow.transitions import TRANSITIONS, TransitionRefused
from tests.support.factories import make_situation, make_staff, make_update, save_item
from updates.models import Update

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
PATIENCE = 0.5  # seconds, in which whoever need not wait would be done


class Colleague(threading.Thread):
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


def run_beside(first, second):
    """`second` begins while what `first` did is not committed; returns what became of it."""
    with transaction.atomic():
        first()
        colleague = Colleague(second)
        colleague.join(PATIENCE)
        assert colleague.is_alive()
    colleague.join(20)
    assert not colleague.is_alive()
    return colleague.failure


def test_two_first_lines_of_an_empty_log_follow_each_other():
    assert run_beside(lambda: record("first"), lambda: record("second")) is None
    assert [event.verb for event in Event.objects.in_order()] == ["first", "second"]
    assert verify_chain() is None


def test_an_item_is_not_published_into_a_situation_that_is_being_withdrawn():
    situation = make_situation()
    update = make_update(situation=situation)
    failure = run_beside(lambda: transitions.withdraw(situation, reason=""), lambda: transitions.publish(update))
    assert isinstance(failure, TransitionRefused)
    assert not Entry.objects.exists()


def test_a_situation_that_is_withdrawn_takes_what_is_just_being_published_with_it():
    situation = make_situation()
    update = make_update(situation=situation)
    assert not run_beside(lambda: transitions.publish(update), lambda: transitions.withdraw(situation, reason=""))
    assert not Entry.objects.exists()
    assert Update.objects.get().status == "withdrawn"


def test_words_that_are_just_being_saved_are_not_approved_unseen():
    author = make_staff("author", role="contributor")
    update = make_update("As seen", by=author)
    transitions.submit(update)
    seen, second = update.seen_digest(), make_staff("second")
    rewritten = Update.objects.get()
    rewritten.title_en = "Rewritten"
    failure = run_beside(
        lambda: save_item(rewritten, by=author),
        lambda: perform(Update.objects.get(), TRANSITIONS["approve"], by=second, seen=seen),
    )
    assert isinstance(failure, TransitionRefused)
    assert Update.objects.get().status == "in_review"


def test_a_save_and_a_withdrawal_do_not_wait_for_each_other_without_end():
    update = make_update(public=True)
    held = Update.objects.get()

    def save_and_record():
        Update.objects.select_for_update().get()
        save_item(held)

    def withdraw():
        transitions.withdraw(update, reason="")

    with transaction.atomic():
        save_and_record()
        colleague = Colleague(withdraw)
        colleague.join(PATIENCE)
        record("update.saved")  # the log is free, though the withdrawal waits for the row
    colleague.join(20)
    assert colleague.failure is None
    assert not Entry.objects.filter(uid=update.uid).exists()
