"""What comes while an edition is going out, and what a report of one mail may not change."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from newsletter.composition import digests
from newsletter.delivery import send_log
from newsletter.delivery.claims import settle_abandoned_claims
from newsletter.delivery.sending import send_due
from newsletter.models import Delivery, Edition, Subscriber
from staff.lockdown import lock_down
from tests.newsletter.delivery.test_bounces import ana, come_back, tagged  # noqa: F401 (fixtures)
from tests.newsletter.delivery.test_sending import edition, server  # noqa: F401 (fixtures)
from tests.support.newsletter_fixtures import make_release, make_subscriber

pytestmark = pytest.mark.django_db
State = Delivery.State
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def many(server):  # noqa: F811
    for number in range(100):
        make_subscriber(f"reader{number}@example.org")


def stop_after(server, number, act):  # noqa: F811
    """Asked by the sender every 20 mails: does `act` once so many went out, which the next look may see."""
    done = []

    def should_stop():
        if len(server.received) >= number and not done:
            done.append(act())
        return False

    return should_stop


def test_a_lockdown_in_the_middle_of_a_send_stops_it(many, server):  # noqa: F811
    make_release("The statement")
    digests.compose_due_digests()
    report = send_due(should_stop=stop_after(server, 20, lambda: lock_down(by="operator")))
    assert 20 <= report.sent <= 60
    assert report.left == 100 - report.sent


def test_a_lockdown_before_a_send_begins_none(many, server):  # noqa: F811
    make_release("The statement")
    digests.compose_due_digests()
    lock_down(by="operator")
    assert "locked down" in send_due().trouble
    assert not server.received


def test_what_ends_by_the_clock_in_the_middle_of_a_send_is_in_no_later_mail(many, server):  # noqa: F811
    make_release("Ends soon", until=(timezone.now() + HOUR).isoformat())
    make_release("Goes on")
    digests.compose_due_digests()
    with time_machine.travel(timezone.now()) as clock:
        send_due(should_stop=stop_after(server, 20, lambda: clock.shift(2 * HOUR)))
    told = ["Ends soon" in mail.message.as_string() for mail in server.received]
    assert (told[0], any(told[60:]), len(told)) == (True, False, 100)


def test_a_sender_that_has_been_at_work_for_hours_keeps_its_claims(edition, server):  # noqa: F811
    book, one = send_log.SendLog(), Delivery.objects.first()
    Delivery.objects.filter(pk=one.pk).update(
        state=State.CLAIMED, claim=book.name, claimed_at=timezone.now() - 2 * HOUR
    )
    settle_abandoned_claims()
    book.close()
    assert Delivery.objects.get(pk=one.pk).state == State.CLAIMED


@pytest.mark.parametrize(("minutes", "state"), [(59, State.CLAIMED), (61, State.DOUBT)])
def test_a_claim_without_a_log_is_in_doubt_after_an_hour_and_not_before(edition, server, minutes, state):  # noqa: F811
    since = timezone.now() - dt.timedelta(minutes=minutes)
    Delivery.objects.update(state=State.CLAIMED, claim="nobody", claimed_at=since)
    settle_abandoned_claims()
    assert {one.state for one in Delivery.objects.all()} == {state}


# --- Reports ----------------------------------------------------------------------------------


def test_a_report_about_a_mail_in_doubt_takes_none_from_those_sent(ana, tmp_path):  # noqa: F811
    Delivery.objects.update(state=State.DOUBT)
    before = Edition.objects.values_list("sent", "refused").get()
    come_back(tmp_path, to=tagged(ana))
    assert Delivery.objects.get().state == State.REFUSED
    assert Edition.objects.values_list("sent", "refused").get() == before


@pytest.mark.parametrize(("refusals", "stays"), [(2, True), (3, False)])
def test_an_address_is_erased_after_three_refusals_in_a_row(ana, tmp_path, refusals, stays):  # noqa: F811
    Delivery.objects.update(state=State.REFUSED, code="dsn 5.1.1")
    for _number in range(refusals - 2):
        Delivery.objects.create(
            edition=Edition.objects.create(state="sent"), subscriber=ana, state=State.REFUSED, code="dsn 5.1.1"
        )
    Delivery.objects.create(edition=Edition.objects.create(state="sent"), subscriber=ana, state=State.SENT)
    come_back(tmp_path, to=tagged(ana))
    assert Subscriber.objects.exists() is stays


def test_a_report_without_the_name_of_its_mail_is_not_about_one_that_still_waits(ana, tmp_path):  # noqa: F811
    Delivery.objects.create(edition=Edition.objects.create(state="sending"), subscriber=ana, state=State.DUE)
    come_back(tmp_path, to=tagged(ana))
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == [State.REFUSED, State.DUE]
