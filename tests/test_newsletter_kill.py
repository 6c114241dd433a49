"""Sending by real processes that are killed, and by several at once, to a real mail server."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection

from newsletter import editions
from newsletter.models import Delivery
from tests import servers
from tests.given_newsletter import release

pytestmark = pytest.mark.django_db(transaction=True)

MAILS, KILLS = 1000, 20


class SlowSink(servers.SmtpSink):
    """Thinks for a moment before it takes a mail, so that a kill finds one under way."""

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(0.002)
        return await super().handle_DATA(server, session, envelope)


class Outside:
    """Senders in processes of their own, with the test's data in a database that they can reach."""

    def __init__(self, place, sink):
        self.place, self.sink = place, sink
        self.is_file = connection.vendor == "sqlite"
        if self.is_file:
            self.file = place / "copy.sqlite3"
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self.file)])
        self.nursery = self.open_nursery()

    def open_nursery(self):
        url = f"sqlite:///{self.file}" if self.is_file else url_of(connection.settings_dict)
        environment = {"DATABASE_URL": url, "EMAIL_URL": self.sink.url, "DATA_DIR": str(self.place)}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.sender_nursery"],
            env=os.environ | environment | {"MAIL_CONNECTIONS": "1"},
            cwd=django_settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, line):
        self.nursery.stdin.write(f"{line}\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def start(self):
        return self.ask("start")

    def kill(self, sender):
        os.kill(sender, signal.SIGKILL)
        self.ask(f"wait {sender}")

    def words_of(self, sender):
        """What a sender said, once it is done."""
        assert self.ask(f"wait {sender}") == 0
        return (self.place / f"sender-{sender}.txt").read_text()

    def states(self):
        """State -> how many deliveries."""
        question = "SELECT state, COUNT(*) FROM newsletter_delivery GROUP BY state"
        if self.is_file:
            with closing(sqlite3.connect(self.file)) as database:
                return dict(database.execute(question))
        with connection.cursor() as cursor:
            cursor.execute(question)
            return dict(cursor.fetchall())

    def close(self):
        self.nursery.communicate()


def url_of(parts):
    return f"postgres://{parts['USER']}@{quote(parts['HOST'], safe='')}/{parts['NAME']}"


@pytest.fixture
def outside(tmp_path):
    call_command("sample_subscribers", str(MAILS), "--seed", "7")
    release("The statement", tell_now=True)
    editions.compose_due()
    assert Delivery.objects.count() == MAILS
    sink = SlowSink(servers.free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    senders = Outside(tmp_path, sink)
    yield senders
    senders.close()
    controller.stop()


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
