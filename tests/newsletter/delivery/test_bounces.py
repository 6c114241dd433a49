"""Mail that comes back."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.models import Delivery, Edition, Subscriber
from newsletter.subscribers import links
from tests.support.newsletter_fixtures import make_release, make_subscriber

pytestmark = pytest.mark.django_db

REPORT = """\
From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry, ana@example.org SECRETWORD.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ana@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 SECRETWORD
--b
Content-Type: message/rfc822

{returned}
--b--
"""


@pytest.fixture
def ana(settings, tmp_path):
    """A reader who was sent one mail."""
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS, settings.MAIL_BOUNCES = tmp_path, 1, "bounces@example.org"
    subscriber = make_subscriber()
    make_release()
    digests.compose_due_digests()
    send_due()
    return subscriber


def come_back(place, *, to="x@y.example", action="failed", status="5.1.1", returned="To: ana@example.org"):
    (place / "back").mkdir(exist_ok=True)
    report = REPORT.format(to=to, action=action, status=status, returned=returned)
    (place / "back" / "1.eml").write_text(report)
    call_command("read_bounces", str(place / "back"))


def tagged(subscriber):
    return f"bounces+{links.make_bounce_tag(subscriber.pk)}@example.org"


def test_a_bounce_is_known_by_the_address_it_came_to(ana, tmp_path):
    come_back(tmp_path, to=tagged(ana))
    one = Delivery.objects.get()
    assert (one.state, one.code) == (Delivery.State.REFUSED, "dsn 5.1.1")
    assert Edition.objects.get().refused == 1


def test_a_bounce_is_known_by_the_mail_that_came_back(ana, tmp_path):
    (sent,) = (tmp_path / "mail").iterdir()
    come_back(tmp_path, returned=sent.read_text())
    assert Delivery.objects.get().state == Delivery.State.REFUSED


@pytest.mark.parametrize("about", [{"action": "delayed"}, {"status": "4.2.1"}, {"status": "5.2.2"}])
def test_what_may_still_arrive_is_no_bounce(ana, tmp_path, about):
    come_back(tmp_path, to=tagged(ana), **about)
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_a_forged_bounce_harms_nobody(ana, tmp_path):
    come_back(tmp_path, to=f"bounces+{ana.pk}-{'0' * 20}@example.org")
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_the_same_report_read_twice_counts_once(ana, tmp_path):
    come_back(tmp_path, to=tagged(ana))
    come_back(tmp_path, to=tagged(ana))
    assert Edition.objects.get().refused == 1


def test_the_third_bounce_in_a_row_erases(ana, tmp_path):
    Delivery.objects.update(state=Delivery.State.REFUSED, code="dsn 5.1.1")
    for state in [Delivery.State.REFUSED, Delivery.State.SENT]:
        edition = Edition.objects.create(state=Edition.State.SENT)
        Delivery.objects.create(edition=edition, subscriber=ana, state=state, code="dsn 5.1.1")
    come_back(tmp_path, to=tagged(ana))
    assert not Subscriber.objects.exists()


def test_no_word_of_a_report_is_kept(ana, tmp_path):
    come_back(tmp_path, to=tagged(ana))
    assert "SECRETWORD" not in str(list(Delivery.objects.values())) + str(list(Edition.objects.values()))


def test_a_mailbox_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("read_bounces", str(tmp_path / "nowhere"))


COMPLAINT = """\
From: abuse@mx.example
To: {to}
Subject: Complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Mx/1
Version: 1
--b
Content-Type: message/rfc822

{returned}
--b--
"""


@pytest.mark.parametrize(("kind", "left"), [("abuse", 0), ("not-spam", 1)])
def test_a_complaint_is_counted_and_erases(ana, tmp_path, capsys, kind, left):
    (sent,) = (tmp_path / "mail").iterdir()
    (tmp_path / "one.eml").write_text(COMPLAINT.format(to="x@y.example", kind=kind, returned=sent.read_text()))
    call_command("read_bounces", str(tmp_path / "one.eml"))
    assert Subscriber.objects.count() == left
    assert Edition.objects.get().complaints == 1 - left
    assert f"{1 - left} complaints" in capsys.readouterr().out


def test_a_provider_that_blocks_us_does_not_empty_the_list(ana, tmp_path):
    Delivery.objects.update(state=Delivery.State.REFUSED, code="policy 550")
    for state in [Delivery.State.REFUSED, Delivery.State.SENT]:
        edition = Edition.objects.create(state=Edition.State.SENT)
        Delivery.objects.create(edition=edition, subscriber=ana, state=state, code="dsn 5.7.1")
    come_back(tmp_path, to=tagged(ana), status="5.7.1")
    assert Subscriber.objects.exists()
