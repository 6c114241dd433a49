"""The whole round through SparkPost: what it is told, what its answers mean, what it reports."""

import base64
import json

import pytest

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.mail.sparkpost import WORD_JOINER, escape_template_braces
from newsletter.models import Delivery, Edition, Subscriber
from ohrm.environment.mail_url import parse_mail_provider
from tests.support import mail_provider as imitated_provider
from tests.support.newsletter_fixtures import make_release, make_subscriber

pytestmark = pytest.mark.django_db

State = Delivery.State
SECRET = "hook:twenty-characters-or-more"


def answer(accepted=1, rejected=0):
    counts = {"total_accepted_recipients": accepted, "total_rejected_recipients": rejected}
    return {"results": counts | {"id": "11668787484950529"}}


@pytest.fixture
def provider(settings, tmp_path):
    settings.MAIL_PROVIDER, settings.EMAIL_BACKEND = "sparkpost", "newsletter.mail.sparkpost.Backend"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1
    with imitated_provider.running_provider(answer()) as (told, address):
        own = {"SPARKPOST_API_URL": f"{address}/api/v1", "WEBHOOK_SECRET": SECRET}
        settings.ANYMAIL = settings.ANYMAIL | parse_mail_provider("sparkpost://KEY") | own
        yield told


@pytest.fixture
def edition(provider):
    for number in range(5):
        make_subscriber(f"reader{number}@example.org")
    make_release("The {{statement}} of }} us")
    digests.compose_due_digests()
    return Edition.objects.get()


def parse_request(asked):
    return json.loads(asked[2])


# --- Sending ----------------------------------------------------------------------------------


def test_every_reader_gets_one_mail(edition, provider):
    assert str(send_due()) == "5 sent, 0 refused, 0 left, 0 in doubt"
    to = [parse_request(asked)["recipients"] for asked in provider.asked]
    assert sorted(one["address"]["email"] for (one,) in to) == [f"reader{n}@example.org" for n in range(5)]
    assert {asked[0] for asked in provider.asked} == {"/api/v1/transmissions/"}
    assert {asked[1]["Authorization"] for asked in provider.asked} == {"KEY"}


def test_nothing_is_tracked_and_our_way_to_leave_is_not_replaced(edition, provider):
    send_due()
    data = parse_request(provider.asked[0])
    assert data["options"] == {"transactional": True, "open_tracking": False, "click_tracking": False}
    headers = data["content"]["headers"]
    assert headers["List-Unsubscribe"].startswith("<http://testserver/en/newsletter/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Message-ID"].endswith("@testserver>")


def test_no_word_of_ours_is_taken_for_a_template(edition, provider):
    send_due()
    for asked in provider.asked:
        content = parse_request(asked)["content"]
        said = content["subject"] + content["text"] + content["html"]
        assert not [pair for pair in ("{{", "}}") if pair in said]
        assert f"{{{WORD_JOINER}{{statement" in content["text"]


@pytest.mark.parametrize("text", ["{{{", "a {{ b", "}}}}", "{}{"])
def test_braces_stay_and_never_touch(text):
    assert escape_template_braces(text).replace(WORD_JOINER, "") == text
    assert not [pair for pair in ("{{", "}}", "{}", "}{") if pair in escape_template_braces(text)]


@pytest.mark.parametrize("status", [420, 429, 503])
def test_not_now_is_tried_again(edition, provider, status):
    provider.answers = [(status, {"errors": [{"message": "Exceed Sending Limit", "code": "2101"}]})]
    report = send_due()
    assert (report.sent, report.left, report.doubt) == (4, 1, 0)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_good_harms_no_reader(edition, provider, status):
    provider.answers = [(status, {"errors": [{"message": "Forbidden."}]})] * 5
    report = send_due()
    assert (report.sent, report.refused, report.left, report.doubt) == (0, 0, 5, 0)
    assert send_due().sent == 5


@pytest.mark.parametrize("answered", [(500, {}), "hang", (200, {"results": {}}), (200, {})])
def test_what_may_have_been_taken_is_in_doubt_and_never_sent_again(edition, provider, answered):
    provider.answers = [answered]
    assert send_due().doubt == 1
    assert send_due().sent == 0


def test_an_address_that_it_rejects_is_refused(edition, provider):
    provider.answers = [(200, answer(accepted=0, rejected=1))]
    report = send_due()
    assert (report.sent, report.refused) == (4, 1)


# --- What comes back --------------------------------------------------------------------------


@pytest.fixture
def ana(provider):
    """A reader who was sent one mail."""
    subscriber = make_subscriber()
    make_release()
    digests.compose_due_digests()
    send_due()
    return subscriber


def event(kind="bounce", **about):
    usual = {"type": kind, "raw_rcpt_to": "ana@example.org", "timestamp": "1790000000", "transmission_id": "1"}
    category = "unsubscribe_event" if "unsubscribe" in kind else "message_event"
    return {"msys": {category: usual | about}}


def report(client, *events, secret=SECRET):
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    return client.post(
        "/newsletter/returns/", json.dumps(events), content_type="application/json", headers=headers
    )  # fmt: skip


def state():
    one = Delivery.objects.get()
    return one.state, one.code


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"bounce_class": "10", "raw_reason": "550 5.1.1 SECRETWORD ana@example.org"}, "dsn 5.1.1"),
        ({"bounce_class": "10", "raw_reason": "550 no such user"}, "dsn 5.0.0"),
        ({"bounce_class": "51", "raw_reason": "554 5.1.0 blocked by a list"}, "dsn 5.7.0"),
        ({"type": "out_of_band", "bounce_class": "30"}, "dsn 5.0.0"),
        ({"type": "policy_rejection", "bounce_class": "25", "raw_reason": "550 suppressed"}, "dsn 5.7.0"),
        ({"type": "generation_rejection"}, "dsn 5.7.0"),
    ],
)
def test_a_reported_bounce_counts_as_refused(client, ana, about, code):
    assert report(client, event(**about)).status_code == 200
    assert state() == (State.REFUSED, code)


@pytest.mark.parametrize(
    "about",
    [
        {"bounce_class": "22", "raw_reason": "mailbox full"},
        {"bounce_class": "20", "raw_reason": "try later"},
        {"bounce_class": "60"},
        {"type": "delivery"},
        {"type": "delay", "bounce_class": "21"},
        {"bounce_class": "10", "raw_rcpt_to": "stranger@example.org"},
    ],
)
def test_what_may_pass_changes_nothing(client, ana, about):
    assert report(client, event(**about)).status_code == 200
    assert state() == (State.SENT, "")


@pytest.mark.parametrize("kind", ["spam_complaint", "list_unsubscribe", "link_unsubscribe"])
def test_who_complains_or_leaves_there_is_erased(client, ana, kind):
    report(client, event(kind))
    assert not Subscriber.objects.exists()


def test_many_events_come_at_once_and_the_trial_call_is_empty(client, ana):
    assert report(client, {"msys": {}}).status_code == 200
    assert report(client, {"msys": {}}, event("delivery"), event("spam_complaint")).status_code == 200
    assert not Subscriber.objects.exists()


def test_without_the_right_password_nothing_is_read(client, ana, caplog):
    assert report(client, event("spam_complaint"), secret="hook:guess").status_code == 403
    assert Subscriber.objects.exists()
    assert "ana@" not in caplog.text
