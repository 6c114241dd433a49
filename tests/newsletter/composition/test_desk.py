"""The newsletter's part of the desk: a letter from draft to sent, and what staff can and cannot see."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from newsletter.composition import addressing, digests
from newsletter.delivery.sending import send_due
from newsletter.models import Delivery, Edition, Subscriber, Wording
from newsletter.subscribers.confirmation import send_due_confirmations
from publishing.models import Entry
from tests.support.factories import make_staff
from tests.support.newsletter_fixtures import make_release, make_situation_release, make_subscriber, read_sent_mails

pytestmark = pytest.mark.django_db

LIST = "/admin/newsletter/edition/"


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1


@pytest.fixture
def ana(client):
    """Logged in; writes letters."""
    account = make_staff("ana", role="newsletter")
    account.email = "ana@staff.example"
    account.save()
    client.force_login(account)
    return account


@pytest.fixture
def boris():
    return make_staff("boris", role="newsletter")


def fields(*places, **more):
    chosen = {f"place_{number}": place for place, number in enumerate(places, start=1)}
    when = {"send_from_0": "2021-01-01", "send_from_1": "00:00"}
    return {"is_archived": "on", **chosen, **when, **more}


def number_of(title):
    return Entry.objects.filter(title=title).values_list("number", flat=True)[0]


@pytest.fixture
def letter(client, ana):
    """A draft that ana wrote, of two entries."""
    make_situation_release()
    make_release("First")
    make_release("Second")
    words = {"subject_en": "What happened", "opening_en": "Two things.", "subject_fr": "Ce qui s’est passé"}
    client.post(f"{LIST}add/", fields(number_of("Second"), number_of("First"), **words))
    return Edition.objects.get()


def step(client, letter, name):
    seen = Edition.objects.get(pk=letter.pk).seen_digest()
    return client.post(f"{LIST}{letter.pk}/{name}/", {"digest": seen}, follow=True).content.decode()


def test_a_letter_keeps_entries_in_their_places_and_words_per_language(letter):
    assert letter.numbers == [number_of("Second"), number_of("First")]
    assert letter.words["fr"]["subject"] == "Ce qui s’est passé"
    assert letter.authors == ["ana"]


def test_a_letter_without_entries_is_not_kept(client, ana):
    answer = client.post(f"{LIST}add/", fields())
    assert answer.status_code == 200
    assert not Edition.objects.exists()


def test_nothing_goes_out_before_a_second_person_approved(client, letter):
    make_subscriber()
    digests.compose_due_digests()
    step(client, letter, "propose")
    assert "You worked on this letter yourself" in step(client, letter, "approve")
    letter.refresh_from_db()
    assert letter.state == Edition.State.IN_REVIEW
    assert not Delivery.objects.filter(edition=letter).exists()


def test_an_approved_letter_goes_to_each_reader_in_their_language(client, letter, boris):
    make_subscriber("en@example.org")
    make_subscriber("fr@example.org", language="fr", frequency="daily")
    make_subscriber("paused@example.org", frequency="paused")
    step(client, letter, "propose")
    client.force_login(boris)
    step(client, letter, "approve")
    addressing.create_deliveries(Edition.objects.get(pk=letter.pk))
    send_due()
    subjects = {message["To"]: message["Subject"] for message in read_sent_mails()}
    assert subjects == {"en@example.org": "What happened", "fr@example.org": "Ce qui s’est passé"}


def test_the_worker_alone_sends_an_approved_letter(client, letter, boris, work_off):
    make_subscriber()
    step(client, letter, "propose")
    client.force_login(boris)
    step(client, letter, "approve")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        work_off()
    assert [message["Subject"] for message in read_sent_mails()][:1] == ["What happened"]


def test_ten_clicks_on_approve_are_one(client, letter, boris):
    make_subscriber()
    step(client, letter, "propose")
    client.force_login(boris)
    assert [("Done" in step(client, letter, "approve")) for _ in range(10)].count(True) == 1
    digests.compose_due_digests()
    assert Delivery.objects.filter(edition=letter).count() == 1


def test_a_letter_in_review_cannot_be_changed(client, letter):
    step(client, letter, "propose")
    client.post(f"{LIST}{letter.pk}/change/", fields(number_of("First"), subject_en="Other"))
    letter.refresh_from_db()
    assert letter.words["en"]["subject"] == "What happened"


def test_whoever_may_not_send_cannot_let_it_out(client, letter):
    client.force_login(make_staff("carla", role="contributor"))
    for name in ["propose", "approve", "stop"]:
        assert client.post(f"{LIST}{letter.pk}/{name}/").status_code == 403


def test_the_preview_shows_every_language_and_both_parts(client, letter):
    page = client.get(f"{LIST}{letter.pk}/preview/fr/")
    assert "Ce qui s’est passé" in page.content.decode()
    mail = client.get(f"{LIST}{letter.pk}/mail/fr/")
    assert "Second" in mail.content.decode()
    assert " style=" not in mail.content.decode()
    assert "frame-ancestors 'self'" in mail["Content-Security-Policy"]


def test_a_test_mail_goes_to_oneself_alone(client, letter):
    make_subscriber()
    client.post(f"{LIST}{letter.pk}/test/en/")
    (message,) = read_sent_mails()
    assert (message["To"], message["Subject"]) == ("ana@staff.example", "What happened")


def buttons(client, edition):
    """(label, whether it is the first thing to do) of the one row of buttons below an edition."""
    shown = client.get(f"{LIST}{edition.pk}/change/").content.decode()
    assert shown.count('class="submit-row') == 1
    row = re.search(r'<div class="submit-row action-buttons">(.*?)</div>', shown, re.DOTALL)[1]
    found = re.findall(r'<(?:input|a)[^>]*?(?:value="([^"]*)"[^>]*)?class="([^"]*)"[^>]*>([^<]*)', row)
    return [(value or words, "default" in kinds) for value, kinds, words in found]


def test_the_buttons_of_a_letter_stand_in_one_row_the_first_thing_to_do_first(client, letter, boris):
    assert buttons(client, letter)[:2] == [("Save", True), ("Submit for approval", False)]
    step(client, letter, "propose")
    assert buttons(client, letter)[0] == ("Return to its authors", True)
    client.force_login(boris)
    assert buttons(client, letter)[:2] == [("Approve and send", True), ("Return to its authors", False)]


def test_the_page_of_an_edition_says_how_far_it_is(client, ana):
    make_subscriber()
    make_release()
    digests.compose_due_digests()
    digest = Edition.objects.get()
    assert "1 still to send." in client.get(f"{LIST}{digest.pk}/change/").content.decode()
    send_due()
    assert "1 sent." in client.get(f"{LIST}{digest.pk}/change/").content.decode()


def test_a_digest_can_be_stopped_and_resumed(client, ana):
    make_subscriber()
    make_release()
    digests.compose_due_digests()
    digest = Edition.objects.get()
    step(client, digest, "stop")
    assert send_due().sent == 0
    step(client, digest, "resume")
    digests.compose_due_digests()
    assert send_due().sent == 1


def test_a_doubt_is_settled_by_a_person(client, ana):
    make_subscriber()
    make_release()
    digests.compose_due_digests()
    Delivery.objects.update(state=Delivery.State.DOUBT)
    chosen = {"action": "count_as_sent", "_selected_action": [Delivery.objects.get().pk]}
    link = re.search(r'href="(/admin/newsletter/delivery/[^"]+)">1 in doubt<', client.get(LIST).content.decode())[1]
    assert "1 delivery" in client.get(link).content.decode()
    client.post("/admin/newsletter/delivery/", chosen)
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_staff_see_no_address(client, ana):
    make_subscriber("secret-name@example.org")
    pk = Subscriber.objects.get().pk
    for path in ["subscriber/", f"subscriber/{pk}/change/", "signup/", "delivery/"]:
        answer = client.get(f"/admin/newsletter/{path}")
        assert answer.status_code == 200
        assert b"secret-name" not in answer.content


def test_mail_can_be_made_to_say_nothing_outside(client, ana):
    client.post("/admin/newsletter/wording/add/", {"language": "en", "sender": "News desk", "subject": "Your letter"})
    assert Wording.objects.get().sender == "News desk"
    make_subscriber()
    make_release("Crisis")
    digests.compose_due_digests()
    send_due()
    (message,) = read_sent_mails()
    assert (message["From"], message["Subject"]) == ("News desk <newsletter@testserver>", "Your letter")
    preview = re.search(r'class="preview"[^>]*>([^<]*)<', message.get_body(("html",)).get_content())[1]
    assert preview.strip().startswith("Your letter")
    assert "Crisis" not in preview


def test_a_neutral_confirmation_says_nothing_of_what_was_asked_for(client, ana):
    make_situation_release(title="Crisis somewhere")
    words = {"language": "en", "sender": "News desk", "confirm_subject": "One more step", "confirm_text": "Please."}
    client.post("/admin/newsletter/wording/add/", words)
    client.post("/en/newsletter/", {"email": "ana@example.org", "situation": "belarus"})
    send_due_confirmations()
    (message,) = read_sent_mails()
    assert (message["From"], message["Subject"]) == ("News desk <newsletter@testserver>", "One more step")
    assert "crisis" not in str(message).lower().replace("\n", "")
    assert "Please." in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("tail", ["preview/zz/", "mail/zz/", "nonsense/", "preview/en/x/"])
def test_pages_that_do_not_exist_are_not_found(client, letter, tail):
    assert client.get(f"{LIST}{letter.pk}/{tail}", follow=True).status_code in {200, 404}
    assert client.get(f"{LIST}999/preview/en/").status_code == 404
