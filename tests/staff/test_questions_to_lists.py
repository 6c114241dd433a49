"""What a form hides, a list does not tell either, however its address is written."""

import pytest
from django.contrib import admin

from audit.list_guards import GuardedAdmin
from tests.support.desk_client import log_in
from tests.support.factories import make_situation, make_staff, make_update

pytestmark = pytest.mark.django_db
UPDATES = "/admin/updates/update/"


def count_rows(client, address):
    return client.get(address).context["cl"].result_count


@pytest.fixture
def translator(client):
    account = log_in(client, "translator", role="translator")
    account.languages = ["fr"]
    account.save()
    make_situation()
    return account


def test_every_admin_answers_only_what_its_list_offers():
    others = [one for one in admin.site._registry.values() if not isinstance(one, GuardedAdmin)]
    # Which tasks were done is for superusers alone, and a library's own.
    assert {one.model._meta.app_label for one in others} <= {"django_tasks_database"}


@pytest.mark.parametrize(
    "address",
    [
        "/admin/staff/account/?password__startswith=argon2",
        "/admin/staff/account/?password__regex=^argon2[$]",
        "/admin/staff/account/?groups__permissions__codename__startswith=a",
        "/admin/newsletter/subscriber/?fingerprint__startswith=a",
        f"{UPDATES}?title_ru__startswith=a",
        f"{UPDATES}?situation__title_ru__startswith=a",
        f"{UPDATES}?edited_by__password__startswith=a",
        "/admin/audit/event/?digest__startswith=a",
    ],
)
def test_no_address_asks_about_a_column_that_the_list_does_not_offer(client, address):
    log_in(client, "chief", role="administrator")
    assert client.get(address).status_code == 400


@pytest.mark.parametrize(
    "query", ["status__exact=draft", "situation__id__exact=1", "kind__exact=report", "partner=x", "kind__in=report"]
)
def test_the_filters_of_a_list_go_on_working(client, query):
    log_in(client)
    assert client.get(f"{UPDATES}?{query}").status_code == 200


def test_a_link_from_an_edition_to_its_deliveries_goes_on_working(client):
    log_in(client, "chief", role="administrator")
    assert client.get("/admin/newsletter/delivery/?edition__id__exact=1").status_code == 200


def test_a_search_tells_a_translator_nothing_of_languages_that_the_form_hides(client, translator):
    make_update("Public words", title_ru="Секретный черновик")
    assert count_rows(client, f"{UPDATES}?q=Секретный") == 0
    assert count_rows(client, f"{UPDATES}?q=Public") == 1


def test_a_search_finds_for_a_translator_what_the_form_shows(client, translator):
    make_update("Words", title_fr="Brouillon")
    make_update("", language="ru", title_ru="Черновик")
    assert count_rows(client, f"{UPDATES}?q=Brouillon") == 1
    assert count_rows(client, f"{UPDATES}?q=Черновик") == 1


def test_a_search_finds_every_language_for_who_writes_them_all(client):
    make_situation()
    make_update("Words", title_ru="Черновик")
    client.force_login(make_staff())
    assert count_rows(client, f"{UPDATES}?q=Черновик") == 1
