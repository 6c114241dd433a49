"""Who changes what they get while mail is on its way to them, and who comes in between."""

import pytest
from django_tasks_db.models import DBTaskResult

from newsletter.composition import addressing, digests
from newsletter.composition.edition_transitions import send_test_mail
from newsletter.delivery.sending import send_due
from newsletter.models import Delivery, Edition, Subscriber
from newsletter.subscribers import confirmation, links, signup
from newsletter.subscribers.data_access import send_data_copy
from publishing.workflow.state_machine import TransitionRefused
from staff.lockdown import lock_down, unlock
from tests.support.newsletter_fixtures import make_release, make_subscriber, read_sent_mails

pytestmark = pytest.mark.django_db

PAUSE = {"language": "en", "frequency": "paused", "query": ""}


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1


@pytest.fixture
def readers():
    """Five with the weekly digest."""
    return [make_subscriber(f"reader{number}@example.org") for number in range(5)]


def addressed_letter():
    release = make_release()
    edition = Edition.objects.create(state="composing", numbers=[release.pk])
    addressing.create_deliveries(edition)
    return edition


def choose(client, subscriber, **choice):
    client.post(links.build_preferences_path(subscriber.pk, language="en"), {"language": "en"} | choice)


@pytest.mark.parametrize("frequency", ["paused", "daily"])
def test_a_digest_that_waits_is_not_sent_to_who_chose_another_rhythm(client, readers, frequency):
    make_release()
    digests.compose_due_digests()
    for reader in readers:
        choose(client, reader, frequency=frequency)
    assert send_due().sent == 0
    assert Edition.objects.get().state == Edition.State.SENT


def test_a_letter_that_waits_is_not_sent_to_who_chose_a_pause(client, readers):
    addressed_letter()
    choose(client, readers[0], frequency="paused")
    choose(client, readers[1], frequency="daily")
    assert send_due().sent == 4


def test_saving_the_same_choice_again_takes_nothing_back(client, readers):
    make_release()
    digests.compose_due_digests()
    choose(client, readers[0], frequency="weekly")
    assert send_due().sent == 5


def test_who_signs_up_again_for_another_rhythm_gets_no_more_of_the_old_one(readers):
    make_release()
    digests.compose_due_digests()
    make_subscriber("reader0@example.org", frequency="daily")
    assert send_due().sent == 4


def test_a_pause_reaches_what_a_sender_already_holds(readers):
    make_release()
    digests.compose_due_digests()
    Delivery.objects.update(state="claimed", claim="dead", claimed_at="2020-01-01T00:00Z")
    for reader in readers[:2]:
        signup.change_subscription(reader, **PAUSE)
    Delivery.objects.update(state="due", claim="")  # as a sender gives back what it did not begin
    assert (send_due().sent, Delivery.objects.count()) == (3, 3)


def test_a_reader_who_moves_ahead_of_others_hides_none_of_them():
    """Addressing was stopped half-way; the one who was written down has the highest row number of all."""
    mover = make_subscriber()
    Subscriber.objects.filter(pk=mover.pk).update(id=2**63 - 1)
    edition = Edition.objects.create(state="composing", numbers=[make_release().pk])
    addressing.create_audience_deliveries(edition, mover.audience)
    others = [make_subscriber(f"reader{number}@example.org", frequency="daily") for number in range(3)]
    Subscriber.objects.filter(pk=2**63 - 1).update(audience=others[0].audience)
    addressing.create_deliveries(edition)
    assert edition.deliveries.count() == 4


def test_who_changes_sides_while_a_letter_is_addressed_is_not_passed_over(monkeypatch):
    """The second audience is written down when somebody moves from it to the first."""
    one, other = make_subscriber(), make_subscriber("boris@example.org", frequency="daily")
    plain = addressing.create_audience_deliveries

    def move_first(edition, audience):
        if audience == other.audience:
            Subscriber.objects.filter(pk=other.pk).update(audience=one.audience)
        return plain(edition, audience)

    monkeypatch.setattr(addressing, "create_audience_deliveries", move_first)
    assert addressed_letter().deliveries.count() == 2


# --- Under lockdown ---------------------------------------------------------------------------


def test_under_lockdown_no_confirmation_leaves_and_after_it_each_does(client):
    lock_down(by="operator")
    client.post("/en/newsletter/", {"email": "ana@example.org"})
    confirmation.send_due_confirmations()
    assert read_sent_mails() == []
    unlock(by="operator")
    confirmation.send_due_confirmations()
    assert len(read_sent_mails()) == 1


def test_under_lockdown_the_copy_of_what_is_held_waits_and_no_try_is_spent(client, readers, work_off):
    lock_down(by="operator")
    client.post(links.build_preferences_path(readers[0].pk, language="en"), {"step": "send"})
    work_off()
    waiting = DBTaskResult.objects.get(task_path=send_data_copy.module_path, status="READY")
    assert (read_sent_mails(), waiting.args_kwargs["kwargs"]["tries"]) == ([], 1)


def test_under_lockdown_no_trial_of_a_letter_is_sent():
    lock_down(by="operator")
    with pytest.raises(TransitionRefused, match="locked down"):
        send_test_mail(addressed_letter(), language="en", to="ana@staff.example")
