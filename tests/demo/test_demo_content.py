"""The demonstration content: the real list stands in it exactly, and every word of it can be loaded and read."""

import csv
import datetime as dt
import io
import json
import re
from itertools import chain
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from demo import pictures
from publishing.document import CHANNELS
from publishing.kinds import UPDATE_KINDS
from publishing.publication import Precision
from stories.models import Naming
from stories.spreadsheet_columns import COLUMNS as STORY_COLUMNS
from stories.spreadsheet_columns import import_stories
from updates.spreadsheet_columns import COLUMNS as UPDATE_COLUMNS
from updates.spreadsheet_columns import import_updates

FOLDER = Path(pictures.__file__).parent
LANGUAGES = ("en", "fr", "es", "ru", "be", "ar")
OTHERS = LANGUAGES[1:]

# The public list that the demonstration follows, word by word.
UPDATE_TITLES = (
    'An expert says the "interview" of Raman Pratasevich reveals signs of torture',
    "The case of Raman Pratasevich illustrates the deepening human rights crisis",
    "Marfa Rabkova, imprisoned for documenting human rights violations",
    "No investigations into torture allegations",
    "Judicial harassment against six human rights defenders",
    "Judicial harassment against Viasna",
    "New acts of harassment against Viasna",
    "Belarus: an agenda to end torture",
    "Belarus: Escalating crackdown on human rights defenders",
    'Anna Soroka: "It got very cold and scary"',
    "Belarus: our undercover investigation into mass police violence",
    "Vitaly Prokopiev: struggling for air in an overcrowded cell",
    "Nikita Shpakovsky: a walk in the park leads to two weeks in hospital",
    "Belarus: corridor of truncheons",
    "100 days of ongoing human rights crisis – Facts & Figures",
    "Belarus: Ice Hockey World Championship 2021 should not take place in Belarus",
    "Belarus: Stop reprisals against human rights activists",
    "Belarus: UN Human Rights Council must act to prevent torture",
    "Belarus: Arbitrary arrest of Ms. Maria Rabkova, Viasna Coordinator of Volunteer Services",
    (
        "Belarus: Civil society organisations call on the United Nations Human Rights Council to convene a "
        "Special Session to address human rights violations committed in the leadup, during and after the "
        "August 2020 Presidential elections in Belarus"
    ),
    "Belarus: Civil society letter to the UN Special Rapporteur on Torture",
    "Belarus: Widespread torture of protesters suggests crimes against humanity",
    (
        "Belarus: Statement by human rights organisations and public organisations of Ukraine regarding the "
        "detention of Ukrainian citizens in Minsk"
    ),
    "Belarus: Halt violence against peaceful protesters and restore internet access",
    "UN human rights experts: Belarus must stop torturing protesters and prevent enforced disappearances",
    "Human Rights Situation in August",
)
STORY_TITLES = (
    "Сведчаць пацярпелыя: «У аўтазаку на мяне сеў амапавец і крыкнуў: „Глядзіце, якое ў мяне добрае крэселка!“»",
    '"Вясна" працягвае збор і дакументаванне фактаў катаванняў у Беларусі',
    "“We were trampled in the police bus.”",
    'Пагроза згвалтавання і "калектыўная адказнасць". Сведчаць пацярпелыя',
    "«Ты за Ціханоўскую?» — і білі ў плечы, у ногі. Сведчаць пацярпелыя",
    "Сведчаць пацярпелыя: «Пры затрыманні супрацоўнікі ДАІ зламалі мне руку»",
    "“So you are for Tsikhanouskaya?”",
)


def read_sheet(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


UPDATES, STORIES = read_sheet("updates.csv"), read_sheet("stories.csv")
SITE = json.loads((FOLDER / "site.json").read_text(encoding="utf-8"))

# What the loader of the demonstration reads beside the columns of the importers.
ALSO_OF_UPDATES = {
    "slug", "picture", "picture_alt", "picture_credit", "attachment", "attachment_language",
    *(f"{name}_{code}" for name in ("translator", "picture_alt", "picture_credit") for code in OTHERS),
}  # fmt: skip
ALSO_OF_STORIES = {"slug", "naming", *(f"translator_{code}" for code in LANGUAGES)}


def get_word(row, name, code):
    return row[name if code == "en" else f"{name}_{code}"]


def is_in_all_languages(row):
    return all(get_word(row, name, code) for name in ("title", "summary") for code in LANGUAGES)


def list_glosses():
    """Every (language, text) that the demonstration says in its own words."""
    for row in UPDATES:
        names = ("subtitle", "summary", "body", "picture_alt")
        yield from ((code, get_word(row, name, code)) for name in names for code in LANGUAGES)
        yield from ((code, row[f"title_{code}"]) for code in OTHERS)
    for row in STORIES:
        yield from (
            (code, row[f"{name}_{code}"]) for name in ("title", "summary", "content_note") for code in LANGUAGES
        )
    yield from chain.from_iterable(words.items() for words in find_translated(SITE))


def find_translated(part):
    """Every dict of words by language inside of site.json."""
    if isinstance(part, dict) and "en" in part:
        yield part
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from find_translated(inner)


def strip_tags(text):
    return re.sub(r"<[^>]*>", "", text)


# --- The real list ----------------------------------------------------------------------------


def test_every_update_of_the_real_list_stands_in_it_once_and_exactly():
    assert tuple(row["title"] for row in UPDATES if row["situation"] == "belarus") == UPDATE_TITLES


def test_every_testimony_of_the_real_list_stands_in_it_once_and_exactly():
    assert tuple(row["original_title"] for row in STORIES) == STORY_TITLES


def test_the_kind_that_the_list_does_not_name_is_not_invented():
    unnamed = [row["title"] for row in UPDATES if not row["kind"]]
    assert unnamed == ["Belarus: Escalating crackdown on human rights defenders"]


def test_no_testimony_is_retold_only_the_partner_that_published_it_is_named():
    for row in STORIES:
        assert "spring96.org" in row["original_body"]
        assert row["original_body"].count("<p>") == 1
        assert len(row["original_body"]) < 260


# --- Loadable ---------------------------------------------------------------------------------


def test_every_column_is_one_that_is_read():
    assert set(UPDATES[0]) - set(UPDATE_COLUMNS.all()) == ALSO_OF_UPDATES
    assert set(STORIES[0]) - set(STORY_COLUMNS.all()) == ALSO_OF_STORIES


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("take", "name", "also"),
    [(import_updates, "updates.csv", ALSO_OF_UPDATES), (import_stories, "stories.csv", ALSO_OF_STORIES)],
    ids=["updates", "stories"],
)
def test_the_importer_finds_no_fault_and_removes_no_character(take, name, also):
    summary = take(FOLDER / name, quiet=True, also=also)
    assert summary.new == len(read_sheet(name))
    assert summary.removed == 0


@pytest.mark.parametrize("row", UPDATES + STORIES, ids=lambda row: row["slug"])
def test_every_date_and_word_of_choice_is_known(row):
    assert dt.date(2020, 1, 1) <= dt.date.fromisoformat(row["date"]) <= dt.date(2021, 12, 31)
    assert row["date_precision"] in Precision.values
    assert row.get("kind", "") in {"", *UPDATE_KINDS}
    assert row.get("naming", "withheld") in Naming.values


def test_no_two_rows_share_an_address():
    slugs = [(row["situation"], row["slug"]) for row in UPDATES + STORIES]
    assert len(set(slugs)) == len(slugs)


def test_every_situation_partner_and_tag_is_described_with_the_site():
    situations = {situation["slug"] for situation in SITE["situations"]}
    partners = {partner["name"]["en"] for partner in SITE["partners"]}
    tags = {tag["name"]["en"] for tag in SITE["tags"]}
    for row in UPDATES + STORIES:
        named = {row.get("publisher"), row.get("partner"), *row.get("co_publishers", "").split(";")} - {"", None}
        assert row["situation"] in situations
        assert named <= partners
        assert set(row["tags"].split(";")) <= tags


def test_every_consent_is_whole_and_the_channels_differ():
    given = [set(row["consent_channels"].split(";")) for row in STORIES]
    assert all(channels <= set(CHANNELS) for channels in given)
    assert any({"newsletter", "card"}.isdisjoint(channels) for channels in given)
    assert set(CHANNELS) in given
    for row in STORIES:
        assert dt.date.fromisoformat(row["consent_date"]) < dt.date.fromisoformat(row["date"]) + dt.timedelta(days=1)
        assert all(row[name] for name in ("consent_reference", "consent_by", "consent_language"))


# --- Languages --------------------------------------------------------------------------------


def test_at_least_sixteen_updates_are_in_all_languages_and_six_with_their_text():
    whole = [row for row in UPDATES if is_in_all_languages(row)]
    assert len(whole) >= 16
    assert sum(all(get_word(row, "body", code) for code in LANGUAGES) for row in whole) >= 6


def test_fallback_can_be_seen_since_some_updates_are_in_english_alone():
    assert any(not any(row[f"title_{code}"] for code in OTHERS) for row in UPDATES)


@pytest.mark.parametrize("row", STORIES, ids=lambda row: row["slug"])
def test_every_testimony_is_explained_in_all_languages(row):
    assert all(row[f"{name}_{code}"] for name in ("title", "summary", "content_note") for code in LANGUAGES)
    assert [code for code in LANGUAGES if not row[f"translator_{code}"]] == [row["language"]]


@pytest.mark.parametrize("row", UPDATES, ids=lambda row: row["slug"])
def test_an_update_has_an_english_summary_and_no_half_translation(row):
    assert row["summary"]
    for code in OTHERS:
        assert bool(row[f"title_{code}"]) == bool(row[f"summary_{code}"]) == bool(row[f"translator_{code}"])
        assert row[f"title_{code}"] or not (row[f"body_{code}"] or row[f"subtitle_{code}"])


def test_the_words_of_the_site_are_there_in_all_languages():
    for words in find_translated(SITE):
        assert tuple(words) == LANGUAGES
        assert all(words.values())


@pytest.mark.parametrize("situation", SITE["situations"], ids=lambda situation: situation["slug"])
def test_an_introduction_has_forty_to_sixty_words(situation):
    for text in situation["introduction"].values():
        assert 40 <= len(text.split()) <= 60


def test_quotation_marks_and_apostrophes_are_those_of_print():
    straight = [text for _code, text in list_glosses() if re.search("[\"']", strip_tags(text))]
    assert straight == []


def test_french_keeps_its_marks_on_the_line():
    loose = [text for code, text in list_glosses() if code == "fr" and re.search(r" [;:!?»]|« ", strip_tags(text))]
    assert loose == []


@pytest.mark.parametrize(("code", "letters"), [("ru", "ыэъщё"), ("be", "ўі"), ("ar", "ةعذ")])
def test_a_text_in_another_script_stands_in_the_column_of_its_language(code, letters):
    texts = [strip_tags(text) for language, text in list_glosses() if language == code and len(text) > 200]
    assert texts
    assert all(set(letters) & set(text) for text in texts)


# --- Pictures and documents -------------------------------------------------------------------


@pytest.mark.parametrize("name", pictures.DRAWINGS)
def test_a_picture_is_drawn_alike_every_time(name):
    drawn = pictures.draw_picture(name)
    with Image.open(io.BytesIO(drawn)) as image:
        assert (image.format, image.size) == ("PNG", (1600, 900))
        assert len(image.getcolors(maxcolors=2**24)) > 2
    assert pictures.draw_picture(name) == drawn


def test_every_picture_that_is_named_can_be_drawn_and_is_told_in_all_languages():
    shown = [row for row in UPDATES if row["picture"]]
    assert len({row["picture"] for row in shown}) >= 3
    for row in shown:
        assert row["picture"] in pictures.DRAWINGS
        assert row["picture_credit"]
        assert all(get_word(row, name, code) for name in ("picture_alt", "picture_credit") for code in LANGUAGES)
    assert all(situation["picture"] in pictures.DRAWINGS for situation in SITE["situations"])


def test_a_picture_nobody_drew_is_refused_by_its_name():
    with pytest.raises(ValueError, match="no picture 'sunset'; there are corridor"):
        pictures.draw_picture("sunset")


def test_at_least_four_updates_bring_a_document():
    assert sum(bool(row["attachment"]) for row in UPDATES) >= 4
    assert all(bool(row["attachment"]) == bool(row["attachment_language"]) for row in UPDATES)


@pytest.mark.parametrize("row", [row for row in UPDATES if row["attachment"]], ids=lambda row: row["attachment"])
def test_a_document_has_two_pages_and_carries_its_title(row):
    reader = PdfReader(io.BytesIO(pictures.build_pdf(row["attachment"], row["title"])), strict=True)
    first, _second = reader.pages
    assert reader.metadata.title == row["title"]
    assert " ".join(first.extract_text().split()).startswith(row["title"])
