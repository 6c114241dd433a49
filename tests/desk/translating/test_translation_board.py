"""The board of translations: what it shows to whom, what it finds, and what it costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.translating.board import PER_PAGE
from stories.models import SurvivorStory
from tests.desk.translating.test_translation_desk import into, translator
from tests.support.desk_client import admin_url, log_in, submit_form
from tests.support.factories import make_alert, make_situation, make_story, make_update
from updates.models import Update

pytestmark = pytest.mark.django_db
BOARD = "/admin/desk/translation/"


def list_titles(client, query=""):
    """Titles of the rows of the board."""
    return [row.title for row in client.get(BOARD + query).context["rows"]]


def cells(client, query=""):
    """Language -> state, of the first row."""
    return {language[0]: state for language, state, *_rest in client.get(BOARD + query).context["rows"][0].cells}


def test_the_board_shows_each_item_with_the_state_of_each_language(client):
    log_in(client)
    update = make_update("Words", title_fr="Mots", title_ru="Слова")
    submit_form(client, into(update, "fr"), "_check")
    assert cells(client) == {
        "en": "original", "fr": "checked", "es": "missing", "ru": "draft", "be": "missing", "ar": "missing"
    }  # fmt: skip


def test_a_state_is_a_word_and_a_shape(client):
    log_in(client)
    make_update()
    page = client.get(BOARD).content.decode()
    assert '<span class="translation-state missing"><svg class="shape"' in page
    assert "</svg>missing</span>" in page


def test_a_translator_sees_its_languages_alone(client):
    translator(client, "fr", "ar")
    make_update("Words", title_ru="Слова")
    assert cells(client) == {"fr": "missing", "ar": "missing"}
    assert "Слова" not in client.get(BOARD).content.decode()


def test_another_language_in_the_address_shows_a_translator_nothing_more(client):
    translator(client, "fr")
    make_update("Words", title_ru="Слова")
    assert cells(client, "?language=ru") == {"fr": "missing"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Plain", "Old report"}),
        ("?type=story", {"“Ты за Ціханоўскую?”"}),
        ("?kind=report", {"Old report"}),
        ("?state=missing&language=fr", {"Plain"}),
        ("?state=draft&language=fr", set()),
        ("?state=stale&language=fr", {"Old report"}),
        ("?state=due&language=fr", {"Plain", "Old report"}),
        ("?state=checked", set()),
        ("?state=draft&language=ru", {"Plain"}),
        ("?status=published", {"Plain"}),
        ("?age=week", {"Plain"}),
        ("?age=old", {"Old report"}),
        ("?type=junk&state=junk&language=junk&age=junk&after=junk", {"Plain", "Old report"}),
    ],
)
def test_a_filter_finds_what_it_names(client, query, found):
    log_in(client)
    make_update("Plain", title_ru="Слова", public=True)
    old = make_update("Older report", kind="report", title_fr="Rapport")
    submit_form(client, admin_url(old), title_en="Old report")
    Update.objects.filter(pk=old.pk).update(modified=timezone.now() - dt.timedelta(days=100))
    make_story()
    assert set(list_titles(client, query)) == found


def test_a_situation_narrows_the_board(client):
    log_in(client)
    make_update("In Belarus")
    other = make_situation("elsewhere")
    make_update("Elsewhere", situation=other)
    assert list_titles(client, f"?situation={other.pk}") == ["Elsewhere"]


def test_pages_follow_each_other_without_gap_or_repetition(client):
    log_in(client)
    for number in range(PER_PAGE + 3):
        make_update(f"Update {number}")
    moment = timezone.now()
    Update.objects.update(modified=moment)  # all at once, as an import leaves them
    first = client.get(f"{BOARD}?language=fr")
    second = client.get(BOARD + first.context["older"])
    pks = [row.item.pk for answer in (first, second) for row in answer.context["rows"]]
    assert len(pks) == len(set(pks)) == PER_PAGE + 3
    assert not second.context["older"]
    assert "language=fr" in first.context["older"]


def test_the_board_asks_the_database_the_same_few_times_however_much_it_shows(client):
    translator(client, "fr", "ru")
    make_update()

    def asked():
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{BOARD}?state=due")
        return len(captured)

    few = asked()
    for _number in range(PER_PAGE):
        make_update(title_fr="Mots")
    assert asked() == few < 12


@pytest.mark.parametrize("model", [Update, SurvivorStory])
def test_the_order_of_the_board_is_kept_by_an_index(model):
    assert ["-modified", "-id"] in [index.fields for index in model._meta.indexes]


@pytest.mark.parametrize(
    ("role", "status"),
    [("contributor", 200), ("approver", 200), ("administrator", 200), ("newsletter", 403), ("auditor", 403)],
)
def test_who_may_open_the_board(client, role, status):
    log_in(client, role, role=role)
    assert client.get(BOARD).status_code == status
    assert client.get(f"{BOARD}import/").status_code == status


def test_a_translator_without_languages_is_told_what_is_missing(client):
    translator(client)
    make_update("Words")
    page = client.get(BOARD).content.decode()
    assert "No language is chosen for your account yet" in page
    assert "Words" not in page


def test_a_contributor_finds_no_situations_on_the_board(client):
    log_in(client, "clara", role="contributor")
    make_alert()
    assert [name for name, _label, _here in client.get(BOARD).context["tabs"]] == ["update", "story", "alert"]


def test_the_first_page_leads_to_the_board(client):
    translator(client, "fr")
    assert f'href="{BOARD}"' in client.get("/admin/").content.decode()


def test_the_form_of_an_item_leads_to_its_translations(client):
    translator(client, "fr")
    update = make_update()
    page = client.get(admin_url(update)).content.decode()
    assert f'href="{into(update, "fr")}"' in page
    assert into(update, "ru") not in page


def test_nothing_is_added_changed_or_deleted_past_the_desk(client):
    log_in(client, "admin", role="administrator")
    submit_form(client, into(make_update(title_fr="Mots"), "fr"), "_check")
    for page in ("add/", "1/change/", "1/delete/"):
        assert client.post(BOARD + page, {}).status_code in {302, 403, 404}
