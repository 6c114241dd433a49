"""The preview: exactly the public page of a working copy, for staff alone."""

import pytest

from tests.desk import address, log_in
from tests.factories import make_organisation, make_situation, make_story, make_update

pytestmark = pytest.mark.django_db


def preview(item, language="en"):
    return address(item, f"preview/{language}")


@pytest.fixture
def update():
    make_organisation()
    return make_update("As written", title_ru="Как написано", body_ru="<p>Слова</p>")


def test_a_draft_is_shown_on_its_public_page(client, update):
    log_in(client)
    page = client.get(preview(update)).content.decode()
    assert "<h1>As written</h1>" in page
    assert 'class="masthead"' in page


def test_a_preview_is_the_public_page(client):
    log_in(client)
    update = make_update("As published", body_en="<p>Words</p>", public=True)
    shown = client.get(preview(update)).content.decode()
    public = client.get(f"/en/belarus/updates/{update.slug}/").content.decode()
    main = slice(shown.index("<main"), shown.index("</main>"))
    assert shown[main] == public[public.index("<main") : public.index("</main>")]


def test_a_preview_says_that_it_is_not_public(client, update):
    log_in(client)
    page = client.get(preview(update)).content.decode()
    assert "<title>Preview: not public" in page
    assert "Back to editing" in page


def test_a_preview_is_kept_nowhere(client, update):
    log_in(client)
    answer = client.get(preview(update))
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_preview_leads_to_the_previews_of_the_other_languages(client, update):
    log_in(client)
    page = client.get(preview(update)).content.decode()
    assert f'<a href="{preview(update, "ar")}" lang="ar"' in page
    assert f'href="/ar/belarus/updates/{update.slug}/"' not in page.split("<main")[0].split("<body")[1]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "be", "ar"])
def test_a_preview_exists_in_every_language(client, update, language):
    log_in(client)
    page = client.get(preview(update, language)).content.decode()
    assert f'<html lang="{language}"' in page
    assert "Слова" in page


def test_a_preview_in_no_language_of_the_site_is_not_found(client, update):
    log_in(client)
    assert client.get(preview(update, "de")).status_code == 404


def test_nobody_sees_a_preview_without_login(client, update):
    answer = client.get(preview(update))
    assert answer.status_code == 302
    assert not answer.content


def test_an_account_without_the_right_sees_no_preview(client, update):
    log_in(client, "auditor", role="auditor")
    answer = client.get(preview(update))
    assert answer.status_code == 403
    assert b"As written" not in answer.content


def test_a_testimony_is_previewed_with_its_original(client):
    log_in(client)
    story = make_story("Сведчанне", original_body="<p>Словы</p>", situation=make_situation(public=False))
    page = client.get(preview(story)).content.decode()
    assert "Сведчанне" in page
    assert "Словы" in page


def test_the_picture_of_a_draft_is_fetched_from_where_staff_alone_can(client):
    log_in(client)
    drawn = {"name": "a1b2.jpg", "type": "image/jpeg", "width": 800, "height": 600, "size": 9}
    picture = {"renditions": [drawn], "width": 800, "height": 600}
    update = make_update(picture=picture, picture_alt_en="A corridor")
    page = client.get(preview(update)).content.decode()
    assert address(update, "file/a1b2.jpg").removesuffix("/") in page
    assert "/media/a1b2.jpg" not in page.split("<body")[1]
