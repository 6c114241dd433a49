"""Who reads an edition: the audiences that it concerns, and a delivery for each of their readers.

Not here: what it carries (`digests.py`, `edition_entries.py`), sending it (`delivery/`).
"""

from django.db import models, transaction

from newsletter.models import Audience, Delivery, Edition, Subscriber
from newsletter.subscribers import audience_filters
from timeline.search.facets import BadFilter
from timeline.search.results import FilterResults

Frequency = Audience.Frequency
State = Edition.State

BATCH_SIZE = 5000


def create_deliveries(edition):
    """Writes a delivery for each of its readers, in batches of one transaction each, and lets it go out.

    Asks again until nobody is without one: readers come and change what they get meanwhile, and a killed run is
    continued in the same way.
    """
    while sum(create_audience_deliveries(edition, audience) for audience in get_edition_audiences(edition)):
        pass
    state = State.SENDING if edition.deliveries.exists() else State.SENT
    Edition.objects.filter(pk=edition.pk, state=State.COMPOSING).update(state=state)


def get_edition_audiences(edition):
    """Of a digest the one it was made for; of a letter all that asked for anything it carries."""
    if edition.is_digest:
        return list(
            Audience.objects.filter(language=edition.language, frequency=edition.frequency, query=edition.query)
        )
    awake = get_audiences_with_subscribers(frequency__in=[Frequency.INSTANT, Frequency.DAILY, Frequency.WEEKLY])
    return [audience for audience in awake if is_audience_addressed(audience, edition)]


def count_edition_readers(edition):
    """How many an edition will go to, as it stands now."""
    return Subscriber.objects.filter(audience__in=get_edition_audiences(edition)).count()


def is_audience_addressed(audience, edition):
    """Whether a letter concerns those who asked for this; a letter about everything concerns everybody."""
    try:
        asked = audience_filters.parse_audience_filter(audience.query, language=audience.language)
        told = audience_filters.parse_audience_filter(edition.query, language=audience.language)
    except BadFilter:
        return False
    if asked.is_empty:
        return True
    if set(asked.chosen) == {"situation"}:
        return told.is_empty or bool({*asked.chosen["situation"]} & {*told.chosen.get("situation", ())})
    return FilterResults(asked, channel="newsletter").entries().filter(number__in=edition.numbers).exists()


def create_audience_deliveries(edition, audience):
    """Returns whether any reader of this audience was without a delivery."""
    first = after = create_delivery_batch(edition, audience, after=-1)
    while after is not None:
        after = create_delivery_batch(edition, audience, after=after)
    return first is not None


@transaction.atomic
def create_delivery_batch(edition, audience, *, after):
    """Returns the last row it wrote a delivery for; None if nobody behind the row `after` was without one."""
    addressed = Delivery.objects.filter(edition=edition, subscriber=models.OuterRef("pk"))
    readers = Subscriber.objects.filter(~models.Exists(addressed), audience=audience, pk__gt=after).order_by("pk")
    # Held until their deliveries are written: who leaves at this moment leaves after that.
    rows = list(readers.select_for_update(of=("self",)).values_list("pk", flat=True)[:BATCH_SIZE])
    fresh = [Delivery(edition=edition, subscriber_id=row, due_at=edition.send_from) for row in rows]
    Delivery.objects.bulk_create(fresh, batch_size=BATCH_SIZE, ignore_conflicts=True)
    return rows[-1] if rows else None


def get_audiences_with_subscribers(**which):
    return list(Audience.objects.filter(models.Exists(build_subscribers_subquery()), **which))


def build_subscribers_subquery():
    return Subscriber.objects.filter(audience=models.OuterRef("pk"))
