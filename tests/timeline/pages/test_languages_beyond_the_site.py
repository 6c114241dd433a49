"""What was published in a language that the site does not have: its title as it was given, and words for readers
beside it, wherever it is listed, read, taken out or worked on."""

import csv
import io
import json

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from desk.translating import records
from publishing.models import Entry, Release
from tests.support.desk_client import admin_url, log_in, read_form, submit_form
from tests.support.factories import make_situation, make_update
from tests.support.html import get_entries, get_json_ld, get_texts, parse_page
from updates.models import Update

pytestmark = pytest.mark.django_db

TITLE, SUMMARY = "شکنجه در زندان", "گزارشی از زندان."
ROW = {
    "situation": "belarus", "date": "2021-03-01", "kind": "media", "publisher": "Deutsche Welle", "language": "fa",
    "title": TITLE, "title_en": "Torture in prison", "summary_en": "What prisoners tell.", "url": "https://example.org/fa",
}  # fmt: skip


@pytest.fixture(autouse=True)
def belarus():
    cache.clear()
    return make_situation()


def write_rows(tmp_path, *rows):
    path = tmp_path / "sheet.csv"
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def import_rows(tmp_path, *rows):
    out = io.StringIO()
    call_command("import_updates", str(write_rows(tmp_path, *rows)), publish=True, stdout=out)
    return out.getvalue()


def get_entry(client, path):
    (article,) = get_entries(parse_page(client.get(path))).values()
    return article


def get_attributes(element):
    return "".join(element.itertext()).strip(), element.get("lang"), element.get("dir")


@pytest.mark.parametrize("path", ["/en/belarus/", "/en/search/", "/en/belarus/?section=news", "/en/search/?in=fa"])
def test_a_list_shows_the_title_as_it_was_given_and_the_words_of_the_site_beside_it(client, tmp_path, path):
    import_rows(tmp_path, ROW)
    article = get_entry(client, path)
    title = next(one for one in article.iter() if one.tag in {"h2", "h3", "h4"})
    assert ("".join(title.itertext()).strip(), article.get("lang"), article.get("dir")) == (TITLE, "fa", "rtl")
    assert "Torture in prison" in [get_attributes(one)[0] for one in article.iter("p")]
    assert "In Persian and English" in "".join(article.itertext())


def test_what_nobody_translated_stands_in_its_own_language_alone_and_says_so(client, tmp_path):
    import_rows(tmp_path, {**ROW, "title_en": "", "summary_en": "", "summary": SUMMARY, "publisher": ""})
    article = get_entry(client, "/fr/belarus/")
    assert TITLE in "".join(article.itertext())
    assert SUMMARY in "".join(article.itertext())
    assert get_texts(article, ".//p[@class='meta']") == ["En persan uniquement"]


def test_its_page_names_the_language_of_every_part(client, tmp_path):
    import_rows(tmp_path, {**ROW, "summary": SUMMARY, "body": "<p>متن</p>", "publisher": ""})
    page = parse_page(client.get(Entry.objects.get(type="update", language="en").get_absolute_url()))
    assert get_attributes(page.find(".//h1")) == (TITLE, "fa", "rtl")
    assert get_texts(page, ".//p[@class='gloss']") == ["Torture in prison"]
    (original,) = page.findall(".//section[@aria-labelledby='orig-h']/div")
    assert (original.get("lang"), original.get("dir")) == ("fa", "rtl")
    assert "متن" in "".join(original.itertext())
    work = next(thing for thing in get_json_ld(page) if "translationOfWork" in thing)["translationOfWork"]
    assert (work["name"], work["inLanguage"]) == (TITLE, "fa")


def test_machines_are_told_the_language_of_what_nobody_translated(client, tmp_path):
    import_rows(tmp_path, {**ROW, "title_en": "", "summary_en": ""})
    page = parse_page(client.get(Entry.objects.get(type="update", language="en").get_absolute_url()))
    assert [thing["inLanguage"] for thing in get_json_ld(page) if "inLanguage" in thing] == ["fa"]
    feed = client.get("/en/belarus/feed.atom").content.decode()
    assert f'<title xml:lang="fa">{TITLE}</title>' in feed


def test_a_feed_a_file_and_the_api_carry_both(client, tmp_path):
    import_rows(tmp_path, {**ROW, "summary": SUMMARY})
    (row,) = json.loads(client.get("/api/v1/entries?in=fa").content)["results"]
    assert (row["title"], row["original_language"], row["original"]["title"]) == ("Torture in prison", "fa", TITLE)
    assert row["original"]["summary"] == SUMMARY
    (line,) = csv.DictReader(io.StringIO(b"".join(client.get("/en/belarus/export.csv")).decode("utf-8-sig")))
    assert line["original_title"] == TITLE
    assert TITLE in client.get("/en/belarus/feed.atom").content.decode()


@pytest.mark.parametrize("word", ["شکنجه", "گزارشی", "prisoners"])
def test_a_search_finds_the_words_of_both(client, tmp_path, word):
    import_rows(tmp_path, {**ROW, "summary": SUMMARY})
    assert len(get_entries(parse_page(client.get("/en/search/", {"q": word})))) == 1


def test_a_citation_gives_the_title_as_it_was_given_and_its_language(client, tmp_path):
    import_rows(tmp_path, {**ROW, "publisher": ""})
    page = parse_page(client.get(Entry.objects.get(type="update", language="en").get_absolute_url()))
    cited = [one for one in page.iter("bdi") if one.get("lang") == "fa"]
    assert {"".join(one.itertext()) for one in cited} == {TITLE}
    number = Entry.objects.get(type="update", language="en").number
    assert "LA  - fa" in client.get(f"/en/e/{number}.ris").content.decode()


def test_the_same_row_again_is_the_same_item(tmp_path):
    import_rows(tmp_path, ROW)
    assert "0 new, 0 changed, 1 the same." in import_rows(tmp_path, ROW)
    assert "0 new, 1 changed, 0 the same." in import_rows(tmp_path, {**ROW, "title_fr": "Torture en prison"})


def test_what_is_exported_at_the_desk_can_be_imported_unchanged(client, tmp_path):
    import_rows(tmp_path, {**ROW, "summary": SUMMARY}, {**ROW, "language": "en", "title": "In English", "title_en": ""})
    log_in(client)
    path = tmp_path / "again.csv"
    path.write_bytes(b"".join(client.get("/admin/updates/update/export.csv")))
    out = io.StringIO()
    call_command("import_updates", str(path), stdout=out)
    assert "0 new, 0 changed, 2 the same." in out.getvalue()


@pytest.mark.parametrize(
    ("code", "kept"), [("FA", ("en", "fa")), ("zh_hant", ("en", "zh-Hant")), ("fr-BE", ("fr", "")), ("BE", ("be", ""))]
)
def test_a_code_is_read_as_people_write_it(tmp_path, code, kept):
    import_rows(tmp_path, {**ROW, "language": code, "title_en": "" if kept[1] else "x"})
    update = Update.objects.get()
    assert (update.language, update.original_language) == kept


@pytest.mark.parametrize("code", ["xx", "english", "e", "12"])
def test_what_is_no_code_is_refused_by_its_row(tmp_path, code):
    with pytest.raises(CommandError, match="row 2, column language"):
        import_rows(tmp_path, {**ROW, "language": code})


def test_a_content_note_in_a_language_few_readers_know_is_asked_for_in_another(tmp_path):
    with pytest.raises(CommandError, match="row 2, column content_note: .*content_note_en"):
        import_rows(tmp_path, {**ROW, "content_note": "خشونت"})


# --- At the desk ------------------------------------------------------------------------------


def test_the_form_takes_a_title_in_any_language_and_demands_no_translation(client):
    update = make_update()
    log_in(client)
    submit_form(client, admin_url(update), title_en="", original_language="KA", original_title="წამება")
    update.refresh_from_db()
    assert (update.original_language, update.original_title, update.title_en or "") == ("ka", "წამება", "")
    assert str(update) == "წამება"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"original_language": "fr", "original_title": "Torture"}, "write the words in its tab"),
        ({"original_language": "de"}, "Write the title in the original language, too."),
        ({"original_title": "Folter"}, "Write the code of the language of the original."),
        ({"original_language": "deutsch", "original_title": "Folter"}, "is not a language code"),
    ],
)
def test_the_form_says_what_is_missing_of_an_original(client, fields, said):
    update = make_update()
    log_in(client)
    assert said in submit_form(client, admin_url(update), **fields).content.decode()


def test_a_translator_translates_from_the_original(client):
    update = make_update(title_en="", original_language="de", original_title="Folter im Gefängnis")
    log_in(client)
    assert "Folter im Gefängnis" in client.get(admin_url(update, "translate/en")).content.decode()
    assert records.get_translation_states(update)["en"] == "missing"
    assert "Folter im Gefängnis" in client.get("/admin/desk/translation/?type=update").content.decode()


def test_an_earlier_release_brings_the_original_back(client):
    update = make_update(title_en="", original_language="de", original_title="Folter", public=True)
    (release,) = Release.objects.of(update.uid)
    log_in(client)
    submit_form(client, admin_url(update), original_title="Misshandlung", original_body="<p>Mehr</p>")
    assert "Misshandlung" in client.get(admin_url(update, "compare")).content.decode()
    page = admin_url(update, f"restore/{release.pk}")
    client.post(page, read_form(client, page))
    update.refresh_from_db()
    assert (update.original_title, update.original_body) == ("Folter", "")


def test_a_letter_names_it_in_the_language_of_its_reader(client, tmp_path):
    import_rows(tmp_path, {**ROW, "publisher": ""})
    entry = Entry.objects.get(type="update", language="ru")
    assert (entry.title_as_known, entry.title_language) == ("Torture in prison", "en")
    assert (entry.facts["original"]["title"], entry.original_language) == (TITLE, "fa")
