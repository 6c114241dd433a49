"""Signing up for the newsletter, confirming, choosing, leaving: as a visitor meets it."""

import datetime as dt
import email
import email.policy
import re
from pathlib import Path

import pytest
import time_machine
from django.core import signing
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from newsletter.models import Audience, Erasure, SignUp, Subscriber
from newsletter.subscribers import addresses, audience_filters, forms, links, signup
from newsletter.subscribers.confirmation import send_due_confirmations
from tests.support.factories import make_partner, make_situation, make_tag, make_update
from timeline.search.results import FilterResults

pytestmark = pytest.mark.django_db

PAGE = "/en/newsletter/"
INBOX = "/en/newsletter/check-inbox/"


@pytest.fixture(autouse=True)
def mail(settings, tmp_path):
    """Reads what went out so far, oldest first."""
    settings.EMAIL_BACKEND = "newsletter.mail.file_backend.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"

    def messages():
        files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    return messages


def ask(client, address="ana@example.org", *, page=PAGE, **more):
    """Posts the form as a person would who took a few seconds to fill it in."""
    with time_machine.travel(timezone.now() - dt.timedelta(seconds=5), tick=False):
        stamp = forms.make_form_stamp()
    return client.post(page, {"email": address, "language": "en", "frequency": "weekly", "stamp": stamp} | more)


def link_in(message, step):
    text = message.get_body(("plain",)).get_content()
    return re.search(rf"http://testserver(/\w+/newsletter/{step}/\S+)", text)[1]


@pytest.fixture
def confirm_page(client, mail):
    ask(client)
    send_due_confirmations()
    return link_in(mail()[0], "confirm")


@pytest.fixture
def reader():
    with timezone.override("UTC"):
        asked = signup.request_sign_up("ana@example.org", language="en", frequency="weekly")
    return signup.confirm_sign_up(asked.pk).subscriber


def page_of(reader, step):
    return f"/en/newsletter/{step}/{links.make_token(reader.pk, step)}/"


# --- Signing up -------------------------------------------------------------------------------


def test_signing_up_leads_to_the_inbox_page(client):
    answer = ask(client)
    assert (answer.status_code, answer.url) == (303, INBOX)
    assert "Check your inbox" in client.get(INBOX).content.decode()


def test_the_four_words_of_the_interface_are_enough(client, mail):
    client.post(PAGE, {"email": "ana@example.org", "language": "fr", "frequency": "daily"})
    send_due_confirmations()
    assert Audience.objects.get().frequency == "daily"
    assert mail()[0]["Content-Language"] == "fr"


def test_nobody_is_subscribed_before_they_confirm(client):
    ask(client)
    send_due_confirmations()
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("address", ["new@example.org", "pending@example.org", "ana@example.org", "x@no-such.example"])
def test_the_answer_is_the_same_for_every_address(client, reader, address):
    ask(client, "pending@example.org")
    send_due_confirmations()
    answer = ask(client, address)
    first = ask(client, "first@example.org")
    assert (answer.status_code, answer.content, answer.headers) == (303, b"", first.headers)


@pytest.mark.parametrize(
    "address", ["", "ana", "maria@", "ana@exa mple.org", "ana@example.org\r\nBcc: eve@x.org", "a\0@b.c"]
)
def test_what_is_no_address_is_explained_and_not_kept(client, address):
    answer = ask(client, address)
    assert answer.status_code == 400
    assert b"field-error" in answer.content
    assert not SignUp.objects.exists()


@pytest.mark.parametrize("field", ["language", "frequency", "situation"])
def test_an_unknown_choice_is_refused(client, field):
    assert ask(client, **{field: "zz\x00"}).status_code == 400


def test_no_page_sets_a_cookie_or_may_be_stored(client, reader):
    for path in [PAGE, INBOX, page_of(reader, "preferences"), page_of(reader, "unsubscribe")]:
        answer = client.get(path)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]
    assert not ask(client).cookies


def test_a_form_on_another_site_is_refused(client):
    assert client.post(PAGE, {"email": "a@example.org"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(PAGE, {"email": "a@example.org"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert not SignUp.objects.exists()


def test_the_band_of_other_pages_leads_to_the_choices_with_the_address_filled_in(client):
    answer = client.post(PAGE, {"email": "ana@example.org", "step": "choose"})
    assert answer.status_code == 200
    assert b'value="ana@example.org"' in answer.content
    assert not SignUp.objects.exists()


def test_the_form_is_in_the_language_of_the_page_and_chooses_it(client):
    page = client.get("/ar/newsletter/").content.decode()
    assert 'dir="rtl"' in page
    assert 'value="ar" checked' in page


# --- Programs ---------------------------------------------------------------------------------


def test_a_program_that_fills_in_every_field_gets_the_same_answer_and_no_mail(client):
    assert ask(client, website="http://spam.example").url == INBOX
    assert not SignUp.objects.exists()


def test_posts_without_a_stamp_leave_room_for_people(client, monkeypatch):
    monkeypatch.setattr(signup, "MAX_HOURLY_UNSTAMPED_SIGN_UPS", 3)
    for number in range(5):
        client.post(PAGE, {"email": f"bot{number}@example.org"})
    assert SignUp.objects.count() == 3
    ask(client, "human@example.org")
    assert SignUp.objects.count() == 4


def test_there_is_a_ceiling_for_everybody_and_it_does_not_show(client, monkeypatch):
    monkeypatch.setattr(signup, "MAX_HOURLY_SIGN_UPS", 2)
    assert {ask(client, f"reader{number}@example.org").url for number in range(4)} == {INBOX}
    assert SignUp.objects.count() == 2


@pytest.mark.parametrize(
    "stamp",
    ["", "x", ":::", signing.TimestampSigner(salt="another").sign("")],
    ids=["empty", "a letter", "colons", "of another signer"],
)
def test_a_stamp_that_is_not_ours_counts_as_none(stamp):
    assert not forms.is_valid_stamp(stamp)


def test_a_hundred_posts_for_one_address_make_one_mail(client, mail):
    for _ in range(100):
        ask(client)
    send_due_confirmations()
    assert len(mail()) == 1


def test_an_address_gets_its_second_mail_after_a_day(client, mail):
    ask(client)
    send_due_confirmations()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        ask(client)
        send_due_confirmations()
    assert len(mail()) == 2


def test_other_choices_within_the_day_change_what_will_be_confirmed(client, confirm_page):
    ask(client, frequency="daily")
    send_due_confirmations()
    assert "the daily digest" in client.get(confirm_page).content.decode()


# --- The mail ---------------------------------------------------------------------------------


def test_the_mail_can_be_left_with_one_click_and_loads_nothing(client, mail):
    ask(client)
    send_due_confirmations()
    message = mail()[0]
    page = message.get_body(("html",)).get_content()
    assert message["To"] == "ana@example.org"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(
        r"<http://testserver/en/newsletter/unsubscribe/[\w-]{38}/>", message["List-Unsubscribe"].strip()
    )
    assert not re.search(r"<img|<link|url\(|@import", page)


def test_the_mail_is_in_the_chosen_language_and_direction(client, mail):
    ask(client, language="ar")
    send_due_confirmations()
    page = mail()[0].get_body(("html",)).get_content()
    assert '<html lang="ar" dir="rtl"' in page
    assert link_in(mail()[0], "confirm").startswith("/ar/")


def test_a_mail_file_is_private_and_its_name_tells_nothing(client, settings):
    ask(client)
    send_due_confirmations()
    (file,) = Path(settings.EMAIL_FILE_PATH).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "ana" not in file.name


def test_a_mail_server_that_is_down_loses_no_sign_up(client, settings, mail):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    ask(client)
    send_due_confirmations()
    settings.EMAIL_BACKEND = "newsletter.mail.file_backend.FileBackend"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=10)):
        send_due_confirmations()
    assert len(mail()) == 1


def test_a_sign_up_whose_worker_died_is_answered_later(client, mail):
    ask(client)
    SignUp.objects.update(due_at=timezone.now() + dt.timedelta(minutes=3))  # taken, and then nothing
    send_due_confirmations()
    assert not mail()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=4)):
        send_due_confirmations()
    assert len(mail()) == 1


# --- Confirming -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_fetching_the_link_confirms_nothing(client, confirm_page, method):
    assert getattr(client, method)(confirm_page).status_code == 200
    assert not Subscriber.objects.exists()


def test_the_button_confirms(client, confirm_page):
    answer = client.post(confirm_page, follow=True)
    assert "You are subscribed." in answer.content.decode()
    assert Subscriber.objects.get().address == "ana@example.org"


def test_pressing_twice_is_harmless_and_explained(client, confirm_page):
    client.post(confirm_page)
    again = client.post(confirm_page)
    assert again.status_code == 200
    assert "You are subscribed" in again.content.decode()
    assert Subscriber.objects.count() == 1


def test_a_link_serves_for_two_days(client, confirm_page):
    with time_machine.travel(timezone.now() + dt.timedelta(hours=49)):
        assert client.get(confirm_page).status_code == 410
        assert client.post(confirm_page).status_code == 410
    assert not Subscriber.objects.exists()


def test_signing_up_again_changes_the_choices_only_when_confirmed(client, reader, mail):
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        ask(client, "ANA@example.org", frequency="daily")
        send_due_confirmations()
        reader.refresh_from_db()
        assert reader.audience.frequency == "weekly"
        client.post(link_in(mail()[0], "confirm"))
    reader.refresh_from_db()
    assert reader.audience.frequency == "daily"
    assert Subscriber.objects.count() == 1


def test_what_nobody_confirmed_vanishes(client, confirm_page):
    with time_machine.travel(timezone.now() + dt.timedelta(hours=49)):
        call_command("forget_unconfirmed")
    assert not SignUp.objects.exists()
    assert not Audience.objects.exists()


def test_a_link_opens_no_other_page(client, reader):
    for made_for in ["confirm", "preferences", "unsubscribe"]:
        for used_on in {"confirm", "preferences", "unsubscribe"} - {made_for}:
            path = f"/en/newsletter/{used_on}/{links.make_token(reader.pk, made_for)}/"
            assert {client.get(path).status_code, client.post(path).status_code} == {404}
    assert Subscriber.objects.exists()


@pytest.mark.parametrize("token", ["x", "a" * 38, "a" * 5000, "é", "%00", "ab=c"])
def test_a_forged_link_is_not_found(client, token):
    assert client.post(f"/en/newsletter/unsubscribe/{token}/").status_code == 404


# --- Choosing and leaving ---------------------------------------------------------------------


def test_choices_can_be_changed_and_show_in_the_new_language(client, reader):
    answer = client.post(page_of(reader, "preferences"), {"language": "ar", "frequency": "daily"}, follow=True)
    reader.refresh_from_db()
    assert (reader.audience.language, reader.audience.frequency) == ("ar", "daily")
    assert answer.redirect_chain[0][0].startswith("/ar/newsletter/preferences/")


def test_an_unknown_choice_changes_nothing(client, reader):
    assert client.post(page_of(reader, "preferences"), {"frequency": "hourly"}).status_code == 400
    reader.refresh_from_db()
    assert reader.audience.frequency == "weekly"


def test_readers_see_what_is_held_about_them_but_no_whole_address(client, reader):
    page = client.post(page_of(reader, "preferences"), {"step": "export"}).content.decode()
    assert reader.fingerprint in page
    assert "ana@example.org" not in page
    assert "a•••@example.org" in page


def test_readers_get_a_copy_of_all_that_is_held_in_their_language(client, reader, mail, work_off):
    signup.change_subscription(reader, language="fr", frequency="daily", query="")
    answer = client.post(page_of(reader, "preferences"), {"step": "send"}, follow=True)
    assert "We have sent a message with everything" in answer.content.decode()
    work_off()
    (message,) = mail()
    text = message.get_body(("plain",)).get_content()
    assert (message["To"], message["Content-Language"]) == ("ana@example.org", "fr")
    for value in ["ana@example.org", reader.fingerprint, str(reader.pk), signup.CONSENT_VERSION, "Français"]:
        assert value in text
        assert value in message.get_body(("html",)).get_content()


def test_the_copy_goes_out_once_a_day(client, reader, mail, work_off):
    for _ in range(3):
        answer = client.post(page_of(reader, "preferences"), {"step": "send"}, follow=True)
    assert "We sent it to you today" in answer.content.decode()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        client.post(page_of(reader, "preferences"), {"step": "send"})
        work_off()
    assert len(mail()) == 2


def test_fetching_the_page_sends_no_copy(client, reader, mail, work_off):
    client.get(page_of(reader, "preferences") + "?step=send")
    work_off()
    assert not mail()


def test_who_left_gets_no_copy_any_more(client, reader, mail, work_off):
    client.post(page_of(reader, "preferences"), {"step": "send"})
    client.post(page_of(reader, "unsubscribe"))
    work_off()
    assert not mail()


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
        {"data": "", "content_type": "text/plain"},
    ],
)
def test_one_click_erases_at_once(client, reader, body):
    answer = client.post(page_of(reader, "unsubscribe"), **body)
    assert answer.status_code == 200
    assert not Subscriber.objects.exists()
    assert not SignUp.objects.exists()
    assert Erasure.objects.get().pk == reader.pk


def test_fetching_the_unsubscribe_link_erases_nothing(client, reader):
    client.get(page_of(reader, "unsubscribe"))
    client.head(page_of(reader, "unsubscribe"))
    assert Subscriber.objects.exists()


def test_leaving_twice_is_fine(client, reader):
    for _ in range(2):
        assert client.post(page_of(reader, "unsubscribe")).status_code == 200
    assert client.get(page_of(reader, "preferences")).status_code == 410


def test_whoever_left_may_come_back(client, reader, mail):
    client.post(page_of(reader, "unsubscribe"))
    ask(client)
    send_due_confirmations()
    assert len(mail()) == 1


def test_a_stranger_can_have_their_address_deleted_from_the_mail_itself(client, confirm_page, mail):
    leave = re.search(r"http://testserver(\S+)>", mail()[0]["List-Unsubscribe"])[1]
    assert client.post(leave, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not SignUp.objects.exists()


# --- What is kept -----------------------------------------------------------------------------


def test_a_subscriber_is_six_columns():
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "newsletter_subscriber")
    names = {column.name for column in columns}
    assert names == {"id", "sealed", "fingerprint", "audience_id", "confirmed_on", "consent"}


def test_after_a_change_of_keys_readers_are_found_and_sealed_anew(settings, reader, client):
    page = page_of(reader, "preferences")
    settings.SUBSCRIBER_KEYS = [forms.signing.b64_encode(b"k" * 32).decode() + "=", *settings.SUBSCRIBER_KEYS]
    assert Subscriber.objects.at_address("Ana@example.org").get() == reader
    assert client.get(page).status_code == 200
    call_command("reseal_addresses")
    settings.SUBSCRIBER_KEYS = settings.SUBSCRIBER_KEYS[:1]
    assert Subscriber.objects.at_address("ana@example.org").get().address == "ana@example.org"


def test_sample_subscribers_are_the_same_for_one_seed():
    call_command("sample_subscribers", "30", seed=5)
    call_command("sample_subscribers", "30", seed=5)
    assert Subscriber.objects.count() == 30
    assert all(row.address.endswith("@example.org") for row in Subscriber.objects.all())


def test_every_address_costs_the_same_questions_to_the_database(client, reader):
    ask(client, "pending@example.org")
    send_due_confirmations()
    seen = set()
    for address in ["new@example.org", "pending@example.org", "ana@example.org", "x@no-such.example"]:
        with CaptureQueriesContext(connection) as queries:
            ask(client, address)
        seen.add(tuple(re.sub(r"'[^']*'|\d+|X'[0-9a-f]*'", "?", query["sql"])[:60] for query in queries))
    assert len(seen) == 1


# --- “E-mail me this” -------------------------------------------------------------------------


def test_the_filter_of_a_list_can_be_subscribed_to_and_is_and_across_facets(client):
    make_situation()
    partner, tag = make_partner("Viasna"), make_tag("Detention")
    make_update("Asked for", public=True, tags=[tag], publisher=partner, url="https://example.org/a")
    make_update("Another month", public=True, tags=[tag], publisher=partner, date=dt.date(2020, 9, 1))
    make_update("No tag", public=True, publisher=partner)
    make_update("No partner", public=True, tags=[tag])
    wish = "month=2020-08&partner=viasna&situation=belarus&tag=detention"
    page = client.get(f"{PAGE}?{wish}").content.decode()
    offered = re.search(r'name="filter" value="([^"]+)" checked', page)[1].replace("&amp;", "&")
    ask(client, situation=["belarus"], filter=offered)
    audience = Audience.objects.get()
    assert sorted(audience.query.split("&")) == wish.split("&")
    wish = audience_filters.parse_audience_filter(audience.query, language="en")
    found = FilterResults(wish, channel="newsletter").entries()
    assert [entry.title for entry in found] == ["Asked for"]


# --- How an address is typed ------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "anna@example.org,",
        "anna@example.org;",
        "anna@example.org.",
        " anna@example.org\u00a0",
        "\u200eanna@example.org",
        "\u202banna@example.org\u202c",
        "anna\u00ad@exam\u200bple.org\ufeff",
        "anna\uff20example\uff0eorg",
        "ａｎｎａ@example.org",
        "mailto:anna@example.org",
        "MAILTO:anna%40example.org?subject=Hello",
        "<anna@example.org>",
        "<mailto:anna@example.org>",
        "Anna Example <anna@example.org>,",
        "“anna@example.org”",
        "(anna@example.org)",
        "anna @ example.org",
        "anna@example.org،",
        "anna@EXAMPLE.org",
    ],
)
def test_an_address_is_taken_without_what_stood_around_it(client, mail, typed):
    assert ask(client, typed).status_code == 303
    send_due_confirmations()
    assert [message["To"] for message in mail()] == ["anna@example.org"]


@pytest.mark.parametrize(
    "typed",
    [
        "x@-bad-..zz", "anna@example", "anna@example,org", "anna@127.0.0.1", "anna@.org", "anna@exa_mple.org",
        "a@b@example.org", "anna@example.org, boris@example.org", "anna example.org", "ann a@example.org",
        "mailto:", "<>", "@", ",", "anna@" + "a" * 64 + ".org", "ána@example.org", "\u200e",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_their_inbox_for_what_will_not_be_sent(client, typed):
    answer = ask(client, typed)
    assert answer.status_code == 400
    assert b"field-error" in answer.content
    assert not SignUp.objects.exists()


@given(st.text(max_size=40), st.text(max_size=40))
@tries(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_written_to_or_refused(before, after):
    """Tidying twice is tidying once, and what the form takes the worker takes."""
    tidied = addresses.tidy_address(f"{before}@{after}")
    assert addresses.tidy_address(tidied) == tidied or not addresses.looks_like_address(tidied)
    form = forms.SignUpForm({"email": f"{before}@{after}"}, page_language="en")
    form.fields = {"email": form.fields["email"]}
    form.full_clean()
    if taken := form.cleaned_data.get("email"):
        assert addresses.normalise_address(taken) == taken
