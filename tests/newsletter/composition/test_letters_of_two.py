"""Two people and one letter: who saves second, what is no longer on offer, and what changes after a yes."""

import pytest

from newsletter.composition import addressing
from newsletter.delivery.sending import send_due
from newsletter.models import Edition
from publishing.models import Entry
from publishing.workflow import transitions
from tests.support.desk_client import FormParser, messages_for, read_form
from tests.support.factories import make_situation, make_staff, make_story, make_update, publish_item, save_item
from tests.support.newsletter_fixtures import make_subscriber, read_sent_mails
from updates.models import Update

pytestmark = pytest.mark.django_db
LIST = "/admin/newsletter/edition/"


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1


@pytest.fixture
def staff():
    return [make_staff(name, role="newsletter") for name in ("ana", "boris")]


@pytest.fixture
def items():
    make_situation()
    return [make_update(title, public=True) for title in ("First", "Second")]


@pytest.fixture
def letter(client, staff, items):
    """A draft of ana's, of both items."""
    client.force_login(staff[0])
    places = {f"place_{number}": place for place, number in enumerate(numbers_of(*items), start=1)}
    when = {"send_from_0": "2021-01-01", "send_from_1": "00:00"}
    client.post(f"{LIST}add/", {**places, **when, "subject_en": "Early", "opening_en": "Two things."})
    return Edition.objects.get()


def numbers_of(*items):
    return [Entry.objects.filter(uid=item.uid).values_list("number", flat=True)[0] for item in items]


def change_url(letter):
    return f"{LIST}{letter.pk}/change/"


def save(client, who, letter, form, **changes):
    client.force_login(who)
    return client.post(change_url(letter), form | changes | {"_continue": "1"}, follow=True)


def step(client, who, letter, name):
    client.force_login(who)
    seen = Edition.objects.get(pk=letter.pk).seen_digest()
    return client.post(f"{LIST}{letter.pk}/{name}/", {"digest": seen}, follow=True)


# --- Two who save -----------------------------------------------------------------------------


def test_who_saves_a_letter_second_is_told_and_overwrites_nothing(client, staff, letter):
    form = read_form(client, change_url(letter))
    save(client, staff[1], letter, form, subject_en="Of Boris")
    answer = save(client, staff[0], letter, form, subject_en="Of Ana")
    page = answer.content.decode()
    assert Edition.objects.get().words["en"]["subject"] == "Of Boris"
    assert "boris saved this while you were writing" in page
    assert "boris wrote here: “Of Boris”" in page
    assert 'value="Of Ana"' in page


def test_what_only_the_other_one_changed_is_taken_over(client, staff, letter, items):
    form = read_form(client, change_url(letter))
    first, second = numbers_of(*items)
    save(client, staff[1], letter, form, **{f"place_{first}": "2", f"place_{second}": "1"}, is_archived="on")
    save(client, staff[0], letter, form, opening_en="Two things, and one more.")
    again = read_form(client, change_url(letter))
    assert again["opening_en"] == ["Two things."]
    save(client, staff[0], letter, form | read_conflict(client, staff[0], letter, form), opening_en="Said anew.")
    saved = Edition.objects.get()
    assert (saved.numbers, saved.is_archived, saved.words["en"]["opening"]) == ([second, first], True, "Said anew.")


def read_conflict(client, who, letter, form):
    """The form as it comes back after a refusal."""
    page = save(client, who, letter, form, opening_en="Said anew.")
    return {name: values for name, values in FormParser(page.content.decode()).data.items() if name and values}


def test_a_letter_that_was_handed_in_meanwhile_is_not_changed(client, staff, letter):
    form = read_form(client, change_url(letter))
    Edition.objects.update(state="in_review")
    save(client, staff[1], letter, form, subject_en="Unseen")
    assert Edition.objects.get().words["en"]["subject"] == "Early"


def test_saving_twice_alone_is_no_conflict(client, staff, letter):
    for subject in ("One", "Two"):
        save(client, staff[0], letter, read_form(client, change_url(letter)), subject_en=subject)
        assert Edition.objects.get().words["en"]["subject"] == subject


def test_whoever_ever_saved_a_letter_does_not_approve_it(client, staff, letter):
    save(client, staff[1], letter, read_form(client, change_url(letter)), subject_en="Of Boris")
    for who in staff:
        step(client, who, letter, "propose")
        step(client, who, letter, "approve")
    assert Edition.objects.get().state == "in_review"


# --- What is on offer -------------------------------------------------------------------------


def test_what_is_picked_stays_on_the_form_however_much_is_newer(client, staff, letter, items, monkeypatch):
    monkeypatch.setattr("newsletter.composition.letter_form.MAX_CANDIDATES", 2)
    for number in range(3):
        make_update(f"Newer {number}", public=True)
    form = read_form(client, change_url(letter))
    assert [form[f"place_{number}"] for number in numbers_of(*items)] == [["1"], ["2"]]
    save(client, staff[0], letter, form)
    assert Edition.objects.get().numbers == numbers_of(*items)


def test_what_was_offered_when_the_page_was_opened_may_still_be_picked(client, staff, letter, items, monkeypatch):
    form = read_form(client, change_url(letter))
    monkeypatch.setattr("newsletter.composition.letter_form.MAX_CANDIDATES", 1)
    make_update("Newer", public=True)
    save(client, staff[0], letter, form)
    assert Edition.objects.get().numbers == numbers_of(*items)


def test_what_fell_out_of_a_letter_is_said(client, staff, letter, items):
    (number,) = numbers_of(items[0])
    form = read_form(client, change_url(letter))
    transitions.withdraw(items[0], reason="danger")
    answer = save(client, staff[0], letter, form)
    assert f"/e/{number}" in messages_for(answer)
    assert Edition.objects.get().numbers == numbers_of(items[1])


@pytest.mark.parametrize("junk", ["place_99999999999999999999999999", "place_-1", "place_x", "place_"])
def test_a_place_for_nothing_is_passed_over(client, staff, letter, items, junk):
    save(client, staff[0], letter, read_form(client, change_url(letter)), **{junk: "3"})
    assert Edition.objects.get().numbers == numbers_of(*items)


# --- After a yes ------------------------------------------------------------------------------


def withdraw(update):
    transitions.withdraw(update, reason="danger")


def publish_anew(update):
    update = Update.objects.get(pk=update.pk)
    update.title_en = "Other words"
    publish_item(save_item(update))


@pytest.mark.parametrize("change", [withdraw, publish_anew])
def test_an_approved_letter_stops_for_a_person_when_an_item_in_it_changed(client, staff, letter, items, change):
    make_subscriber()
    step(client, staff[0], letter, "propose")
    step(client, staff[1], letter, "approve")
    send_all_addressed()
    change(items[0])
    assert send_due().sent == 0
    stopped = Edition.objects.get()
    assert (stopped.state, "changed after it was approved" in stopped.trouble) == ("stopped", True)


def send_all_addressed():
    for edition in Edition.objects.filter(state="composing"):
        addressing.create_deliveries(edition)


def test_a_testimony_whose_consent_was_narrowed_stops_the_letter_it_is_in(client, staff, letter):
    make_subscriber()
    story = make_story(public=True)
    Edition.objects.update(numbers=[*letter.numbers, *numbers_of(story)], state="in_review")
    step(client, staff[1], letter, "approve")
    send_all_addressed()
    Entry.objects.filter(uid=story.uid).update(in_newsletter=False)
    send_due()
    assert (Edition.objects.get().state, read_sent_mails()) == ("stopped", [])


def test_what_changed_after_the_yes_is_resumed_by_a_second_person_alone(client, staff, letter, items):
    make_subscriber()
    step(client, staff[0], letter, "propose")
    step(client, staff[1], letter, "approve")
    send_all_addressed()
    publish_anew(items[0])
    send_due()
    step(client, staff[0], letter, "resume")
    assert Edition.objects.get().state == "stopped"
    step(client, staff[1], letter, "resume")
    send_all_addressed()
    assert send_due().sent == 1
    assert "Other words" in read_sent_mails()[0].get_body(("plain",)).get_content()


def test_an_approval_of_what_an_item_said_before_is_refused(client, staff, letter, items):
    step(client, staff[0], letter, "propose")
    seen = Edition.objects.get().seen_digest()
    publish_anew(items[0])
    client.force_login(staff[1])
    answer = client.post(f"{LIST}{letter.pk}/approve/", {"digest": seen}, follow=True)
    assert Edition.objects.get().state == "in_review"
    assert "changed it after you opened this page" in messages_for(answer)


def test_an_unchanged_letter_may_be_resumed_by_its_author_and_keeps_its_approver(client, staff, letter):
    make_subscriber()
    step(client, staff[0], letter, "propose")
    step(client, staff[1], letter, "approve")
    step(client, staff[0], letter, "stop")
    step(client, staff[0], letter, "resume")
    resumed = Edition.objects.get()
    assert (resumed.state, resumed.approved_by) == ("composing", "boris")
