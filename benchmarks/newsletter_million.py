"""Composing for a million readers, and picking what is due among as many deliveries."""

import resource
import time

from django.core.management import call_command

from benchmarks.frame import Figure
from newsletter import editions
from newsletter.models import Audience, Delivery, Edition, Round, Subscriber

FEW, MANY = 10_000, 1_000_000


def fill(number):
    """So many readers, all of one audience, so that one edition is for all."""
    call_command("sample_subscribers", number, seed=1, verbosity=0)
    one = Audience.objects.get(language="en", frequency="daily", query="")
    Subscriber.objects.exclude(audience=one).update(audience=one)
    Edition.objects.all().delete()
    Round.objects.all().delete()


def compose():
    begun = time.perf_counter()
    editions.compose_due()
    return time.perf_counter() - begun


def pick():
    """Milliseconds to pick a batch of due work; median of many."""
    edition = Edition.objects.going_out().first()
    times = []
    for _ in range(51):
        begun = time.perf_counter()
        list(Delivery.objects.due(edition).values_list("pk", flat=True)[:200])
        times.append(time.perf_counter() - begun)
    return sorted(times)[25] * 1000


def peak():
    """Memory of this process at its highest, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure():
    call_command("sample_content", updates=10, stories=0, seed=1, publish=True, verbosity=0)
    fill(FEW)
    compose()
    few = pick()
    fill(MANY)
    before = peak()
    seconds = compose()
    beside = f"{MANY / seconds:,.0f} readers/s; {before:.0f} MB before"
    yield Figure("composing for 1,000,000: memory", peak(), "MB", at_most=300, beside=beside)
    many = pick()
    yield Figure(
        "picking of 1,000,000 / of 10,000", many / few, "x", at_most=1.5, beside=f"{many:.2f} ms, {few:.2f} ms"
    )
