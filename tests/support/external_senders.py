"""Senders in processes of their own, for tests of what happens when they are several, or die.

The mail server they talk to runs in the process of the test.
"""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from urllib.parse import quote

from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.db import connection

from tests.support import servers


class SlowSmtpSink(servers.SmtpSink):
    """Thinks for a moment before it takes a mail, so that a kill finds one under way."""

    def __init__(self, port):
        super().__init__(port)
        self.moments = []  # when each mail came, in seconds

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(0.002)
        self.moments.append(time.monotonic())
        return await super().handle_DATA(server, session, envelope)


class ExternalSenders:
    """Senders in processes of their own, with the test's data in a database that they can reach."""

    def __init__(self, place, sink, **more):
        self.place, self.sink, self.more = place, sink, more
        self.is_file = connection.vendor == "sqlite"
        if self.is_file:
            self.file = place / "copy.sqlite3"
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self.file)])
        self.nursery = self.open_nursery()

    def open_nursery(self):
        url = f"sqlite:///{self.file}" if self.is_file else build_database_url(connection.settings_dict)
        environment = {"DATABASE_URL": url, "EMAIL_URL": self.sink.url, "DATA_DIR": str(self.place)}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.sender_processes"],
            env=os.environ | environment | {"MAIL_CONNECTIONS": "1"} | self.more,
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


def build_database_url(parts):
    return f"postgres://{parts['USER']}@{quote(parts['HOST'], safe='')}/{parts['NAME']}"


@contextmanager
def running_senders(place, **more):
    """Senders that send what the test's database has now; `more` is for their environment."""
    sink = SlowSmtpSink(servers.find_free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    senders = ExternalSenders(place, sink, **more)
    try:
        yield senders
    finally:
        senders.close()
        controller.stop()
