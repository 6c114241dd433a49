"""The lists of the desk and its first page: what they show, find and cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishing.workflow import transitions
from tests.support.desk_client import admin_url, log_in, say_seen, submit_form
from tests.support.factories import (
    make_alert,
    make_organisation,
    make_partner,
    make_situation,
    make_staff,
    make_story,
    make_update,
)
from updates.models import Update

pytestmark = pytest.mark.django_db
LIST = "/admin/updates/update/"


def rows(client, query=""):
    """Titles of the rows that a list shows."""
    return [str(item) for item in client.get(LIST + query).context["cl"].result_list]


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("make", "url"), [(make_update, LIST), (make_story, "/admin/stories/survivorstory/")], ids=["updates", "stories"]
)
def test_a_list_of_fifty_asks_the_database_no_more_than_one_of_five(client, make, url):
    log_in(client)
    for _number in range(5):
        make(public=True)
    few = queries(client, url)
    for _number in range(45):
        make(public=True)
    assert queries(client, url) == few <= 12


def test_a_row_shows_status_languages_and_the_date_as_far_as_it_is_known(client):
    log_in(client)
    make_update(title_ru="Новость", date_precision="month", by=make_staff("anna"))
    page = client.get(LIST).content.decode()
    assert "Draft</span>" in page
    assert '<span class="original">en</span> <span class="missing">(fr)</span>' in page
    assert '<td class="field-day">2020-08</td>' in page
    assert "anna" in page


def test_a_published_item_that_was_changed_says_so(client):
    log_in(client)
    update = make_update(public=True)
    assert "changed since" not in client.get(LIST).content.decode()
    submit_form(client, admin_url(update), title_en="Other words")
    assert "changed since" in client.get(LIST).content.decode()


def test_a_draft_over_a_public_version_says_so(client):
    log_in(client)
    update = make_update(public=True)
    transitions.submit(update)
    assert "an earlier version is public" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?missing=fr", {"English only"}),
        ("?missing=any", {"English only", "Deux langues"}),
        ("?standing=public", {"Deux langues"}),
        ("?standing=never", {"English only"}),
        ("?status__exact=draft", {"English only"}),
        ("?partner=viasna", {"Deux langues"}),
        ("?q=deux", {"Deux langues"}),
        ("?q=МІНСК", {"English only"}),
        ("?missing=junk&standing=junk&partner=junk", set()),
    ],
)
def test_a_filter_finds_what_it_names(client, query, found):
    log_in(client)
    make_update("English only", title_be="Турма ў Мінск")
    make_update("", title_fr="Deux langues", language="fr", publisher=make_partner("Viasna"), public=True)
    assert set(rows(client, query)) == found


def test_a_search_for_thousands_of_words_is_answered(client):
    log_in(client)
    assert client.get(LIST, {"q": "word " * 3000}).status_code == 200


@pytest.mark.parametrize("address", ["/admin/audit/event/", "/admin/staff/account/"])
def test_a_search_for_thousands_of_words_is_answered_elsewhere_too(client, address):
    log_in(client, "admin", role="administrator")
    assert client.get(address, {"q": "word " * 3000}).status_code == 200


def test_a_search_for_a_nul_is_answered(client):
    log_in(client)
    make_update()
    assert client.get(f"{LIST}?q=%00").status_code == 200


def test_the_first_page_counts_what_waits_and_leads_there(client):
    log_in(client)
    transitions.submit(make_update())
    make_alert()
    page = client.get("/admin/").content.decode()
    assert "Waiting for review" in page
    assert '<a href="/admin/updates/update/?status__exact=in_review">Updates</a>: 1' in page
    assert "Alerts showing now" in page


def test_each_number_of_the_first_page_leads_to_as_many_rows(client):
    log_in(client)
    make_organisation()
    make_update(public=True)
    make_story(public=True)
    for tile in client.get("/admin/").context["drawn"]:
        for count in tile.counts:
            if "organisation/" not in count.url:
                shown = client.get(count.url).context
                assert len(shown["cl"].result_list if "cl" in shown else shown["rows"]) == count.number


def test_an_auditor_sees_no_numbers_of_content(client):
    log_in(client, "auditor", role="auditor")
    make_update()
    assert "Waiting for review" not in client.get("/admin/").content.decode()


def test_every_page_of_the_desk_answers_every_role_without_an_error(client):
    make_situation()
    items = [make_update(public=True), make_story(public=True), make_alert(), make_organisation()]
    for role in ("contributor", "approver", "translator", "newsletter", "administrator", "auditor"):
        log_in(client, role, role=role)
        for item in items:
            for page in ("change", "history", "publish", "withdraw", "preview/en", "approve"):
                assert client.get(admin_url(item, page)).status_code in {200, 302, 403, 404}


def test_many_are_approved_at_once_but_none_by_its_author(client):
    mine = log_in(client)
    others, own = make_update(), make_update(by=mine)
    for item in (others, own):
        transitions.submit(item)
    listed = "/admin/updates/update/"
    chosen = {"action": "approve_all", "_selected_action": [others.pk, own.pk]}
    assert "What will happen" in client.post(listed, chosen).content.decode()
    client.post(listed, chosen | {"confirmed": "yes"} | say_seen(others, own))
    assert [Update.objects.get(pk=item.pk).status for item in (others, own)] == ["approved", "in_review"]
