"""How much more several workers send than one, each a process with one connection, on PostgreSQL."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack

from django.conf import settings
from django.core.management import call_command

from newsletter.models import Delivery

from .figures import Figure
from .newsletter import compose_editions, running_mail_sink

READERS = 6_000
WORKERS = (1, 2, 4)
SERVER_DELAY = 1  # ms before each answer, as a mail server on the same machine does


def start_worker(port):
    environment = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_CONNECTIONS": "1"}
    command = [sys.executable, "-m", "benchmarks.sender"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, **pipes)


def measure_workers(number, port):
    """Mails a second of so many workers that begin at the same moment."""
    compose_editions()
    with ExitStack() as stack:
        workers = [stack.enter_context(start_worker(port)) for _ in range(number)]
        for one in workers:
            one.stdout.readline()
        begun = time.perf_counter()
        for one in workers:
            one.stdin.write("go\n")
            one.stdin.flush()
        sent = [int(one.stdout.readline()) for one in workers]
        took = time.perf_counter() - begun
    if sum(sent) != READERS or Delivery.objects.count_unfinished():
        raise SystemExit(f"{READERS} mails were due and {sum(sent)} were sent.")
    return READERS / took


def measure():
    call_command("sample_content", updates=10, stories=0, seed=1, publish=True, verbosity=0)
    call_command("sample_subscribers", READERS, seed=1, verbosity=0)
    with running_mail_sink(pause=SERVER_DELAY) as port:
        speeds = {number: measure_workers(number, port) for number in WORKERS}
    for number in WORKERS[1:]:
        beside = f"{speeds[number]:.0f}/s and {speeds[1]:.0f}/s, each exactly once"
        yield Figure(f"sending: {number} workers / one", speeds[number] / speeds[1], "x", beside=beside, at_least=1.2)
