"""A testimony without consent, or without a second person, goes out by no route, whoever presses."""

import csv
import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from publishing.models import Entry
from publishing.workflow import transitions
from stories.models import SurvivorStory
from tests.support.desk_client import admin_url, log_in, read_form, say_seen, submit_form
from tests.support.factories import approve_item, make_partner, make_situation, make_staff, make_story, make_update

pytestmark = pytest.mark.django_db
TOMORROW = timezone.now() + dt.timedelta(days=1)


def by_form(client, item):
    submit_form(client, admin_url(item), "_publish")


def by_form_later(client, item):
    submit_form(client, admin_url(item), "_schedule")


def by_page(client, item):
    client.post(admin_url(item, "publish"), {"digest": item.seen_digest()})


def by_schedule(client, item):
    at = {"at_0": f"{TOMORROW:%Y-%m-%d}", "at_1": f"{TOMORROW:%H:%M}"}
    client.post(admin_url(item, "schedule"), {"digest": item.seen_digest()} | at)


def by_list(client, item):
    chosen = {"action": "publish_all", "_selected_action": item.pk, "index": "0", "confirmed": "yes"} | say_seen(item)
    client.post(f"/admin/{item._meta.app_label}/{item._meta.model_name}/", chosen)


def by_command(client, item):
    with pytest.raises(CommandError, match="Refused"):
        call_command("publish", item.TYPE, item.slug)


def by_command_later(client, item):
    with pytest.raises(CommandError, match="Refused"):
        call_command("publish", item.TYPE, item.slug, "--at", "2999-01-01T00:00")


def by_deed(client, item):
    with pytest.raises(transitions.TransitionRefused):
        transitions.publish_all([item])
    assert transitions.publish_ready([item])[0] == []


ROUTES = [by_form, by_form_later, by_page, by_schedule, by_list, by_command, by_command_later, by_deed]


@pytest.fixture
def chief(client):
    """Has every right there is."""
    account = log_in(client, "chief", role="administrator")
    account.is_superuser = True
    account.save()
    return account


def stays_inside(item):
    return not Entry.objects.filter(uid=item.uid).exists()


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("consent", [False, {"site": False}])
def test_no_route_lets_a_testimony_out_without_consent(client, chief, route, consent, settings):
    settings.SECOND_PERSON = "none"
    story = make_story(consent=consent)
    route(client, story)
    assert stays_inside(story)


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_lets_a_testimony_out_whose_consent_ran_out(client, chief, route):
    story = make_story(consent={"review": timezone.now().date() + dt.timedelta(days=1), "hide_when_due": True})
    approve_item(story)
    story.consent.review = timezone.now().date()
    story.consent.save()
    route(client, SurvivorStory.objects.get(pk=story.pk))
    assert stays_inside(story)


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_lets_a_testimony_out_on_one_persons_word(client, chief, route):
    story = make_story(by=chief)
    route(client, story)
    assert stays_inside(story)


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_lets_out_what_was_changed_after_the_approval(client, chief, route):
    story = approve_item(make_story(by=make_staff("author")))
    SurvivorStory.objects.filter(pk=story.pk).update(title_en="Changed")
    route(client, SurvivorStory.objects.get(pk=story.pk))
    assert stays_inside(story)


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_lets_an_update_out_on_one_persons_word_where_two_are_asked_for(client, chief, route, settings):
    make_situation()
    settings.SECOND_PERSON = "all"
    update = make_update(by=chief)
    route(client, update)
    assert stays_inside(update)


@pytest.mark.parametrize("consent", ["", "V-1"])
def test_no_sheet_lets_a_testimony_out(consent, tmp_path):
    make_situation()
    make_partner()
    row = {"situation": "belarus", "partner": "Viasna", "language": "be", "original_title": "Сведчанне"}
    row |= {"date": "2020-08-14", "content_note": "beatings"}
    if consent:
        row |= {"consent_reference": consent, "consent_date": "2020-09-01", "consent_by": "Officer"}
        row |= {"consent_channels": "site"}
    sheet = tmp_path / "stories.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)
    out = io.StringIO()
    call_command("import_stories", str(sheet), publish=True, stdout=out)
    assert stays_inside(SurvivorStory.objects.get())
    assert "Left as a draft" in out.getvalue()


@pytest.mark.parametrize("way", ["page", "crafted", "deed"])
def test_a_superuser_does_not_approve_a_text_of_their_own(client, chief, way):
    story = make_story(by=chief)
    transitions.submit(story)
    if way == "deed":
        with pytest.raises(transitions.TransitionRefused, match="worked on this text yourself"):
            transitions.approve(story, by=chief)
    else:
        data = {"version": story.version} if way == "crafted" else read_form(client, admin_url(story))
        client.post(admin_url(story, "approve"), data)
    assert SurvivorStory.objects.get().status == "in_review"


def test_with_consent_and_a_second_person_it_does_go_out(client, chief):
    story = approve_item(make_story(by=make_staff("author")))
    by_page(client, story)
    assert not stays_inside(story)
