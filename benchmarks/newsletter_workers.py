"""How much more several workers send than one, each a process with one connection, on PostgreSQL."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack

from django.conf import settings
from django.core.management import call_command

from benchmarks.frame import Figure
from benchmarks.newsletter import compose, mail_sink
from newsletter.models import Delivery

READERS = 6_000
WORKERS = (1, 2, 4)
THINKS = 1  # ms before each answer, as a mail server on the same machine does


def worker(port):
    environment = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_CONNECTIONS": "1"}
    command = [sys.executable, "-m", "benchmarks.sender"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, **pipes)


def send_with(number, port):
    """Mails a second of so many workers that begin at the same moment."""
    compose()
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(port)) for _ in range(number)]
        for one in workers:
            one.stdout.readline()
        begun = time.perf_counter()
        for one in workers:
            one.stdin.write("go\n")
            one.stdin.flush()
        sent = [int(one.stdout.readline()) for one in workers]
        took = time.perf_counter() - begun
    if sum(sent) != READERS or Delivery.objects.left():
        raise SystemExit(f"{READERS} mails were due and {sum(sent)} were sent.")
    return READERS / took


def measure():
    call_command("sample_content", updates=10, stories=0, seed=1, publish=True, verbosity=0)
    call_command("sample_subscribers", READERS, seed=1, verbosity=0)
    with mail_sink(pause=THINKS) as port:
        speeds = {number: send_with(number, port) for number in WORKERS}
    for number in WORKERS[1:]:
        beside = f"{speeds[number]:.0f}/s and {speeds[1]:.0f}/s, each exactly once"
        yield Figure(f"sending: {number} workers / one", speeds[number] / speeds[1], "x", beside=beside, at_least=1.2)
