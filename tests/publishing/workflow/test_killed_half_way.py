"""A process that is killed before any one of its statements leaves everything as it was."""

import datetime as dt
from functools import partial

import pytest
from django.apps import apps
from django.utils import timezone

from newsletter.composition import digests
from newsletter.delivery import claims
from newsletter.mail.results import BatchResults, Outcome, SendResult
from newsletter.models import Delivery, Edition
from publishing.models import Release
from publishing.workflow import transitions
from tests.model.site import Killed, count_lines, dump_public_tables, killed_at
from tests.support.factories import make_situation, make_update, publish_item, save_item
from tests.support.newsletter_fixtures import make_release, make_subscriber
from updates.models import Update

# Inside the transaction of a test nobody would see what was committed.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TABLES = ("audit.Event", "publishing.Release", "publishing.Approval", "updates.Update", "situations.Situation")


def dump():
    rows = {name: sorted(map(repr, apps.get_model(name).objects.values())) for name in TABLES}
    return rows | dump_public_tables()


def kill_at_each_statement(act, *, dump, is_done=lambda: False):
    """Kills it before its first statement, its second and so on, until it is done; returns how many those were.

    `is_done` says whether all of it is committed, where statements follow the commit.
    """
    before, number = dump(), 0
    while True:
        try:
            with killed_at(number):
                act()
        except Killed:
            if is_done():
                return number
            assert dump() == before, f"killed at statement {number}"
            number += 1
        else:
            assert dump() != before
            return number


@pytest.fixture
def update():
    """Public in a public situation, with other words waiting for their hour."""
    make_situation()
    make_update("Beside it", public=True)
    item = make_update(public=True)
    item.title_en = "Changed"
    return publish_item(save_item(item), at=timezone.now() + dt.timedelta(hours=1))


DEEDS = {
    "publish": lambda item: transitions.publish(item),
    "schedule": lambda item: transitions.publish(item, at=timezone.now() + dt.timedelta(hours=2)),
    "cancel": lambda item: transitions.unschedule(item),
    "withdraw": lambda item: transitions.withdraw(item, reason=""),
    "withdraw the situation": lambda item: transitions.withdraw(item.situation, reason=""),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_killed_half_way_was_never_begun(update, deed):
    lines = count_lines()
    act = partial(DEEDS[deed], Update.objects.get(pk=update.pk))
    assert kill_at_each_statement(act, dump=dump, is_done=lambda: count_lines() > lines) > 10


def test_a_purge_that_is_killed_half_way_was_never_begun(update):
    transitions.withdraw(update, reason="")
    act = partial(transitions.purge, Update.objects.get(pk=update.pk), by=None)

    def is_done():
        documents = Release.objects.of(update.uid).exclude(document=None)
        return not (Update.objects.filter(pk=update.pk).exists() or documents.exists() or update.history.exists())

    kill_at_each_statement(act, dump=dump, is_done=is_done)
    assert is_done()


def test_what_became_of_mails_is_written_down_for_all_of_them_or_for_none():
    for name in ("ana", "ben", "cid"):
        make_subscriber(f"{name}@example.org")
    make_release()
    digests.compose_due_digests()
    edition = Edition.objects.get()
    taken = claims.claim_deliveries(edition, "one", most=3)
    answers = dict(zip([row[0] for row in taken], [Outcome.TAKEN, Outcome.NEVER, Outcome.DOUBT], strict=True))
    outcomes = BatchResults(rows={pk: subscriber for pk, subscriber, *_more in taken})
    outcomes.answers |= {pk: SendResult(outcome, "end", 550) for pk, outcome in answers.items()}

    def dump_mails():
        return [list(Delivery.objects.order_by("pk").values()), list(Edition.objects.values("sent", "refused"))]

    kill_at_each_statement(lambda: claims.record_outcomes(edition, "one", outcomes), dump=dump_mails)
    assert Edition.objects.values_list("sent", "refused").get() == (1, 1)
