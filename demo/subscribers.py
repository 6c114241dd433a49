"""Synthetic subscribers, for measuring and for trying out a send. Their addresses are at example.org (RFC 2606)."""

import datetime as dt
import itertools
import random

from django.db import transaction
from django.utils import timezone

from newsletter.models import Audience, Subscriber, get_language_codes
from newsletter.subscribers import addresses, audience_filters, signup

BATCH_SIZE = 5000
FREQUENCIES = (Audience.Frequency.INSTANT, Audience.Frequency.DAILY, Audience.Frequency.WEEKLY)


def make_subscribers(number, *, seed, seen=iter):
    """Makes confirmed subscribers, always the same for one seed; those that are there already stay as they are.

    `seen` wraps the batches, to show progress. Returns how many are new.
    """
    chance = random.Random(seed)  # noqa: S311 - the same for one seed is the point
    audiences = get_sample_audiences()
    before = Subscriber.objects.count()
    for start in seen(range(0, number, BATCH_SIZE)):
        rows = [
            build_sample_subscriber(n, seed, chance, audiences) for n in range(start, min(start + BATCH_SIZE, number))
        ]
        with transaction.atomic():
            Subscriber.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH_SIZE)
    return Subscriber.objects.count() - before


def build_sample_subscriber(number, seed, chance, audiences):
    address = f"reader-{seed}-{number}@example.org"
    row = chance.getrandbits(63)
    return Subscriber(
        id=row,
        sealed=addresses.seal_confirmed_address(address, row=row),
        fingerprint=addresses.compute_fingerprint(address),
        audience=chance.choice(audiences),
        confirmed_on=timezone.localdate() - dt.timedelta(days=chance.randrange(700)),
        consent=signup.CONSENT_VERSION,
    )


@transaction.atomic
def get_sample_audiences():
    """Every language and rhythm, for all situations and for each alone."""
    slugs = [slug for slug, _title in audience_filters.get_public_situations(get_language_codes()[0])]
    queries = [
        "",
        *(
            audience_filters.build_audience_query("", situations=[slug], language=get_language_codes()[0])
            for slug in slugs
        ),
    ]
    return [
        signup.get_or_create_audience(language=language, frequency=frequency, query=query)
        for language, frequency, query in itertools.product(get_language_codes(), FREQUENCIES, queries)
    ]
