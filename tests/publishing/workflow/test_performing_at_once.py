"""Two people at one moment, each with a connection of their own: one waits, and is judged on what the other did."""

import pytest
from django.db import transaction

from audit.chain import record, verify_chain
from audit.models import Event
from publishing.models import Entry
from publishing.workflow import transitions
from publishing.workflow.state_machine import perform
from publishing.workflow.transitions import TRANSITIONS, TransitionRefused
from tests.support.colleagues import PATIENCE, Colleague, run_beside
from tests.support.factories import make_situation, make_staff, make_update, save_item
from updates.models import Update

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def test_two_first_lines_of_an_empty_log_follow_each_other():
    assert run_beside(lambda: record("first"), lambda: record("second")).failure is None
    assert [event.verb for event in Event.objects.in_order()] == ["first", "second"]
    assert verify_chain() is None


def test_an_item_is_not_published_into_a_situation_that_is_being_withdrawn():
    situation = make_situation()
    update = make_update(situation=situation)
    colleague = run_beside(lambda: transitions.withdraw(situation, reason=""), lambda: transitions.publish(update))
    assert isinstance(colleague.failure, TransitionRefused)
    assert not Entry.objects.exists()


def test_a_situation_that_is_withdrawn_takes_what_is_just_being_published_with_it():
    situation = make_situation()
    update = make_update(situation=situation)
    colleague = run_beside(lambda: transitions.publish(update), lambda: transitions.withdraw(situation, reason=""))
    assert not colleague.failure
    assert not Entry.objects.exists()
    assert Update.objects.get().status == "withdrawn"


def test_words_that_are_just_being_saved_are_not_approved_unseen():
    author = make_staff("author", role="contributor")
    update = make_update("As seen", by=author)
    transitions.submit(update)
    seen, second = update.seen_digest(), make_staff("second")
    rewritten = Update.objects.get()
    rewritten.title_en = "Rewritten"
    colleague = run_beside(
        lambda: save_item(rewritten, by=author),
        lambda: perform(Update.objects.get(), TRANSITIONS["approve"], by=second, seen=seen),
    )
    assert isinstance(colleague.failure, TransitionRefused)
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
