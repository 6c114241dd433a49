"""Whether the answer to a sign-up tells who is subscribed: 200 posts for each kind of address, in a mixed order.

Over HTTP, to the production server, with the thread at work that answers sign-ups.
"""

import http.client
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from newsletter.models import Delivery, Edition
from newsletter.subscribers import forms, signup
from tests.support.servers import find_free_port, is_listening, running_server

from .figures import Figure

POSTS = 200
FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Host": "testserver"}


def create_subscriber(address):
    return signup.confirm_sign_up(signup.request_sign_up(address, language="en", frequency="weekly").pk).subscriber


def build_address_makers():
    """Kind -> a maker of addresses of this kind."""
    create_subscriber("confirmed@example.org")
    bounced = create_subscriber("bounced@example.org")
    edition = Edition.objects.create(state=Edition.State.SENT)
    Delivery.objects.create(edition=edition, subscriber=bounced, state=Delivery.State.REFUSED, code="rcpt 550")
    signup.request_sign_up("pending@example.org", language="en", frequency="weekly")
    return {
        "new": lambda number: f"new-{number}@example.org",
        "pending": lambda _number: "pending@example.org",
        "confirmed": lambda _number: "confirmed@example.org",
        "bounced": lambda _number: "bounced@example.org",
        "malformed domain": lambda _number: "somebody@-bad-..zz",
    }


def post_signup(port, address, stamp):
    """(milliseconds, all that was answered but for the clock)."""
    body = urlencode({"email": address, "language": "en", "frequency": "weekly", "stamp": stamp})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.connect()
    begun = time.perf_counter()
    connection.request("POST", "/en/newsletter/", body, FORM_HEADERS)
    answer = connection.getresponse()
    read = answer.read()
    milliseconds = (time.perf_counter() - begun) * 1000
    connection.close()
    headers = tuple(pair for pair in answer.getheaders() if pair[0].lower() != "date")
    return milliseconds, (answer.status, headers, read)


def post_all(port, kinds):
    """Kind -> milliseconds, and everything that was ever answered."""
    stamp = forms.make_form_stamp()
    time.sleep(forms.MIN_FORM_SECONDS + 1)
    order = [(kind, number) for number in range(POSTS) for kind in kinds]
    random.Random(1).shuffle(order)
    times, answers = {kind: [] for kind in kinds}, set()
    for kind, number in order:
        took, said = post_signup(port, kinds[kind](number), stamp)
        times[kind].append(took)
        answers.add(said)
    return times, answers


def measure():
    kinds, port = build_address_makers(), find_free_port()
    command = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-access-log", "--blocking-threads", "4", "ohrm.wsgi:application"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with running_server(command, what="Granian", ready=lambda: is_listening(port), **silent):
        times, answers = post_all(port, kinds)
    medians = {kind: statistics.median(taken) for kind, taken in times.items()}
    told = ", ".join(f"{kind} {median:.1f}" for kind, median in medians.items())
    yield Figure("sign-up: different answers to 1,000 posts", len(answers), "", at_most=1)
    gap = max(medians.values()) - min(medians.values())
    yield Figure("sign-up: largest difference of medians", gap, "ms", at_most=5, beside=told)
