"""The form of a working copy: what it saves, what it refuses, and that nobody's words are lost."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pypdf import PdfWriter

from publishing.workflow import transitions
from situations.models import Tag
from tests.support.desk_client import admin_url, log_in, messages_for, read_form, submit_form
from tests.support.factories import approve_item, make_organisation, make_staff, make_story, make_tag, make_update
from updates.models import Update

pytestmark = pytest.mark.django_db


def fresh(item):
    return type(item).objects.get(pk=item.pk)


def png():
    stored = io.BytesIO()
    Image.new("RGB", (800, 600), "navy").save(stored, "PNG")
    return SimpleUploadedFile("name_of_witness.png", stored.getvalue(), "image/png")


def test_a_saved_update_is_a_draft_that_nobody_else_sees(client):
    log_in(client)
    update = make_update()
    answer = submit_form(client, admin_url(update), title_en="New words", title_ru="Новые слова")
    assert (fresh(update).title_en, fresh(update).title_ru) == ("New words", "Новые слова")
    assert "Only staff can see it" in messages_for(answer)
    assert client.get(f"/en/belarus/updates/{update.slug}/").status_code == 404


def test_a_new_update_gets_an_address_from_its_title(client):
    log_in(client)
    other = make_update()
    url = "/admin/updates/update/add/"
    submit_form(client, url, situation=other.situation_id, title_en="Stop torture now", date="2020-08-14")
    assert Update.objects.get(title_en="Stop torture now").slug == "stop-torture-now"


def test_each_language_has_its_own_section_in_its_own_direction(client):
    log_in(client)
    page = client.get(admin_url(make_update(title_ar="عنوان"))).content.decode()
    assert page.count('class="module language"') == 6
    assert '<div class="translated-field" lang="ar" dir="rtl"><input type="text" name="title_ar"' in page


def test_the_heading_of_a_language_says_how_far_it_is(client):
    log_in(client)
    page = client.get(admin_url(make_update(title_ar="عنوان"))).content.decode()
    assert '<span lang="en">English</span> <span class="state original">original</span>' in page
    assert '<span lang="ar">العربيّة</span> <span class="state draft">draft</span>' in page
    assert '<span lang="fr">Français</span> <span class="state missing">missing</span>' in page


def test_a_title_is_demanded_in_the_language_that_it_was_written_in(client):
    log_in(client)
    update = make_update()
    answer = submit_form(client, admin_url(update), language="ru", title_fr="Autre")
    assert answer.context["adminform"].form.errors["title_ru"]
    assert 'value="Autre"' in answer.content.decode()
    assert fresh(update).title_fr != "Autre"


def test_scripts_in_rich_text_are_gone_when_it_is_saved(client):
    log_in(client)
    update = make_update()
    submit_form(client, admin_url(update), body_ru='<p onclick="x()">Текст<script>x()</script></p>')
    assert fresh(update).body_ru == "<p>Текст</p>"


def test_what_changed_is_in_the_history_with_its_author(client):
    log_in(client, "anna")
    update = make_update()
    submit_form(client, admin_url(update), title_fr="Arrêtez")
    page = client.get(admin_url(update, "history")).content.decode()
    assert "anna" in page
    assert "Arrêtez" in page


def test_a_history_of_nothing_is_not_found(client):
    log_in(client)
    assert client.get("/admin/updates/update/junk/history/").status_code == 404


# --- Two people at once ------------------------------------------------------------------------


def test_the_second_to_save_sees_the_words_of_the_first_and_keeps_their_own_on_the_screen(client):
    log_in(client, "second")
    update = make_update("Old title")
    mine = read_form(client, admin_url(update)) | {"title_en": "My title"}
    log_in(client, "first")
    submit_form(client, admin_url(update), title_en="Their title")
    log_in(client, "second")
    page = client.post(admin_url(update), mine | {"_save": "1"}).content.decode()
    assert "first wrote here: “Their title”" in page
    assert 'value="My title"' in page
    assert fresh(update).title_en == "Their title"


def test_after_seeing_both_the_second_may_save(client):
    log_in(client)
    update = make_update("Old title")
    mine = read_form(client, admin_url(update)) | {"title_en": "My title"}
    submit_form(client, admin_url(update), title_en="Their title")
    shown = client.post(admin_url(update), mine | {"_save": "1"}).context["adminform"].form
    client.post(admin_url(update), mine | {"_save": "1", "version": shown["version"].value()})
    assert fresh(update).title_en == "My title"


def test_what_only_the_first_changed_is_taken_over(client):
    log_in(client)
    update = make_update("Old title")
    mine = read_form(client, admin_url(update)) | {"title_fr": "Mon titre"}
    submit_form(client, admin_url(update), summary_en="Their summary")
    form = client.post(admin_url(update), mine | {"_save": "1"}).context["adminform"].form
    assert form["summary_en"].value() == "Their summary"
    assert form["title_fr"].value() == "Mon titre"
    assert "Taken from that version: Summary (English)" in str(form.non_field_errors())


def test_tags_that_another_person_set_are_not_overwritten_unseen(client):
    log_in(client)
    update = make_update(tags=[make_tag("Torture")])
    mine = read_form(client, admin_url(update)) | {"tags": ""}
    submit_form(client, admin_url(update), tags="Torture, Detention")
    form = client.post(admin_url(update), mine | {"_save": "1"}).context["adminform"].form
    assert "Detention" in str(form.errors["tags"])


def test_a_form_that_hides_its_version_is_refused(client):
    log_in(client)
    update = make_update("Old title")
    data = read_form(client, admin_url(update)) | {"title_en": "My title", "_save": "1"}
    del data["version"]
    client.post(admin_url(update), data)
    assert fresh(update).title_en == "Old title"


# --- Review ------------------------------------------------------------------------------------


def test_a_changed_item_leaves_review(client):
    author = log_in(client)
    update = make_update(by=author)
    transitions.submit(update)
    answer = submit_form(client, admin_url(update), title_en="Other words")
    assert fresh(update).status == "draft"
    assert "it is a draft again" in messages_for(answer)


def test_a_changed_tag_alone_ends_an_approval(client):
    log_in(client)
    update = approve_item(make_update())
    submit_form(client, admin_url(update), tags="Torture")
    assert fresh(update).status == "draft"


def test_pressing_save_without_a_change_makes_nobody_an_author(client):
    approver = log_in(client, "approver")
    story = make_story(by=make_staff("author", role="contributor"))
    transitions.submit(story)
    answer = submit_form(client, admin_url(story))
    assert "nothing was saved" in messages_for(answer)
    transitions.approve(story, by=approver)
    assert fresh(story).status == "approved"


def test_a_changed_consent_counts_as_a_change_of_the_testimony(client):
    log_in(client)
    story = approve_item(make_story(), by=make_staff("other"))
    submit_form(client, admin_url(story), **{"consent-0-reference": "V-2"})
    assert (fresh(story).status, fresh(story).version) == ("draft", 1)


def test_hiding_a_testimony_without_a_day_is_refused_in_words(client):
    log_in(client)
    answer = submit_form(client, admin_url(make_story()), **{"consent-0-hide_when_due": "on"})
    assert "Set the day on which it is to be hidden." in answer.content.decode()


# --- Tags --------------------------------------------------------------------------------------


def test_a_tag_is_found_by_its_name_in_any_language(client):
    log_in(client)
    tag = make_tag("Torture", name_ru="Пытки")
    update = make_update()
    submit_form(client, admin_url(update), tags="пытки, Protest")
    assert {tag.slug for tag in update.tags.all()} == {tag.slug, "protest"}
    assert Tag.objects.get(slug="protest").name_en == "Protest"


def test_a_tag_without_a_name_in_the_editors_language_can_be_removed(client):
    log_in(client)
    update = make_update(tags=[make_tag("пытки", name_en="", name_ru="Пытки")])
    submit_form(client, admin_url(update), tags="")
    assert not update.tags.exists()


# --- Files -------------------------------------------------------------------------------------


def test_a_picture_is_drawn_anew_and_its_original_named_once(client):
    log_in(client)
    update = make_update()
    answer = submit_form(client, admin_url(update), new_picture=png(), picture_alt_en="A blue square")
    assert fresh(update).picture["width"] == 800
    assert "SHA-256" in messages_for(answer)
    assert "sha256" not in fresh(update).picture
    assert "name_of_witness" not in answer.content.decode()


def test_the_picture_of_a_draft_is_for_staff_alone(client):
    log_in(client)
    update = make_update()
    submit_form(client, admin_url(update), new_picture=png(), picture_decorative="on")
    name = fresh(update).picture["renditions"][0]["name"]
    staff_address = admin_url(update, f"file/{name}").removesuffix("/")
    assert client.get(staff_address)["Content-Type"].startswith("image/")
    client.logout()
    assert client.get(staff_address).status_code == 302
    assert client.get(f"/media/{name}").status_code == 404


def test_what_is_no_picture_is_refused_in_words(client):
    log_in(client)
    update = make_update()
    upload = SimpleUploadedFile("photo.jpg", b"%PDF-1.7 nothing", "image/jpeg")
    answer = submit_form(client, admin_url(update), new_picture=upload)
    assert "This is a PDF file, whatever its name says." in answer.content.decode()


def test_a_form_with_another_fault_keeps_no_file(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path  # its own: other tests store files meanwhile
    log_in(client)
    answer = submit_form(client, admin_url(make_update()), new_picture=png(), title_en="")
    assert "Choose the picture again" in answer.content.decode()
    assert not list(tmp_path.iterdir())


def test_a_picture_can_be_removed_and_its_files_go_with_it(client, django_capture_on_commit_callbacks):
    log_in(client)
    update = make_update()
    submit_form(client, admin_url(update), new_picture=png(), picture_decorative="on")
    name = fresh(update).picture["renditions"][0]["name"]
    with django_capture_on_commit_callbacks(execute=True):
        submit_form(client, admin_url(update), remove_picture="on")
    assert fresh(update).picture is None
    assert not default_storage.exists(name)


def test_a_document_that_is_no_pdf_is_refused_in_words(client):
    log_in(client)
    update = make_update()
    changes = {
        "attachments-TOTAL_FORMS": "1",
        "attachments-0-title": "Statement",
        "attachments-0-language": "en",
        "attachments-0-document": SimpleUploadedFile("a.pdf", b"hello", "application/pdf"),
    }
    assert "This is not a PDF" in submit_form(client, admin_url(update), **changes).content.decode()
    assert not update.attachments.exists()


def pdf():
    made, stored = PdfWriter(), io.BytesIO()
    made.add_blank_page(100, 100)
    made.add_metadata({"/Author": "Name of a person"})
    made.write(stored)
    return SimpleUploadedFile("statement by name.pdf", stored.getvalue(), "application/pdf")


def test_a_document_is_kept_with_its_facts_and_the_editor_told_what_it_gave_away(client):
    log_in(client)
    update = make_update()
    document = {"attachments-0-title": "Statement", "attachments-0-language": "en", "attachments-0-document": pdf()}
    answer = submit_form(client, admin_url(update), **document)
    assert update.attachments.get().pages == 1
    assert "Author: Name of a person" in messages_for(answer)
    assert fresh(update).version == 1


def test_the_file_of_a_removed_document_is_gone_too(client, django_capture_on_commit_callbacks):
    log_in(client)
    update = make_update()
    document = {"attachments-0-title": "Statement", "attachments-0-language": "en", "attachments-0-document": pdf()}
    submit_form(client, admin_url(update), **document)
    name = update.attachments.get().name
    with django_capture_on_commit_callbacks(execute=True):
        submit_form(client, admin_url(update), **{"attachments-0-DELETE": "on"})
    assert not update.attachments.exists()
    assert not default_storage.exists(name)


def test_the_first_document_of_an_update_is_saved_to_the_end(client, django_capture_on_commit_callbacks):
    log_in(client)
    document = {"attachments-0-title": "Statement", "attachments-0-language": "en", "attachments-0-document": pdf()}
    with django_capture_on_commit_callbacks(execute=True):
        response = submit_form(client, admin_url(make_update("Title")), **document)
    assert "Saved." in messages_for(response)


def test_tags_without_an_english_name_stand_beside_each_other(client):
    log_in(client)
    for name in ("détention", "torture"):
        submit_form(client, "/admin/situations/tag/add/", name_fr=name)
    assert set(Tag.objects.values_list("name_fr", flat=True)) == {"détention", "torture"}


def test_a_tag_called_like_another_is_refused_in_words(client):
    log_in(client)
    make_tag(name_fr="détention")
    response = submit_form(client, "/admin/situations/tag/add/", name_ru="Détention")
    assert "Another tag already has this name" in response.content.decode()


def test_a_square_mark_is_taken_as_its_outline_and_another_form_refused_in_words(client):
    log_in(client)
    organisation = make_organisation()
    good = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8H0z"/></svg>'
    submit_form(client, admin_url(organisation), new_mark=SimpleUploadedFile("m.svg", good, "image/svg+xml"))
    assert fresh(organisation).mark["paths"] == ["M0 0h8v8H0z"]
    bad = SimpleUploadedFile("m.svg", good.replace(b"path", b"image"), "image/svg+xml")
    answer = submit_form(client, admin_url(organisation), new_mark=bad)
    assert "this SVG has &lt;image&gt;" in answer.content.decode()


def test_a_mark_without_a_fill_rule_is_shown(client):
    log_in(client)
    organisation = make_organisation(mark={"viewbox": "0 0 9 9", "paths": ["M0 0h9v9z"]})
    assert 'd="M0 0h9v9z"' in client.get(admin_url(organisation)).content.decode()


def test_a_faint_colour_of_links_is_refused_in_words(client):
    log_in(client)
    answer = submit_form(client, admin_url(make_organisation()), link="#cccccc")
    assert "Too faint to read" in answer.content.decode()


def test_saving_in_all_languages_asks_the_database_at_most_forty_times(client):
    log_in(client)
    update = make_update()
    words = {f"{name}_{code}": "Words" for name in ("title", "summary", "body") for code in ("en", "fr", "ru", "ar")}
    data = read_form(client, admin_url(update)) | words | {"tags": "Torture, Detention", "_save": "1"}
    with CaptureQueriesContext(connection) as captured:
        client.post(admin_url(update), data)
    assert fresh(update).title_ar == "Words"
    assert len(captured) <= 40
