"""Sending by real processes that are killed, and by several at once, to a real mail server."""

import random
import time
from collections import Counter

import pytest
from django.core.management import call_command

from newsletter.composition import digests
from newsletter.models import Delivery
from tests.support import external_senders, servers
from tests.support.newsletter_fixtures import make_release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MAILS, KILLS = 1000, 20


@pytest.fixture
def outside(tmp_path):
    call_command("sample_subscribers", str(MAILS), "--seed", "7")
    make_release("The statement", tell_now=True)
    digests.compose_due_digests()
    assert Delivery.objects.count() == MAILS
    with external_senders.running_senders(tmp_path) as senders:
        yield senders


def test_twenty_kills_lose_nothing_and_double_nothing(outside):
    chance = random.Random(1)  # noqa: S311 - the same kills in every run
    for kill in range(KILLS):
        sender = outside.start()
        goal = (kill + 1) * MAILS // (KILLS + 5) + chance.randrange(10)
        servers.wait_until(lambda goal=goal: len(outside.sink.received) >= goal, what="the sender")
        time.sleep(chance.random() * 0.004)
        outside.kill(sender)
    told = outside.words_of(outside.start())
    got = Counter(received.recipients[0] for received in outside.sink.received)
    doubt = outside.states().get("doubt", 0)
    assert set(got.values()) == {1}
    assert MAILS - len(got) <= doubt <= KILLS
    assert f"0 left, {doubt} in doubt" in told
    assert set(outside.states()) <= {"sent", "doubt"}


def test_four_senders_at_once_double_nothing(outside):
    for sender in [outside.start() for _ in range(4)]:
        outside.words_of(sender)
    got = Counter(received.recipients[0] for received in outside.sink.received)
    assert set(got.values()) == {1}
    assert len(got) == MAILS
    assert outside.states() == {"sent": MAILS}
