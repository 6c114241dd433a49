"""Sending through a mail provider, and what the provider reports of mail that came back."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from email import message_from_bytes, policy
from urllib.parse import parse_qs

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.models import Delivery, Edition, SignUp, Subscriber
from newsletter.subscribers import signup
from newsletter.subscribers.confirmation import send_due_confirmations
from ohrm.checks import check_mail_webhook
from ohrm.environment.mail_url import parse_mail_provider
from tests.support import mail_provider as imitated_provider
from tests.support.newsletter_fixtures import make_release, make_subscriber
from tests.support.servers import find_free_port

pytestmark = pytest.mark.django_db

State = Delivery.State
RETURNS = "/newsletter/returns/"
SECRET = "hook:twenty-characters-or-more"
SIGNING = "signing-key"


@pytest.fixture
def provider(settings, tmp_path):
    settings.MAIL_PROVIDER, settings.EMAIL_BACKEND = "mailgun", "anymail.backends.mailgun.EmailBackend"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1
    url = f"mailgun://KEY@news.example.org?signing={SIGNING}"
    with imitated_provider.running_provider({"id": "<1@provider>", "message": "Queued. Thank you."}) as (told, address):
        own = {"MAILGUN_API_URL": f"{address}/v3", "WEBHOOK_SECRET": SECRET}
        settings.ANYMAIL = settings.ANYMAIL | parse_mail_provider(url) | own
        yield told


@pytest.fixture
def edition(provider):
    for number in range(5):
        make_subscriber(f"reader{number}@example.org")
    make_release("The statement")
    digests.compose_due_digests()
    return Edition.objects.get()


def fields(asked):
    """The form that a request to Mailgun carried, as a dict."""
    _path, headers, body = asked
    if headers["Content-Type"].startswith("application/x-www-form-urlencoded"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + body, policy=policy.default).iter_parts()
    return {part.get_param("name", header="Content-Disposition"): part.get_content() for part in parts}


# --- Sending ----------------------------------------------------------------------------------


def test_every_reader_gets_one_mail_through_the_provider(edition, provider):
    assert str(send_due()) == "5 sent, 0 refused, 0 left, 0 in doubt"
    assert sorted(fields(asked)["to"] for asked in provider.asked) == [f"reader{n}@example.org" for n in range(5)]


def test_the_provider_is_told_not_to_track_and_given_our_headers(edition, provider):
    send_due()
    told = fields(provider.asked[0])
    assert (told["o:tracking-opens"], told["o:tracking-clicks"]) == ("no", "no")
    assert told["h:List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert told["h:List-Unsubscribe"].startswith("<http://testserver/en/newsletter/unsubscribe/")
    assert told["h:Message-Id"].endswith("@testserver>")
    assert "The statement" in told["text"]
    assert "The statement" in told["html"]


def test_an_answer_of_not_now_is_tried_again(edition, provider):
    provider.answers = [(429, {"message": "Too many"})]
    report = send_due()
    assert (report.sent, report.left, report.doubt) == (4, 1, 0)


@pytest.mark.parametrize("answer", [(502, {}), "hang", (200, {"no": "sense"})])
def test_what_may_have_been_taken_is_in_doubt_and_never_sent_again(edition, provider, answer):
    provider.answers = [answer]
    report = send_due()
    assert (report.sent, report.doubt) == (4, 1)
    assert send_due().sent == 0


def test_a_wrong_key_harms_no_reader(edition, provider):
    provider.answers = [(401, {"message": "Forbidden"})] * 5
    report = send_due()
    assert (report.sent, report.refused, report.left, report.doubt) == (0, 0, 5, 0)
    assert "mail 401" in report.trouble
    assert send_due().sent == 5


def test_a_provider_that_cannot_be_reached_loses_nothing(edition, settings):
    good = settings.ANYMAIL
    settings.ANYMAIL = good | {"MAILGUN_API_URL": f"http://127.0.0.1:{find_free_port()}/"}
    assert (send_due().left, Delivery.objects.in_doubt().count()) == (5, 0)
    settings.ANYMAIL = good
    assert send_due().sent == 5


def test_an_address_that_the_provider_will_not_write_to_is_refused(edition, provider, settings):
    settings.MAIL_PROVIDER, settings.EMAIL_BACKEND = "postmark", "anymail.backends.postmark.EmailBackend"
    url = settings.ANYMAIL["MAILGUN_API_URL"]
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "t", "POSTMARK_API_URL": url, **settings.ANYMAIL}
    refusal = "You tried to send to a recipient that has been marked as inactive. Found inactive addresses: {}. "
    to = Subscriber.objects.get(pk=Delivery.objects.due(edition)[0].subscriber_id).address
    taken = {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": to}
    provider.answers = [(422, {"ErrorCode": 406, "Message": f"{refusal.format(to)}Inactive recipients are ones"})]
    provider.answers += [(200, taken)] * 4
    assert send_due().refused == 1
    told = json.loads(provider.asked[-1][2])
    assert (told["TrackOpens"], told["TrackLinks"]) == (False, "None")
    assert {"Name": "X-PM-KeepID", "Value": "true"} in told["Headers"]


def test_a_confirmation_goes_the_same_way_and_waits_when_it_is_not_taken(provider):
    provider.answers = [(500, {})]
    signup.request_sign_up("ana@example.org", language="en", frequency="weekly")
    send_due_confirmations()
    assert SignUp.objects.exclude(due_at=None).exists()
    SignUp.objects.update(due_at=timezone.now())
    send_due_confirmations()
    assert not SignUp.objects.exclude(due_at=None).exists()
    assert fields(provider.asked[-1])["o:tracking-opens"] == "no"


# --- What comes back --------------------------------------------------------------------------


@pytest.fixture
def ana(provider):
    """A reader who was sent one mail."""
    subscriber = make_subscriber()
    make_release()
    digests.compose_due_digests()
    send_due()
    return subscriber


def report(client, event="failed", *, secret=SECRET, key=SIGNING, **about):
    stamp, token = "1790000000", "t" * 50
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    usual = {"event": event, "severity": "permanent", "recipient": "ana@example.org", "timestamp": 1790000000.0}
    status = {"delivery-status": {"message": "550 5.1.1 SECRETWORD ana@example.org", "code": 550}}
    told = {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": usual | status | about,
    }
    pass_word = base64.b64encode(secret.encode()).decode()
    headers = {"Authorization": f"Basic {pass_word}"}
    return client.post(RETURNS, json.dumps(told), content_type="application/json", headers=headers)


def test_a_reported_bounce_counts_as_refused(client, ana):
    assert report(client).status_code == 200
    assert (Delivery.objects.get().state, Delivery.objects.get().code) == (State.REFUSED, "dsn 5.1.1")
    report(client)
    assert Edition.objects.get().refused == 1


def test_the_third_reported_bounce_in_a_row_erases(client, ana):
    for _ in range(2):
        past = Edition.objects.create(state=Edition.State.SENT)
        Delivery.objects.create(edition=past, subscriber=ana, state=State.REFUSED, code="dsn 5.1.1")
    Delivery.objects.order_by("-pk").update(state=State.REFUSED, code="dsn 5.1.1")
    Delivery.objects.create(edition=Edition.objects.create(), subscriber=ana, state=State.SENT)
    report(client)
    assert not Subscriber.objects.exists()


def test_a_report_is_counted_for_the_mail_that_it_quotes(client, ana, provider):
    first = fields(provider.asked[0])["h:Message-Id"]
    make_release("Another")
    with time_machine.travel(timezone.now() + dt.timedelta(days=8)):
        digests.compose_due_digests()
        send_due()
    report(client, message={"headers": {"message-id": first.strip("<>")}})
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == [State.REFUSED, State.SENT]


@pytest.mark.parametrize("reason", ["suppress-complaint", "suppress-unsubscribe"])
def test_whom_the_provider_will_not_write_to_since_they_left_is_erased(client, ana, reason):
    report(client, reason=reason, **{"delivery-status": {"message": "Not delivering"}})
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    "about",
    [
        {"severity": "temporary"},
        {"event": "delivered"},
        {"recipient": "stranger@example.org"},
        {"recipient": "not an address"},
        {"delivery-status": {"message": "452 4.2.2 Full"}},
        {"delivery-status": None},
    ],
)
def test_a_report_of_anything_else_changes_nothing(client, ana, about):
    assert report(client, **about).status_code == 200
    assert Delivery.objects.get().state == State.SENT


def test_a_complaint_is_counted_and_erases_at_once(client, ana):
    report(client, "complained")
    assert not Subscriber.objects.exists()
    assert Edition.objects.get().complaints == 1


def test_who_leaves_at_the_provider_has_left(client, ana):
    report(client, "unsubscribed")
    assert not Subscriber.objects.exists()
    assert Edition.objects.get().complaints == 0


@pytest.mark.parametrize("wrong", [{"secret": "hook:guess"}, {"key": "guess"}])
def test_a_report_without_the_right_proof_is_refused(client, ana, wrong):
    assert report(client, "complained", **wrong).status_code == 403
    assert Subscriber.objects.exists()


@pytest.mark.parametrize("missing", [{"MAIL_PROVIDER": ""}, {"ANYMAIL": {}}])
def test_without_a_provider_or_a_secret_there_is_nothing(client, settings, missing):
    for name, value in missing.items():
        setattr(settings, name, value)
    assert report(client).status_code == 404


@pytest.mark.parametrize(
    "about", [{"recipient": 5}, {"recipient": ["ana@example.org"]}, {"delivery-status": {"message": 1}}]
)
def test_a_proven_report_of_an_odd_shape_is_no_error_of_ours(client, ana, about):
    assert report(client, **about).status_code in {200, 400}
    assert Subscriber.objects.exists()


def test_a_report_that_is_too_long_is_refused(client, ana):
    assert report(client, padding="x" * 6_000_000).status_code in {400, 413}
    assert report(client, secret="hook:guess", padding="x" * 6_000_000).status_code == 403


@pytest.mark.parametrize("junk", ["", "[]", "{", '{"event-data": "ana@example.org"}', "\xff"])
def test_junk_is_refused_and_quoted_nowhere(client, provider, caplog, junk):
    headers = {"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"}
    assert client.post(RETURNS, junk, content_type="application/json", headers=headers).status_code in {400, 403}
    assert "ana@" not in caplog.text


def test_no_word_of_a_report_is_kept_or_logged(client, ana, caplog):
    report(client)
    report(client, key="guess")
    kept = str(list(Delivery.objects.values())) + str(list(Edition.objects.values()))
    assert "SECRETWORD" not in kept + caplog.text
    assert "ana@" not in caplog.text


def test_a_provider_that_cannot_report_is_warned_of(provider, settings):
    assert check_mail_webhook() is None
    settings.ANYMAIL = {}
    assert check_mail_webhook().id == "ohrm.W002"


# --- How EMAIL_URL names a provider -----------------------------------------------------------


def test_a_provider_is_named_with_its_key():
    told = parse_mail_provider("mailgun://K%2B1@news.example.org?region=eu")
    assert (told["MAILGUN_API_KEY"], told["MAILGUN_SENDER_DOMAIN"]) == ("K+1", "news.example.org")
    assert "eu." in told["MAILGUN_API_URL"]
    assert parse_mail_provider("postmark://ToKen") == {"POSTMARK_SERVER_TOKEN": "ToKen"}


@pytest.mark.parametrize(
    "url", ["mailgun://Secr3t", "mailgun://@x.org", "postmark://Secr3t@x.org", "sparkpost://Secr3t?region=us"]
)
def test_a_wrong_address_of_a_provider_is_refused_without_its_key(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL: for .* must be like") as refused:
        parse_mail_provider(url)
    assert "Secr3t" not in str(refused.value)
