"""Bringing in a list that was kept elsewhere."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django_tasks_db.models import DBTaskResult

from audit.models import Event
from newsletter.models import SignUp, Subscriber
from tests.support.newsletter_fixtures import make_subscriber

pytestmark = pytest.mark.django_db

HEAD = "address,language,frequency,consent_date,consent_source\n"
TWO = "ana@example.org,ru,daily,2024-05-01,old list\nboris@example.org,,,2024-05-02,old list\n"


def bring(place, rows, **options):
    path = place / "list.csv"
    path.write_text(HEAD + rows)
    call_command("import_subscribers", str(path), **options)


def test_people_on_an_imported_list_are_asked_to_confirm(tmp_path):
    bring(tmp_path, TWO)
    assert SignUp.objects.count() == 2
    assert not Subscriber.objects.exists()


def test_an_administrator_may_attest_that_they_consented_and_it_is_logged(tmp_path):
    bring(tmp_path, TWO, attested_by="ana")
    one = Subscriber.objects.at_address("ana@example.org").get()
    assert (one.audience.language, one.audience.frequency, str(one.confirmed_on)) == ("ru", "daily", "2024-05-01")
    event = Event.objects.get(verb="subscribers.imported")
    assert (event.actor, event.detail["sources"]) == ("ana", {"old list": 2})
    assert "example.org" not in str(event.detail)


def test_after_an_import_the_worker_goes_its_rounds(tmp_path):
    bring(tmp_path, TWO, attested_by="ana")
    assert DBTaskResult.objects.filter(task_path="newsletter.delivery.tasks.run_every_minute", status="READY").exists()


def test_who_is_subscribed_already_stays_as_they_are(tmp_path):
    make_subscriber("ana@example.org", language="fr")
    bring(tmp_path, TWO, attested_by="ana")
    assert Subscriber.objects.at_address("ana@example.org").get().audience.language == "fr"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("ana@example.org,en,weekly,,old list", "row 2, column consent_date"),
        ("ana@example.org,en,weekly,2999-01-01,old list", "future|not a date"),
        ("ana@example.org,en,weekly,2024-05-01,", "row 2, column consent_source"),
        ("ana@,en,weekly,2024-05-01,old list", "row 2, column address"),
        ("ana@example.org,xx,weekly,2024-05-01,old list", "row 2, column language"),
        ("ana@example.org,en,hourly,2024-05-01,old list", "row 2, column frequency"),
        ("a@x.org,en,weekly,2024-05-01,x\nA@x.org,en,weekly,2024-05-01,x", "row 3, column address"),
    ],
)
def test_every_fault_is_named_and_nothing_is_written(tmp_path, row, fault):
    with pytest.raises(CommandError, match=fault) as refused:
        bring(tmp_path, row, attested_by="ana")
    assert "ana@" not in str(refused.value)
    assert not Subscriber.objects.exists()
