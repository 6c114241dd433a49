"""A name that is listed after it was released: what waits does not go out, what is public is told."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from publishing.screening import names
from publishing.workflow import transitions
from tests.support.desk_client import log_in, messages_for
from tests.support.factories import make_situation, make_update, save_item
from updates.models import Update

pytestmark = pytest.mark.django_db
NAME = "Anna Kavalenka"
TOMORROW = timezone.now() + dt.timedelta(days=1)
PAGE = "/en/belarus/updates/walk/"


def add_name(client):
    log_in(client, role="administrator")
    return client.post("/admin/publishing/listedname/add/", {"name": NAME, "note": ""}, follow=True)


def test_what_waits_with_the_name_in_it_does_not_go_out(client):
    update = make_update(slug="walk", summary_en=f"What {NAME} said.")
    transitions.publish(update, at=TOMORROW)
    assert "these schedules are cancelled: “Stop reprisals”" in messages_for(add_name(client))
    with time_machine.travel(TOMORROW + dt.timedelta(hours=1)):
        assert client.get(PAGE).status_code == 404
    assert Update.objects.get().status == "draft"
    assert Event.objects.filter(verb="update.unscheduled").exists()


def test_what_was_released_counts_and_not_what_was_written_since(client):
    update = make_update("Before", slug="walk", public=True)
    update.title_en = f"{NAME} speaks"
    transitions.publish(save_item(update), at=TOMORROW)
    update.title_en = "After"
    save_item(update)
    names.add_listed_name(NAME, by="anna")
    with time_machine.travel(TOMORROW + dt.timedelta(hours=1)):
        assert "Before" in client.get(PAGE).content.decode()


def test_what_waits_without_the_name_goes_out_at_its_hour(client):
    transitions.publish(make_update(slug="walk"), at=TOMORROW)
    names.add_listed_name(NAME, by="anna")
    with time_machine.travel(TOMORROW + dt.timedelta(hours=1)):
        assert client.get(PAGE).status_code == 200


def test_what_is_public_with_the_name_in_it_stays_and_is_told(client):
    make_update("Told", slug="walk", body_en=f"<p>{NAME}</p>", public=True)
    assert "stands in what is public" in (said := messages_for(add_name(client)))
    assert "“Told”" in said
    assert client.get(PAGE).status_code == 200
    assert Event.objects.filter(verb="update.name-found").exists()


def test_a_situation_that_waits_with_its_items_is_told_where_it_cannot_be_held_back(client):
    situation = make_situation(public=False, introduction_en=f"The case of {NAME}.")
    transitions.publish(situation, at=TOMORROW)
    make_update(situation=situation, public=True)
    assert "stands in what is public" in messages_for(add_name(client))
