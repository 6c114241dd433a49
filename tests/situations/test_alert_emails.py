"""That an alert was put up is told to the other editors, by real mail, and never holds the alert back."""

import datetime as dt

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from publishing.models import Entry
from publishing.workflow import transitions
from situations.models import Alert
from tests.support.desk_client import log_in, submit_form
from tests.support.factories import make_alert, make_staff, make_story, make_update, publish_item

pytestmark = pytest.mark.django_db
WORDS = "Internet is down in Minsk"


def make_staff_with_email(name, role):
    account = make_staff(name, role=role)
    account.email = f"{name}@example.org"
    account.save()
    return account


@pytest.fixture
def editors():
    return {
        role: make_staff_with_email(f"the-{role}", role)
        for role in ("contributor", "approver", "administrator", "auditor")
    }


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def test_the_others_are_told_by_mail_from_the_button_on(client, editors, commits, work_off, smtp_sink):
    log_in(client, "the-contributor", role="contributor")
    ends = timezone.now() + dt.timedelta(hours=5)
    changes = {"sentence_en": WORDS, "ends_0": f"{ends:%Y-%m-%d}", "ends_1": f"{ends:%H:%M}"}
    with commits(execute=True):
        submit_form(client, "/admin/situations/alert/add/", "_publish", **changes)
    work_off()
    told = {one.message["To"] for one in smtp_sink.received}
    assert told == {"the-approver@example.org", "the-administrator@example.org"}


def test_the_letter_says_who_until_when_and_where_and_no_word_of_the_alert(editors, commits, work_off, smtp_sink):
    with commits(execute=True):
        alert = make_alert(WORDS, public=False)
        transitions.publish(alert, by=editors["approver"])
    work_off()
    text = smtp_sink.received[0].message.get_content()
    assert "the-approver published an alert on the public pages." in text
    assert f"until {alert.ends.day} {alert.ends:%B %Y}" in text
    assert f"http://testserver/admin/situations/alert/{alert.pk}/change/" in text
    assert WORDS.encode() not in smtp_sink.received[0].raw


def test_an_operator_at_the_command_line_tells_everybody(editors, commits, work_off, smtp_sink):
    with commits(execute=True):
        make_alert(WORDS)
    work_off()
    assert len(smtp_sink.received) == 3
    assert "operator published an alert" in smtp_sink.received[0].message.get_content()


def test_a_mail_server_that_refuses_does_not_hold_it_back(client, editors, commits, work_off, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    with commits(execute=True):
        alert = make_alert(WORDS)
    work_off()
    assert Entry.objects.public().filter(uid=alert.uid).exists()
    assert DBTaskResult.objects.filter(status="FAILED").count() == 3


def test_a_queue_that_is_down_does_not_hold_it_back(editors, commits, settings):
    settings.TASKS = {"default": {"BACKEND": "no.such.Backend"}}
    with commits(execute=True):
        alert = make_alert(WORDS)
    assert Alert.objects.get(pk=alert.pk).status == "published"


def test_an_alert_that_was_refused_tells_nobody(editors, commits):
    with commits() as waiting, pytest.raises(transitions.TransitionRefused):
        make_alert("")
    assert not waiting


def test_nothing_but_alerts_is_told(editors, commits):
    with commits(execute=True):
        publish_item(make_update())
        make_story(public=True)
    assert not DBTaskResult.objects.filter(task_path="staff.emails.send_account_email").exists()
