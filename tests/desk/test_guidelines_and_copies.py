"""What makes the desk quicker: guidelines beside the fields, a new item as a copy, the picture of months."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from desk import monthly_chart
from desk.models import Guideline
from publishing.workflow import transitions
from tests.support.desk_client import log_in, read_form, submit_form
from tests.support.factories import make_alert, make_situation, make_story, make_update
from updates.models import Update

pytestmark = pytest.mark.django_db
ADD = "/admin/updates/update/add/"


def make_published_update(**words):
    situation = make_situation(slug="belarus")
    transitions.publish(situation)
    update = make_update(situation=situation, **words)
    transitions.publish(update)
    return update


def test_a_guideline_stands_beside_its_field_in_every_language_tab(client):
    log_in(client, role="administrator")
    submit_form(client, "/admin/desk/guideline/add/", place="updates.update.title", words_en="At most 70 letters.")
    html = client.get(ADD).content.decode()
    assert html.count("At most 70 letters.") == 6


def test_a_guideline_for_one_type_does_not_stand_in_the_form_of_another(client):
    Guideline.objects.create(place="updates.update.title", words_en="At most 70 letters.")
    log_in(client)
    assert "At most 70 letters." not in client.get("/admin/stories/survivorstory/add/").content.decode()


def test_a_guideline_is_text_and_never_markup(client):
    Guideline.objects.create(place="updates.update.title", words_en="<script>alert(1)</script>")
    log_in(client)
    assert "<script>alert" not in client.get(ADD).content.decode()


def test_a_field_that_does_not_exist_takes_no_guideline(client):
    log_in(client, role="administrator")
    page = submit_form(client, "/admin/desk/guideline/add/", place="updates.update.nothing", words_en="x")
    assert "errorlist" in page.content.decode()
    assert not Guideline.objects.exists()


@pytest.mark.parametrize("role", ["contributor", "approver", "translator", "newsletter", "auditor"])
def test_only_administrators_write_guidelines(client, role):
    log_in(client, role=role)
    assert client.get("/admin/desk/guideline/add/").status_code == 403


def test_a_copy_begins_with_the_words_of_its_original(client):
    update = make_update(title_en="Raids in Minsk", body_en="<p>At dawn.</p>", kind="briefing")
    log_in(client)
    data = read_form(client, f"{ADD}?copy={update.pk}")
    assert (data["title_en"], data["kind"], data["situation"]) == (
        ["Raids in Minsk"], ["briefing"], [str(update.situation_id)],
    )  # fmt: skip


def test_a_copy_saves_nothing_until_it_is_saved(client):
    update = make_update(title_en="Raids in Minsk")
    log_in(client)
    page = client.get(f"{ADD}?copy={update.pk}")
    assert "Nothing is saved yet" in page.content.decode()
    assert Update.objects.count() == 1


def test_a_saved_copy_has_an_address_of_its_own(client):
    update = make_update(title_en="Raids in Minsk")
    log_in(client)
    submit_form(client, f"{ADD}?copy={update.pk}", date="2020-09-01")
    assert Update.objects.exclude(pk=update.pk).get().slug == "raids-in-minsk"


def test_a_copy_of_a_testimony_has_no_consent(client):
    story = make_story()
    log_in(client)
    data = read_form(client, f"/admin/stories/survivorstory/add/?copy={story.pk}")
    assert data["original_title"] == [story.original_title]
    assert data["consent-0-reference"] == [""]


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 30, "%00"])
def test_a_copy_of_nothing_is_an_empty_form(client, number):
    log_in(client)
    assert client.get(f"{ADD}?copy={number}").status_code == 200


def test_the_first_page_draws_what_was_published_this_month(client):
    make_published_update()
    log_in(client)
    month = timezone.localdate().strftime("%B %Y")
    assert f"<title>{month}: 1 item</title>" in client.get("/admin/").content.decode()


def test_what_was_published_twice_in_a_month_is_one_item_of_it(client):
    update = make_published_update()
    update.title_en = "Corrected"
    update.save()
    transitions.publish(update)
    log_in(client)
    month = timezone.localdate().strftime("%B %Y")
    assert f"<title>{month}: 1 item</title>" in client.get("/admin/").content.decode()


def test_the_picture_of_months_has_twelve_ending_with_this_one():
    bars = monthly_chart.build_monthly_chart(today=dt.date(2026, 3, 31)).bars
    assert (bars[0].month, bars[-1].month, len(bars)) == (dt.date(2025, 4, 1), dt.date(2026, 3, 1), 12)


def test_the_picture_names_every_third_month_and_the_first_with_its_year():
    assert list(monthly_chart.build_monthly_chart(today=dt.date(2026, 3, 31)).names) == [
        "Apr 2025",
        "Jul",
        "Oct",
        "Jan",
    ]


@pytest.mark.parametrize("list_of", ["updates/update", "stories/survivorstory", "situations/partner", "desk/guideline"])
def test_the_way_back_names_each_step_once(client, list_of):
    log_in(client, "chief", role="administrator")
    for page in (f"/admin/{list_of}/", f"/admin/{list_of}/add/"):
        way = re.search(r'<div class="breadcrumbs">(.*?)</div>', client.get(page).content.decode(), re.DOTALL)[1]
        steps = [step.strip() for step in re.sub("<[^>]*>", "", way).split("&rsaquo;")]
        assert len(steps) == len(set(steps)) == (3 if page.endswith("add/") else 2)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "1 November 2026, 14:30 UTC"),
        ("be", "1 лістапада 2026 г., 14:30 UTC"),
        ("ar", "1 نوفمبر 2026، 14:30 UTC"),
    ],
)
def test_a_moment_in_any_table_is_written_in_full_with_its_zone(client, code, words):
    account = log_in(client, "chief", role="administrator")
    account.language = code
    account.save()
    alert = make_alert(public=False)
    alert.starts = dt.datetime(2026, 11, 1, 14, 30, tzinfo=dt.UTC)
    alert.save()
    assert words in client.get("/admin/situations/alert/").content.decode()
