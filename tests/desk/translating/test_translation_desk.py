"""Translating at the desk: the page of one language, what it saves and refuses, and what is remembered of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from desk.models import Translation
from desk.translating import records
from publishing.models import Release
from publishing.workflow import transitions
from tests.support.desk_client import admin_url, log_in, messages_for, read_form, submit_form
from tests.support.factories import make_alert, make_organisation, make_staff, make_story, make_update
from updates.models import Update
from updates.spreadsheet_columns import import_updates

pytestmark = pytest.mark.django_db


def translator(client, *codes, name="tomas"):
    account = log_in(client, name, role="translator")
    account.languages = list(codes)
    account.save()
    return account


def into(item, code):
    return admin_url(item, f"translate/{code}")


def fresh(item):
    return type(item).objects.get(pk=item.pk)


def state(item, code):
    return records.get_translation_states(fresh(item))[code]


# --- From missing to checked, and back ---------------------------------------------------------


def test_a_translator_brings_a_language_from_missing_to_checked(client):
    translator(client, "fr")
    update = make_update("Stop torture")
    assert state(update, "fr") == "missing"
    submit_form(client, into(update, "fr"), title_fr="Halte à la torture")
    assert state(update, "fr") == "draft"
    answer = submit_form(client, into(update, "fr"), "_check")
    assert state(update, "fr") == "checked"
    assert "Checked." in messages_for(answer)


def test_who_wrote_and_who_checked_stand_on_the_page_and_on_the_board(client):
    update = make_update("Stop torture")
    translator(client, "fr")
    submit_form(client, into(update, "fr"), title_fr="Halte")
    translator(client, "fr", name="nina")
    submit_form(client, into(update, "fr"), "_check")
    for page in (into(update, "fr"), "/admin/desk/translation/"):
        shown = client.get(page).content.decode()
        assert "Written by tomas." in shown
        assert "Checked by nina." in shown


def test_who_checks_their_own_words_is_told_who_else_could(client):
    translator(client, "fr", name="nina")
    translator(client, "ru", name="rita")
    translator(client, "fr")
    update = make_update("Stop torture")
    answer = submit_form(client, into(update, "fr"), "_check", title_fr="Halte")
    assert "You wrote it yourself: nina could check it too." in messages_for(answer)
    assert state(update, "fr") == "checked"


def test_who_checks_the_words_of_another_is_told_of_nobody(client):
    update = make_update("Stop torture")
    translator(client, "fr")
    submit_form(client, into(update, "fr"), title_fr="Halte")
    translator(client, "fr", name="nina")
    assert "You wrote it yourself" not in messages_for(submit_form(client, into(update, "fr"), "_check"))


def test_a_check_is_in_the_log_with_its_language(client):
    translator(client, "fr")
    update = make_update(title_fr="Titre")
    submit_form(client, into(update, "fr"), "_check")
    event = Event.objects.get(verb="update.checked")
    assert (event.actor, event.detail) == ("tomas", {"language": "fr"})


def test_nothing_is_checked_where_nothing_is_written(client):
    translator(client, "fr")
    update = make_update()
    answer = submit_form(client, into(update, "fr"), "_check")
    assert "There is nothing to check" in messages_for(answer)
    assert not Translation.objects.exists()


def test_a_changed_original_makes_what_was_checked_out_of_date(client):
    translator(client, "fr")
    update = make_update(title_fr="Titre")
    submit_form(client, into(update, "fr"), "_check")
    log_in(client)
    submit_form(client, admin_url(update), title_en="Other words")
    assert state(update, "fr") == "stale"


def test_an_original_that_is_put_back_leaves_the_check_standing(client):
    log_in(client)
    update = make_update("First words", title_fr="Titre")
    submit_form(client, into(update, "fr"), "_check")
    submit_form(client, admin_url(update), title_en="Other words")
    submit_form(client, admin_url(update), title_en="First words")
    assert state(update, "fr") == "checked"


def test_a_changed_translation_has_to_be_checked_anew(client):
    log_in(client)
    update = make_update(title_fr="Titre")
    submit_form(client, into(update, "fr"), "_check")
    submit_form(client, admin_url(update), title_fr="Autre titre")
    assert state(update, "fr") == "draft"


def test_the_credit_of_a_translator_can_change_without_a_new_check(client):
    log_in(client)
    update = make_update(title_fr="Titre")
    submit_form(client, into(update, "fr"), "_check")
    submit_form(client, into(update, "fr"), translator_fr="Collectif")
    assert state(update, "fr") == "checked"
    assert fresh(update).document().texts["fr"].credit == "Collectif"


def test_a_translation_that_was_never_saved_at_the_desk_is_a_draft_and_becomes_out_of_date(client):
    log_in(client)
    update = make_update(title_fr="Titre")
    assert state(update, "fr") == "draft"
    submit_form(client, admin_url(update), title_en="Other words")
    assert state(update, "fr") == "stale"


def test_saving_an_outdated_translation_makes_it_a_draft_of_the_new_original(client):
    log_in(client)
    update = make_update(title_fr="Titre")
    submit_form(client, admin_url(update), title_en="Other words")
    submit_form(client, into(update, "fr"), title_fr="Autres mots")
    assert state(update, "fr") == "draft"


def test_words_that_changed_behind_the_desk_are_not_checked(client):
    log_in(client)
    update = make_update(title_fr="Titre")
    submit_form(client, into(update, "fr"), "_check")
    Update.objects.filter(pk=update.pk).update(title_fr="Écrit ailleurs")
    assert state(update, "fr") == "draft"


def test_an_emptied_translation_is_forgotten(client):
    log_in(client)
    update = make_update(title_fr="Titre")
    submit_form(client, into(update, "fr"), "_check")
    submit_form(client, into(update, "fr"), title_fr="")
    assert state(update, "fr") == "missing"
    assert not Translation.objects.exists()


def test_a_testimony_is_translated_from_the_words_as_they_were_given(client):
    log_in(client)
    story = make_story(original_body="<p>Мяне забралі</p>", summary_en="A summary", title_fr="Titre")
    page = client.get(into(story, "fr")).content.decode()
    assert 'lang="be" dir="ltr"><p>Мяне забралі</p>' in page
    assert "A summary" in page
    submit_form(client, into(story, "fr"), "_check")
    submit_form(client, admin_url(story), original_body="<p>Мяне забралі ўначы</p>")
    assert state(story, "fr") == "stale"


def test_an_english_translation_does_not_age_by_itself(client):
    log_in(client)
    story = make_story(summary_en="A summary")
    submit_form(client, into(story, "en"), "_check")
    submit_form(client, into(story, "en"), summary_en="A better summary")
    submit_form(client, into(story, "en"), "_check")
    assert state(story, "en") == "checked"


def test_the_page_shows_what_the_original_said_when_it_was_translated(client):
    log_in(client)
    update = make_update("First words", title_fr="Titre")
    submit_form(client, admin_url(update), summary_en="Now with a summary")
    submit_form(client, into(update, "fr"), title_fr="Titre nouveau")
    submit_form(client, admin_url(update), title_en="Second words")
    page = client.get(into(update, "fr")).content.decode()
    assert "The original changed after this translation was made" in page
    assert 'dir="ltr">First words</del>' in page


def test_a_restored_release_brings_its_translations_back_as_drafts(client):
    log_in(client)
    update = make_update("First", title_fr="Premier", public=True)
    release = Release.objects.of(update.uid).last()
    submit_form(client, admin_url(update), title_en="Second", title_fr="Deuxième")
    submit_form(client, into(update, "fr"), "_check")
    client.post(admin_url(update, f"restore/{release.pk}"), {"digest": fresh(update).seen_digest()})
    assert (fresh(update).title_fr, state(update, "fr")) == ("Premier", "draft")


def test_an_imported_original_makes_translations_of_the_desk_out_of_date(client, tmp_path):
    log_in(client)
    update = make_update("Words", title_fr="Mots")
    submit_form(client, into(update, "fr"), "_check")
    sheet = tmp_path / "updates.csv"
    sheet.write_text(f"situation,title,date,summary\nbelarus,Words,{update.date},A new summary\n")
    import_updates(sheet, quiet=True)
    assert (fresh(update).summary_en, state(update, "fr")) == ("A new summary", "stale")
    assert Translation.objects.get().stale


def test_purging_forgets_the_translations_too(client):
    admin = log_in(client, "admin", role="administrator")
    update = make_update(title_fr="Titre")
    submit_form(client, into(update, "fr"), "_check")
    transitions.purge(update, by=admin)
    assert not Translation.objects.exists()


# --- What is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_translator_does_not_reach_another_language(client, method):
    translator(client, "fr")
    update = make_update()
    assert getattr(client, method)(into(update, "ru"), {"title_ru": "Слова", "version": 0}).status_code == 403
    assert not fresh(update).title_ru


def test_a_translator_without_languages_reaches_none(client):
    translator(client)
    assert client.get(into(make_update(), "fr")).status_code == 403


@pytest.mark.parametrize(
    "forged", [{"title_en": "Forged"}, {"title_ru": "Подделка"}, {"slug": "forged"}, {"status": "published"}]
)
def test_what_the_page_of_a_language_does_not_show_cannot_be_sent(client, forged):
    translator(client, "fr")
    update = make_update()
    submit_form(client, into(update, "fr"), title_fr="Titre", **forged)
    name, value = next(iter(forged.items()))
    assert fresh(update).title_fr == "Titre"
    assert getattr(fresh(update), name) != value


def test_the_original_is_nobodys_to_translate(client):
    translator(client, "en", "be")
    assert client.get(into(make_update(), "en")).status_code == 403
    assert client.get(into(make_story(), "be")).status_code == 403


def test_a_language_that_the_site_does_not_have_is_not_found(client):
    log_in(client)
    assert client.get(into(make_update(), "xx")).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("contributor", 200),
        ("approver", 200),
        ("translator", 200),
        ("administrator", 200),
        ("newsletter", 403),
        ("auditor", 403),
    ],
)
def test_who_may_translate_an_update(client, role, status):
    account = log_in(client, role, role=role)
    account.languages = ["fr"]
    account.save()
    assert client.get(into(make_update(), "fr")).status_code == status


def test_a_contributor_may_not_translate_what_stands_above_items(client):
    log_in(client, "clara", role="contributor")
    update = make_update()
    assert client.get(into(update.situation, "fr")).status_code == 403


def test_a_translator_may_not_use_the_form_of_the_item_nor_publish(client):
    translator(client, "fr")
    update = make_update()
    assert client.post(admin_url(update), {"title_fr": "Titre", "_save": "1"}).status_code == 403
    assert client.post(admin_url(update, "publish"), {"digest": update.seen_digest()}).status_code == 403


def test_a_translator_sees_its_own_languages_and_the_original_alone(client):
    translator(client, "fr")
    update = make_update("Words", title_fr="Mots", title_ru="Слова")
    for page in (admin_url(update), into(update, "fr")):
        shown = client.get(page).content.decode()
        assert "Words" in shown
        assert "Mots" in shown
        assert "Слова" not in shown


def test_a_translator_reads_no_other_language_in_the_history_nor_in_a_preview(client):
    log_in(client)
    update = make_update("Words")
    submit_form(client, admin_url(update), title_fr="Mots", title_ru="Слова")
    translator(client, "fr")
    history = client.get(admin_url(update, "history")).content.decode()
    assert "Mots" in history
    assert "Слова" not in history
    for page in ("preview/{}", "preview/{}/phone", "preview/{}/framed"):
        answers = [client.get(admin_url(update, page.format(code))).status_code for code in ("en", "fr", "ru")]
        assert answers == [200, 200, 403]


def test_every_type_can_be_translated(client):
    log_in(client, "admin", role="administrator")
    for item in (make_update(), make_story(), make_alert(), make_organisation(), make_update().situation):
        answer = submit_form(client, into(item, "fr"))
        assert "nothing was saved" in messages_for(answer)


# --- Saved as any form of the desk -------------------------------------------------------------


def test_a_translation_ends_an_approval(client):
    translator(client, "fr")
    update = make_update(by=make_staff("author"))
    transitions.submit(update)
    answer = submit_form(client, into(update, "fr"), title_fr="Titre")
    assert fresh(update).status == "draft"
    assert "it is a draft again" in messages_for(answer)


def test_checking_alone_leaves_an_item_in_review(client):
    translator(client, "fr")
    update = make_update(title_fr="Titre")
    transitions.submit(update)
    submit_form(client, into(update, "fr"), "_check")
    assert (fresh(update).status, fresh(update).version) == ("in_review", 0)


def test_a_translator_is_an_author_of_what_they_saved(client):
    account = translator(client, "fr")
    story = make_story()
    submit_form(client, into(story, "fr"), title_fr="Titre")
    assert transitions.get_recent_authors(fresh(story)) == {account.pk}


def test_readers_see_a_translation_only_once_it_is_published_again(client):
    translator(client, "fr")
    update = make_update("Words", public=True)
    answer = submit_form(client, into(update, "fr"), title_fr="Mots")
    assert "Readers see the earlier version" in messages_for(answer)
    assert "Mots" not in client.get(f"/fr/belarus/updates/{update.slug}/").content.decode()


def test_a_translation_over_a_changed_item_is_not_saved_nor_checked_unseen(client):
    translator(client, "fr")
    update = make_update("Old", title_fr="Vieux")
    mine = read_form(client, into(update, "fr"))
    log_in(client)
    submit_form(client, admin_url(update), title_en="New")
    translator(client, "fr")
    page = client.post(into(update, "fr"), mine | {"title_fr": "Moi", "_check": "1"}).content.decode()
    assert "Not saved yet: editor saved this" in page
    assert 'value="Moi"' in page
    assert ">New</div>" in page
    assert (fresh(update).title_fr, state(update, "fr")) == ("Vieux", "stale")


def test_rich_text_is_cleaned(client):
    translator(client, "fr")
    update = make_update()
    submit_form(client, into(update, "fr"), title_fr="Titre", body_fr='<p onclick="x()">Texte<script>x()</script></p>')
    assert fresh(update).body_fr == "<p>Texte</p>"


def test_a_translation_in_arabic_stands_in_its_own_direction(client):
    translator(client, "ar")
    page = client.get(into(make_update(), "ar")).content.decode()
    assert '<div class="translated-field" lang="ar" dir="rtl"><input type="text" name="title_ar"' in page


def test_saving_a_translation_asks_the_database_at_most_forty_times(client):
    translator(client, "fr")
    update = make_update()
    data = read_form(client, into(update, "fr")) | {"title_fr": "Titre", "_check": "1"}
    with CaptureQueriesContext(connection) as captured:
        client.post(into(update, "fr"), data)
    assert state(update, "fr") == "checked"
    assert len(captured) <= 40
