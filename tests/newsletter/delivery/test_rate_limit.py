"""Limits of the sending hold over all senders together, in processes of their own."""

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from newsletter.composition import digests
from newsletter.delivery import rate_limit
from newsletter.models import Delivery, RateLimitSlot
from tests.support import external_senders, servers
from tests.support.newsletter_fixtures import make_release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MAILS = 60


@pytest.fixture
def due():
    call_command("sample_subscribers", str(MAILS), "--seed", "7")
    make_release("The statement", tell_now=True)
    digests.compose_due_digests()
    assert Delivery.objects.count() == MAILS


def sent_by(senders, *, number):
    """Lets so many senders work at once; returns how many seconds passed between the first mail and the last."""
    for sender in [senders.start() for _ in range(number)]:
        senders.words_of(sender)
    got = Counter(received.recipients[0] for received in senders.sink.received)
    assert (len(got), set(got.values())) == (MAILS, {1})
    return senders.sink.moments[-1] - senders.sink.moments[0]


def test_four_senders_together_keep_the_limit_and_use_it(due, tmp_path):
    with external_senders.running_senders(tmp_path, MAIL_PER_MINUTE="1200") as senders:  # twenty a second
        assert 0.9 * MAILS / 20 < sent_by(senders, number=4) < 2 * MAILS / 20


def test_two_senders_together_keep_the_limit_of_a_domain_and_use_it(due, tmp_path):
    with external_senders.running_senders(tmp_path, MAIL_PER_MINUTE_PER_DOMAIN="1200") as senders:
        assert 0.9 * MAILS / 20 < sent_by(senders, number=2) < 3 * MAILS / 20


def test_in_no_second_are_there_more_than_the_limit_and_what_goes_together(due, tmp_path):
    with external_senders.running_senders(tmp_path, MAIL_PER_MINUTE="1200") as senders:
        sent_by(senders, number=3)
        moments = senders.sink.moments
    assert all(sum(0 <= moment - first < 1 for moment in moments) <= 20 + 3 for first in moments)


def test_a_killed_sender_only_makes_the_next_one_wait(due, tmp_path):
    with external_senders.running_senders(tmp_path, MAIL_PER_MINUTE="1200") as senders:
        killed = senders.start()
        servers.wait_until(lambda: len(senders.sink.received) >= 10, what="the sender")
        senders.kill(killed)
        senders.words_of(senders.start())
        states = senders.states()
        assert len(senders.sink.received) >= MAILS - states.get("doubt", 0)
    assert states.get("sent", 0) + states.get("doubt", 0) == MAILS


# --- One turn ---------------------------------------------------------------------------------

SECOND = dt.timedelta(seconds=1)


def test_of_two_who_ask_at_once_one_gets_the_turn():
    assert rate_limit.reserve_slot("all", SECOND) == 0
    assert 0 < rate_limit.reserve_slot("all", SECOND) <= 1


def test_a_clock_that_was_put_back_stops_nobody():
    RateLimitSlot.objects.create(name="all", free_at=timezone.now() + dt.timedelta(hours=1))
    assert rate_limit.reserve_slot("all", SECOND) == 0


def test_a_machine_whose_clock_is_wrong_gets_no_turn_of_its_own():
    assert rate_limit.reserve_slot("all", SECOND) == 0
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        assert rate_limit.reserve_slot("all", SECOND) > 0


def test_no_name_of_a_domain_is_kept_and_nothing_of_it_when_it_is_free():
    assert rate_limit.RateLimiter(per_minute=0, per_domain=60).is_free("only-ana.example")
    assert "ana" not in RateLimitSlot.objects.get().name
    RateLimitSlot.objects.update(free_at=rate_limit.EPOCH)
    rate_limit.delete_free_slots()
    assert not RateLimitSlot.objects.exists()


def test_who_is_put_off_waits_behind_those_before():
    limits = rate_limit.RateLimiter(per_minute=0, per_domain=60)
    limits.is_free("example.org")
    assert not limits.is_free("example.org")
    first, second = limits.get_delay("example.org"), limits.get_delay("example.org")
    assert first <= 1 < second <= 2
