"""The preview: exactly the public page of a working copy, for staff alone."""

import pytest

from situations.models import Organisation
from tests.support.desk_client import admin_url, log_in
from tests.support.factories import make_alert, make_organisation, make_situation, make_story, make_update

pytestmark = pytest.mark.django_db


def preview(item, language="en"):
    return admin_url(item, f"preview/{language}")


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
    assert main_of(shown) == main_of(public)


def main_of(page):
    """Its lines; the public side leaves out those that are empty."""
    return [line for line in page[page.index("<main") : page.index("</main>")].split("\n") if line.strip()]


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
    assert admin_url(update, "file/a1b2.jpg").removesuffix("/") in page
    assert "/media/a1b2.jpg" not in page.split("<body")[1]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_situation_that_was_never_public_is_previewed_on_its_page(client, language):
    log_in(client)
    situation = make_situation("draft", public=False, title_en="A new crisis", introduction_en="Forty words.")
    page = client.get(preview(situation, language)).content.decode()
    assert f'<html lang="{language}"' in page
    assert "A new crisis" in page.split("<main")[1]
    assert "Forty words." in page.split("<main")[1]


def test_a_changed_situation_is_previewed_as_it_would_be(client):
    log_in(client)
    situation = make_situation()
    make_update("Stands in it", situation=situation, public=True)
    situation.introduction_en = "Mended words."
    situation.save()
    page = client.get(preview(situation)).content.decode()
    assert "Mended words." in page
    assert "Stands in it" in page
    assert "Mended words." not in client.get("/en/belarus/").content.decode()


def test_an_alert_is_previewed_above_the_page_of_its_situation(client):
    log_in(client)
    alert = make_alert("Internet is down", public=False, situation=make_situation())
    page = client.get(preview(alert)).content.decode()
    assert "Internet is down" in page.split("<main")[0].split('class="alert"')[1]
    assert "All Eyes on Belarus" in page


def test_an_alert_of_the_whole_site_is_previewed_once_above_the_first_page(client):
    log_in(client)
    alert = make_alert("Internet is down")
    alert.sentence_en = "Internet is back"
    alert.save()
    page = client.get(preview(alert)).content.decode()
    assert "Internet is back" in page
    assert "Internet is down" not in page


def test_the_organisation_is_previewed_on_the_first_page_with_its_colours(client):
    log_in(client)
    make_organisation()
    only = Organisation.objects.get()
    only.sentence_en, only.link = "We keep it.", "#123456"
    only.save()
    page = client.get(preview(only)).content.decode()
    colours = admin_url(only, "file/colours.css").removesuffix("/")
    assert "We keep it." in page
    assert f'href="{colours}"' in page
    assert "#123456" in client.get(colours).content.decode()


def test_a_preview_can_be_seen_as_wide_as_a_phone(client, update):
    log_in(client)
    phone = client.get(preview(update, "ar/phone"))
    framed = preview(update, "ar/framed")
    assert f'<iframe src="{framed}"' in phone.content.decode()
    assert "frame-src 'self'" in phone["Content-Security-Policy"]
    page = client.get(framed)
    assert '<html lang="ar"' in page.content.decode()
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_nothing_but_the_framed_preview_may_be_framed(client, update):
    log_in(client)
    for page in (preview(update), preview(update, "en/phone"), admin_url(update)):
        answer = client.get(page)
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("page", ["en/phone", "en/framed"])
def test_nobody_sees_a_narrow_preview_without_login_or_right(client, update, page):
    assert client.get(preview(update, page)).status_code == 302
    log_in(client, "auditor", role="auditor")
    assert client.get(preview(update, page)).status_code == 403
