"""Sending editions next to a bare smtplib loop that sends the same bytes."""

import smtplib
import subprocess
import sys
import time
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from newsletter.composition import digests, edition_entries, edition_mail
from newsletter.delivery import sending
from newsletter.models import Delivery, DigestRun, Edition

from .figures import Figure

READERS = 10_000
SLOW_MAILS = 600
ROUNDS = 3
LOOP_MAILS = 3_000  # mails of the bare loop; it is as quick for each of them


@contextmanager
def running_mail_sink(*, pause=0):
    """Django's mail goes to a sink of its own process, which thinks `pause` ms before each answer."""
    command = [sys.executable, "-m", "benchmarks.mail_sink", str(pause)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sink:
        port = int(sink.stdout.readline())
        way = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": port,
            "EMAIL_USE_SSL": False,
            "EMAIL_USE_TLS": False,
            "EMAIL_HOST_USER": "",
            "EMAIL_HOST_PASSWORD": "",
            "EMAIL_TIMEOUT": 20,
        }
        with override_settings(**way):
            yield port
        sink.stdin.close()


def compose_editions():
    """All readers are asked to read everything, whatever they chose; returns seconds."""
    Edition.objects.all().delete()
    DigestRun.objects.all().delete()
    begun = time.perf_counter()
    digests.compose_due_digests()
    return time.perf_counter() - begun


def send_due_mails():
    """Mails a second over what is due."""
    begun = time.perf_counter()
    return sending.send_due().sent / (time.perf_counter() - begun)


def build_sample_message():
    """The bytes of one mail as they go out."""
    edition = Edition.objects.first()
    entries = edition_entries.get_edition_entries(edition, edition.language)
    letter = edition_mail.build_edition_merge(edition, entries, language=edition.language)
    links = {"unsubscribe": "u" * 38, "preferences": "p" * 38}
    return letter.render_for(to="reader-1-1@example.org", message_id="m" * 40, **links)


def send_in_bare_loop(port, raw, number):
    """Mails a second of a loop that does nothing but send."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        begun = time.perf_counter()
        for count in range(number):
            smtp.sendmail(settings.DEFAULT_FROM_EMAIL, [f"reader-1-{count}@example.org"], raw)
        return number / (time.perf_counter() - begun)


def compare_with_loop(port, raw, *, mails):
    """How many times as many mails a second we send as a loop beside it, before and after."""
    before = send_in_bare_loop(port, raw, mails)
    ours = send_due_mails()
    loop = (before + send_in_bare_loop(port, raw, mails)) / 2
    return ours / loop, f"ours {ours:.0f}/s, bare loop {loop:.0f}/s"


def measure_quick_server():
    """The median of a few rounds, so that a busy moment of the machine decides nothing."""
    with running_mail_sink() as port:
        raw = build_sample_message()
        rounds = [(compare_with_loop(port, raw, mails=LOOP_MAILS), compose_editions()) for _round in range(ROUNDS)]
    ratio, beside = sorted(outcome for outcome, _seconds in rounds)[ROUNDS // 2]
    beside += f", {len(raw) / 1000:.1f} kB"
    yield Figure("sending / bare smtplib loop", ratio, "x", beside=beside, at_least=0.5)


def measure_slow_server():
    raw = build_sample_message()
    kept = Delivery.objects.order_by("pk").values("pk")[:SLOW_MAILS]
    Delivery.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    with running_mail_sink(pause=5) as port:
        ratio, beside = compare_with_loop(port, raw, mails=100)
        yield Figure("the same, 5 ms an answer", ratio, "x", beside=beside, at_least=3.5)


def measure():
    call_command("sample_content", updates=10, stories=0, seed=1, publish=True, verbosity=0)
    call_command("sample_subscribers", READERS, seed=1, verbosity=0)
    compose_editions()
    yield from measure_quick_server()
    yield from measure_slow_server()
