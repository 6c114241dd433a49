"""Words for translators outside: what goes out as XLIFF or spreadsheet, what comes back, and what is refused."""

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from audit.models import Event
from desk.translating import xliff
from publishing.translations import compute_source_digest
from tests.desk.translating.test_translation_desk import fresh, into, state, translator
from tests.support.desk_client import FormParser, admin_url, log_in, messages_for, submit_form
from tests.support.factories import make_situation, make_story, make_update

pytestmark = pytest.mark.django_db
BOARD = "/admin/desk/translation/"
IMPORT = f"{BOARD}import/"
LINK = '<a href="https://example.org/" rel="noopener noreferrer">d</a>'
BODY = f"<h2>One &amp; two</h2><p>A <strong>b</strong><br>c, {LINK}</p>"


def exported(client, *items, to="fr", form="xliff"):
    picked = "&".join(f"pick={item.pk}" for item in items)
    return client.get(f"{BOARD}export/?type={items[0].TYPE}&to={to}&as={form}&{picked}")


def units(content):
    """id -> trans-unit, of the first file."""
    root = fromstring(content)
    return {unit.get("id"): unit for unit in root.iter(f"{xliff.TAG_PREFIX}trans-unit")}


def with_target(content, **words):
    """The file as a translator's tool gives it back."""
    ElementTree.register_namespace("", xliff.NAMESPACE)
    root = fromstring(content)
    for unit in root.iter(f"{xliff.TAG_PREFIX}trans-unit"):
        if unit.get("id") in words:
            for old in unit.findall(f"{xliff.TAG_PREFIX}target"):
                unit.remove(old)
            ElementTree.SubElement(unit, f"{xliff.TAG_PREFIX}target").text = words[unit.get("id")]
    return ElementTree.tostring(root)


def upload(client, content, name="back.xlf"):
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def agree(client, judged):
    data = {name: values for name, values in FormParser(judged.content.decode()).data.items() if name and values}
    return client.post(IMPORT, data, follow=True)


def bring_back(client, content, name="back.xlf"):
    return agree(client, upload(client, content, name))


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def sheet(rows):
    stored = io.StringIO()
    writer = csv.DictWriter(stored, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return stored.getvalue().encode()


# --- Out ---------------------------------------------------------------------------------------


def test_an_xliff_file_names_its_item_its_languages_and_every_field_in_use(client):
    translator(client, "fr")
    update = make_update("Words", summary_en="A summary", title_fr="Mots")
    content = exported(client, update).content
    file = fromstring(content).find(f"{xliff.TAG_PREFIX}file")
    assert file.get("original").startswith(f"ohrm/update/{update.uid}/")
    assert (file.get("source-language"), file.get("target-language")) == ("en", "fr")
    assert set(units(content)) == {"title", "summary", "translator"}
    assert units(content)["title"].find(f"{xliff.TAG_PREFIX}target").text == "Mots"


def test_the_tags_of_a_rich_text_are_codes_that_a_tool_guards(client):
    log_in(client)
    source = units(exported(client, make_update(body_en=BODY)).content)["body"].find(f"{xliff.TAG_PREFIX}source")
    codes = [(code.tag.removeprefix(xliff.TAG_PREFIX), code.get("id"), code.text) for code in source]
    assert codes[:4] == [("bpt", "1", "<h2>"), ("ept", "1", "</h2>"), ("bpt", "3", "<p>"), ("bpt", "4", "<strong>")]
    assert ("ph", "6", "<br>") in codes
    assert source[0].tail == "One & two"


def test_several_items_travel_in_one_file(client):
    log_in(client)
    content = exported(client, make_update("One"), make_update("Two")).content
    assert len(fromstring(content).findall(f"{xliff.TAG_PREFIX}file")) == 2


def test_who_took_the_words_away_is_in_the_log(client):
    translator(client, "fr")
    exported(client, make_update())
    event = Event.objects.get(verb="update.words_exported")
    assert (event.actor, event.detail) == ("tomas", {"language": "fr", "form": "xliff"})


def test_a_spreadsheet_has_the_original_beside_the_translation_and_runs_nothing(client):
    log_in(client)
    update = make_update("=1+1", title_fr="@somme")
    row = table(exported(client, update, form="csv").content)[0]
    assert (row["part"], row["original"], row["translation"]) == ("title", "'=1+1", "'@somme")
    workbook = load_workbook(io.BytesIO(exported(client, update, form="xlsx").content))
    assert [cell.value for cell in workbook.active[2]][3:] == ["title", "Title", "'=1+1", "'@somme"]
    assert {cell.data_type for cell in workbook.active[2]} == {"s"}


def test_a_workbook_breaks_long_texts_and_has_the_translation_begin_on_its_own_side(client):
    log_in(client)
    page = load_workbook(io.BytesIO(exported(client, make_update(), to="ar", form="xlsx").content)).active
    assert (page["A1"].font.bold, page.freeze_panes, page.column_dimensions["G"].width) == (True, "A2", 70)
    assert [page[cell].alignment.wrap_text for cell in ("F2", "G2")] == [True, True]
    assert [page[cell].alignment.readingOrder for cell in ("F2", "G2")] == [0, 2]


@pytest.mark.parametrize("query", ["type=update&to=ru&as=xliff", "type=situation&to=ru&as=csv"])
def test_a_translator_takes_nothing_in_another_language_away(client, query):
    translator(client, "fr")
    update = make_update()
    assert client.get(f"{BOARD}export/?{query}&pick={update.pk}").status_code == 403


@pytest.mark.parametrize("role", ["newsletter", "auditor"])
def test_who_does_not_translate_takes_nothing_away(client, role):
    log_in(client, role, role=role)
    assert exported(client, make_update()).status_code == 403


@pytest.mark.parametrize(
    "query", ["type=junk&to=fr&as=xliff", "type=update&to=fr&as=exe", "", "type=update&to=fr&as=csv&pick=junk"]
)
def test_a_download_of_nothing_is_answered(client, query):
    log_in(client)
    assert client.get(f"{BOARD}export/?{query}").status_code in {302, 404}


# --- Back --------------------------------------------------------------------------------------


def test_a_file_says_first_what_it_would_change(client):
    translator(client, "fr")
    update = make_update("Words", title_fr="Mots")
    judged = upload(client, with_target(exported(client, update).content, title="Paroles")).content.decode()
    assert '<del lang="fr" dir="auto">Mots</del>' in judged
    assert '<ins lang="fr" dir="auto">Paroles</ins>' in judged
    assert fresh(update).title_fr == "Mots"


@pytest.mark.parametrize("form", ["xliff", "csv", "xlsx"])
def test_what_goes_out_and_comes_back_untouched_changes_nothing(client, form):
    log_in(client)
    update = make_update("=Words", body_en=BODY, title_fr="-Mots", body_fr=BODY)
    judged = upload(client, exported(client, update, form=form).content, f"a.{form}").content.decode()
    assert "Nothing in it differs" in judged
    assert "Save these translations" not in judged


def test_a_translated_file_is_saved_as_a_draft_in_the_name_of_who_brought_it(client):
    account = translator(client, "fr")
    update = make_update("Words")
    answer = bring_back(client, with_target(exported(client, update).content, title="Mots", translator="Collectif"))
    item = fresh(update)
    assert "1 translation saved." in messages_for(answer)
    assert (item.title_fr, item.translator_fr, item.edited_by, item.version) == ("Mots", "Collectif", account, 1)
    assert state(update, "fr") == "draft"


def test_a_rich_text_survives_a_tool_that_keeps_its_codes(client):
    log_in(client)
    update = make_update("Words", body_en=BODY, title_fr="Mots")
    content = exported(client, update).content.decode()
    source = content[
        content.index("<source", content.index('id="body"')) : content.index("</source>", content.index('id="body"'))
    ]
    target = source.replace("<source", "<target").replace("One &amp; two", "Un &lt; deux")
    at = content.index("</source>", content.index('id="body"')) + len("</source>")
    bring_back(client, (content[:at] + target + "</target>" + content[at:]).encode())
    assert fresh(update).body_fr == BODY.replace("One &amp; two", "Un &lt; deux")


def test_scripts_that_come_back_are_gone(client):
    log_in(client)
    update = make_update("Words", body_en=BODY)
    forged = with_target(exported(client, update).content, title="Mots", body="<p>a<script>x()</script></p>")
    bring_back(client, forged)
    assert fresh(update).body_fr == "<p>a</p>"


def test_a_spreadsheet_comes_back_as_it_was_written(client):
    translator(client, "fr")
    update = make_update("Words")
    rows = table(exported(client, update, form="csv").content)
    rows[0]["translation"] = "'=Mots"
    bring_back(client, sheet(rows), "back.csv")
    assert fresh(update).title_fr == "=Mots"


def test_an_empty_translation_changes_nothing(client):
    log_in(client)
    update = make_update("Words", title_fr="Mots")
    judged = upload(client, with_target(exported(client, update).content, title=""))
    assert "Nothing in it differs" in judged.content.decode()


def test_a_translation_of_an_earlier_original_is_saved_and_shown_as_out_of_date(client):
    log_in(client)
    update = make_update("Words")
    content = with_target(exported(client, update).content, title="Mots")
    submit_form(client, admin_url(update), title_en="Other words")
    judged = upload(client, content)
    assert "The original changed after this file was made." in judged.content.decode()
    agree(client, judged)
    assert (fresh(update).title_fr, state(update, "fr")) == ("Mots", "stale")


def test_a_testimony_travels_in_the_words_in_which_it_was_given(client):
    log_in(client)
    story = make_story("Назва", original_body="<p>Мяне забралі</p>", summary_en="A summary")
    found = units(exported(client, story).content)
    assert found["title"].find(f"{xliff.TAG_PREFIX}source").text == "Назва"
    assert found["title"].find(f"{xliff.TAG_PREFIX}source").get(xliff.XML_LANG) == "be"
    assert found["summary"].find(f"{xliff.TAG_PREFIX}source").get(xliff.XML_LANG) == "en"


# --- What is refused ---------------------------------------------------------------------------


def refused(client, content, sentence, name="back.xlf"):
    page = upload(client, content, name).content.decode()
    assert sentence in page.replace("&#x27;", "'")
    assert "Save these translations" not in page


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xliff>&b;</xliff>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff>&a;</xliff>'


@pytest.mark.parametrize("content", [b"<xliff", BOMB, OUTSIDE, b'<?xml version="1.0" encoding="junk"?><a/>'])
def test_xml_that_is_broken_or_reaches_out_is_refused(client, content):
    log_in(client)
    refused(client, content, "This XML cannot be read.")


def test_another_version_of_xliff_is_refused(client):
    log_in(client)
    refused(client, b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0"/>', "This is not XLIFF 1.2.")


def test_a_deeply_nested_text_is_refused(client):
    log_in(client)
    update = make_update()
    nested = "<g>" * 3000 + "x" + "</g>" * 3000
    content = exported(client, update).content.decode().replace("</source>", f"</source><target>{nested}</target>", 1)
    refused(client, content.encode(), "It is nested too deeply.")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("ohrm/update", "other/update", "It was not exported here"),
        ("ohrm/update", "ohrm/partner", "This kind of item is unknown here"),
        ("UID", "00000000-0000-4000-8000-000000000000", "This item does not exist here, or no longer exists."),
        ("UID", "junk", "This item does not exist here, or no longer exists."),
        ('id="title"', 'id="slug"', "“slug” is not a part of this item."),
        ('target-language="fr"', 'target-language="ru"', "You do not have permission to write in this language: ru."),
        ('target-language="fr"', "", "It does not say which language"),
    ],
)
def test_a_file_that_means_something_else_is_refused_in_words(client, old, new, sentence):
    translator(client, "fr", "en")
    update = make_update()
    content = with_target(exported(client, update).content, title="Mots").decode()
    refused(client, content.replace(old.replace("UID", str(update.uid)), new).encode(), sentence)
    assert not fresh(update).title_fr


def test_the_original_cannot_be_brought_back_as_a_translation(client):
    log_in(client)
    content = with_target(exported(client, make_update()).content, title="Forged").decode()
    changed = content.replace('target-language="fr"', 'target-language="en"').encode()
    refused(client, changed, "This is the language in which it was given.")


def test_words_that_are_too_long_are_refused_and_nothing_else_of_the_file_is_saved(client):
    log_in(client)
    good, bad = make_update("Good"), make_update("Bad")
    rows = table(exported(client, good, bad, form="csv").content)
    for row in rows:
        row["translation"] = {"title": "x" * 500 if str(bad.uid) in row["item"] else "Mots"}.get(row["part"], "")
    refused(client, sheet(rows), "at most 400 characters", "a.csv")
    assert not fresh(good).title_fr


def test_one_item_twice_in_a_file_is_refused(client):
    log_in(client)
    update = make_update()
    content = with_target(exported(client, update).content, title="Mots").decode()
    file = content[content.index("<file") : content.index("</xliff>")]
    refused(client, content.replace(file, file * 2).encode(), "This item is in the file twice.")


def test_what_changed_between_looking_and_saving_stops_the_whole_file(client):
    log_in(client)
    first, second = make_update("First"), make_update("Second")
    judged = upload(client, with_target(exported(client, first, second).content, title="Mots"))
    submit_form(client, admin_url(second), title_fr="Entre-temps")
    answer = agree(client, judged)
    assert "Not saved yet" in answer.content.decode()
    assert (fresh(first).title_fr or "", fresh(second).title_fr) == ("", "Entre-temps")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: rows[0].update(translation="x", part=""), "It does not say which part of which item this is."),
        (lambda rows: rows.append(rows[0]), "This part is in the file twice."),
        (lambda rows: [row.pop("version") for row in rows], "This column is missing."),
    ],
)
def test_a_spoiled_spreadsheet_is_refused_by_row(client, change, sentence):
    log_in(client)
    rows = table(exported(client, make_update(), form="csv").content)
    change(rows)
    refused(client, sheet(rows), sentence, "a.csv")


def test_a_workbook_that_is_none_is_refused(client):
    log_in(client)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("a", "b")
    refused(client, stored.getvalue(), "This workbook cannot be read", "a.xlsx")


@pytest.mark.parametrize("forged", [{"content": "%%%", "versions": "{}"}, {"content": "PHg+", "versions": "[1]"}])
def test_a_forged_agreement_is_refused(client, forged):
    log_in(client)
    assert "Choose the file again." in client.post(IMPORT, forged).content.decode()


def test_a_forged_agreement_gives_a_translator_no_other_language(client):
    log_in(client)
    update = make_update()
    judged = upload(client, with_target(exported(client, update, to="ru").content, title="Слова"))
    translator(client, "fr")
    assert "You do not have permission to write in this language" in agree(client, judged).content.decode()
    assert not fresh(update).title_ru


def test_a_contributor_brings_nothing_back_for_a_situation(client):
    log_in(client, "admin", role="administrator")
    content = with_target(exported(client, make_situation()).content, title="Mots")
    log_in(client, "clara", role="contributor")
    refused(client, content, "You do not have permission to write in this language")


def test_a_check_is_undone_by_a_file_that_changes_the_words(client):
    log_in(client)
    update = make_update("Words", title_fr="Mots")
    submit_form(client, into(update, "fr"), "_check")
    bring_back(client, with_target(exported(client, update).content, title="Paroles"))
    assert state(update, "fr") == "draft"


def write_unit(update, *, language="ru", state="", target="Слова", note=""):
    """An XLIFF file of one title, as a tool of translators writes it."""
    digest = compute_source_digest(update, "ru")
    mark = f' state="{state}"' if state else ""
    said = f"<note from='translator'>{note}</note>" if note else ""
    return (
        f'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="ohrm/update/{update.uid}/'
        f'{digest}" source-language="en" target-language="{language}" datatype="html"><body><trans-unit id="title" '
        f'resname="Title"><source>Words</source><target{mark}>{target}</target>{said}</trans-unit></body></file></xliff>'
    ).encode()


@pytest.mark.parametrize("state", ["new", "needs-translation", "needs-l10n"])
def test_a_target_that_nobody_translated_is_no_translation(client, state):
    update = make_update("Words")
    log_in(client)
    page = upload(client, write_unit(update, state=state, target="Words"))
    assert "Marked as not translated, and left as it is: Title." in page.content.decode()
    update.refresh_from_db()
    assert not update.title_ru


@pytest.mark.parametrize("code", ["ru", "ru-RU", "RU", "ru_RU", "ru-Cyrl-RU"])
def test_a_language_with_a_region_is_that_language(client, code):
    update = make_update("Words")
    log_in(client)
    page = upload(client, write_unit(update, language=code, state="translated"))
    assert "Слова" in page.content.decode()
    assert "do not have permission" not in page.content.decode()


def test_what_a_translator_notes_beside_the_words_is_told(client):
    update = make_update("Words")
    log_in(client)
    page = upload(client, write_unit(update, note="Is this a name?"))
    assert "Note on “Title”: Is this a name?" in page.content.decode()
