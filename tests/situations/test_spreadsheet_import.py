"""Spreadsheets become working copies, all or nothing, and every fault is named where it stands."""

import csv
import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from publishing.models import Entry, Release
from publishing.screening import names
from situations.models import Partner, Situation
from stories.models import Consent, SurvivorStory
from tests.support.factories import make_situation, save_item
from updates.models import Update

pytestmark = pytest.mark.django_db

HEADER = [
    "situation",
    "kind",
    "date",
    "date_precision",
    "title",
    "title_fr",
    "summary",
    "publisher",
    "tags",
    "language",
]


def make_row(**cells):
    return {"situation": "belarus", "date": "2020-08-14", "title": "Stop reprisals", **cells}


def write_sheet(tmp_path, *rows, header=HEADER):
    path = tmp_path / "sheet.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_workbook(tmp_path, *rows):
    path = tmp_path / "sheet.xlsx"
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    book.save(path)
    return path


def run_import(path, command="import_updates", **options):
    out = io.StringIO()
    call_command(command, str(path), stdout=out, **options)
    return out.getvalue()


def get_refusal(path, command="import_updates", **options):
    """What the operator reads when an import is refused; nothing may have been written."""
    with pytest.raises(CommandError) as refused:
        run_import(path, command, **options)
    assert not Update.objects.exists()
    assert not SurvivorStory.objects.exists()
    assert not Situation.objects.exists()
    assert not Partner.objects.exists()
    return str(refused.value)


def test_a_row_becomes_a_draft(tmp_path):
    run_import(write_sheet(tmp_path, make_row()))
    update = Update.objects.get()
    assert (update.title_en, update.kind, update.status) == ("Stop reprisals", "statement", "draft")


def test_an_import_is_kept_in_the_history(tmp_path):
    run_import(write_sheet(tmp_path, make_row()))
    assert Update.objects.get().history.count() == 1


def test_a_situation_that_does_not_exist_is_made_as_a_draft(tmp_path):
    run_import(write_sheet(tmp_path, make_row()))
    assert Situation.objects.get(slug="belarus").status == "draft"
    assert not Entry.objects.exists()


def test_publish_brings_the_rows_and_their_situation_before_the_public(tmp_path):
    run_import(write_sheet(tmp_path, make_row()), publish=True)
    assert set(Entry.objects.public().values_list("type", flat=True)) == {"situation", "update"}


def test_the_same_file_again_changes_nothing(tmp_path):
    path = write_sheet(tmp_path, make_row(tags="detention"))
    run_import(path)
    assert run_import(path).startswith("0 new, 0 changed, 1 the same.")
    assert Update.objects.get().history.count() == 1


def test_publishing_the_same_file_again_releases_nothing(tmp_path):
    path = write_sheet(tmp_path, make_row())
    run_import(path, publish=True)
    assert "published" not in run_import(path, publish=True)


def test_a_changed_row_changes_the_same_item(tmp_path):
    run_import(write_sheet(tmp_path, make_row(summary="One.")))
    assert "0 new, 1 changed" in run_import(write_sheet(tmp_path, make_row(summary="Two.")))
    assert Update.objects.get().summary_en == "Two."


def test_changed_tags_alone_change_the_item(tmp_path):
    run_import(write_sheet(tmp_path, make_row(tags="detention")))
    assert "1 changed" in run_import(write_sheet(tmp_path, make_row(tags="detention;migration")))
    assert set(Update.objects.get().tags.names()) == {"detention", "migration"}


def test_changed_tags_are_published_as_they_are_now(tmp_path):
    run_import(write_sheet(tmp_path, make_row(tags="detention")), publish=True)
    run_import(write_sheet(tmp_path, make_row(tags="migration")), publish=True)
    assert [tag["name"] for tag in Entry.objects.get(type="update", language="en").facts["tags"]] == ["migration"]


def test_an_import_that_publishes_names_each_finding_by_row_and_column_and_goes_on(tmp_path):
    path = write_sheet(
        tmp_path, make_row(title="Fine"), make_row(summary="+375 29 123-45-67", title_fr="a@example.org")
    )
    told = run_import(path, publish=True)
    assert "Nobody has looked at this: row 3, column summary: phone number." in told
    assert "Nobody has looked at this: row 3, column title_fr: e-mail address." in told
    assert told.count("Nobody has looked") == 2
    assert Entry.objects.filter(type="update", language="en").count() == 2


def test_an_import_of_drafts_leaves_findings_to_the_desk(tmp_path):
    assert "Nobody has looked" not in run_import(write_sheet(tmp_path, make_row(summary="+375 29 123-45-67")))


def test_rows_that_change_what_readers_know_are_named(tmp_path):
    run_import(write_sheet(tmp_path, make_row(), make_row(title="Other")), publish=True)
    told = run_import(
        write_sheet(tmp_path, make_row(), make_row(title="Other", summary="More."), make_row(title="New")), publish=True
    )
    assert "earlier version of rows 3, and are told of no correction" in told


def test_a_changed_meaning_is_told_on_what_readers_knew_and_nowhere_else(tmp_path):
    run_import(write_sheet(tmp_path, make_row(summary="Nine.")), publish=True)
    path = write_sheet(tmp_path, make_row(summary="Ten."), make_row(title="New"))
    told = run_import(path, publish=True, meaning="changed", note=[("en", "Ten, not nine.")])
    notes = dict(Release.objects.filter(type="update").values_list("document__slug", "note"))
    assert notes == {"stop-reprisals": {"en": "Ten, not nine."}, "new": {}}
    assert "told of no correction" not in told


def test_a_note_with_a_listed_name_keeps_the_whole_import_out(tmp_path):
    run_import(write_sheet(tmp_path, make_row(summary="Nine.")), publish=True)
    names.add_listed_name("Siarhei Tsikhanchuk", by="anna")
    with pytest.raises(CommandError, match="Remove it"):
        run_import(
            write_sheet(tmp_path, make_row(summary="Ten.")),
            publish=True,
            meaning="changed",
            note=[("en", "Sergei Tikhonchuk.")],
        )
    assert Update.objects.get().summary_en == "Nine."


def test_an_empty_cell_leaves_what_an_editor_wrote(tmp_path):
    path = write_sheet(tmp_path, make_row())
    run_import(path)
    update = Update.objects.get()
    update.title_fr = "Halte aux représailles"
    save_item(update)
    assert "1 the same" in run_import(path)
    assert Update.objects.get().title_fr == "Halte aux représailles"


def test_a_dry_run_writes_nothing_and_says_what_would_be(tmp_path):
    assert "It would be: 1 new" in run_import(write_sheet(tmp_path, make_row()), dry_run=True)
    assert not Update.objects.exists()
    assert not Situation.objects.exists()


def test_columns_with_a_language_suffix_fill_that_language(tmp_path):
    run_import(write_sheet(tmp_path, make_row(title_fr="Halte")))
    assert Update.objects.get().title_fr == "Halte"


def test_the_language_column_says_what_the_bare_columns_are_in(tmp_path):
    run_import(write_sheet(tmp_path, make_row(title="Тытул", language="be")))
    update = Update.objects.get()
    assert (update.language, update.title_be, update.title_en or "") == ("be", "Тытул", "")


def test_a_publisher_makes_the_row_other_news(tmp_path):
    run_import(write_sheet(tmp_path, make_row(publisher="Viasna")), publish=True)
    assert Entry.objects.get(type="update", language="en").section == "news"


def test_a_text_that_begins_with_an_equals_sign_is_kept_as_text(tmp_path):
    run_import(write_sheet(tmp_path, make_row(title="=1+1")))
    assert Update.objects.get().title_en == "=1+1"


def test_direction_overrides_are_removed_and_counted(tmp_path):
    assert "2 control or direction characters were removed" in run_import(
        write_sheet(tmp_path, make_row(title="a\u202eb\u202cc"))
    )
    assert Update.objects.get().title_en == "abc"


def test_scripts_in_a_body_never_reach_the_database(tmp_path):
    path = write_sheet(tmp_path, make_row(body="<p>ok</p><script>alert(1)</script>"), header=[*HEADER, "body"])
    run_import(path)
    assert "script" not in Update.objects.get().body_en


def test_a_workbook_is_read_like_a_csv_file(tmp_path):
    run_import(write_workbook(tmp_path, ["situation", "date", "title"], ["belarus", "2020-08-14", "Stop"]))
    assert Update.objects.get().title_en == "Stop"


def test_a_semicolon_as_spreadsheets_in_europe_write_it_is_understood(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("situation;date;title\nbelarus;2020-08-14;Stop\n", encoding="utf-8-sig")
    run_import(path)
    assert Update.objects.get().title_en == "Stop"


# --- Faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "place", "word"),
    [
        ({"kind": "poem"}, "row 2, column kind", "statement"),
        ({"date": "14.08.2020"}, "row 2, column date", "2020-08-14"),
        ({"date": "2020-13-01"}, "row 2, column date", "2020-13-01"),
        ({"date": ""}, "row 2, column date", "not a date"),
        ({"date_precision": "hour"}, "row 2, column date_precision", "undated"),
        ({"title": ""}, "row 2, column title", "empty"),
        ({"title": "a\0b"}, "row 2, column title", "NUL"),
        ({"title": "a" * 401}, "row 2, column title", "400"),
        ({"language": "xx"}, "row 2, column language", "en, fr, es, ru, be, ar"),
        ({"situation": "no slug!"}, "row 2, column situation", "slug"),
        ({"situation": "admin"}, "row 2, column situation", "site itself"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(tmp_path, cells, place, word):
    words = get_refusal(write_sheet(tmp_path, make_row(**cells)))
    assert place in words
    assert word in words


def test_all_faults_are_told_at_once(tmp_path):
    words = get_refusal(write_sheet(tmp_path, make_row(kind="poem"), make_row(title="Other", date="x")))
    assert "row 2, column kind" in words
    assert "row 3, column date" in words


def test_one_fault_keeps_every_good_row_out(tmp_path):
    get_refusal(write_sheet(tmp_path, make_row(), make_row(title="Other", kind="poem")))


def test_the_same_item_twice_in_one_file_is_a_fault(tmp_path):
    assert "row 3, column title: This is the same item as row 2." in get_refusal(
        write_sheet(tmp_path, make_row(), make_row())
    )


def test_an_unknown_column_is_a_fault(tmp_path):
    assert "row 1, column titel" in get_refusal(
        write_sheet(tmp_path, {"titel": "x"}, header=["situation", "date", "title", "titel"])
    )


def test_a_missing_column_is_a_fault(tmp_path):
    assert "row 1, column date: This column is missing." in get_refusal(
        write_sheet(tmp_path, {"title": "x"}, header=["title"])
    )


def test_a_column_that_stands_twice_is_a_fault(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("situation,date,title,title\nbelarus,2020-08-14,a,b\n")
    assert "twice" in get_refusal(path)


def test_a_wrong_encoding_is_named_with_its_row(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_bytes("situation,date,title\nbelarus,2020-08-14,Заявление\n".encode("cp1251"))
    assert "row 2: This is not UTF-8" in get_refusal(path)


def test_another_situation_than_asked_for_is_a_fault(tmp_path):
    assert "the import is for “ukraine”" in get_refusal(write_sheet(tmp_path, make_row()), situation="ukraine")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_a_fault(tmp_path, content):
    path = tmp_path / "sheet.csv"
    path.write_bytes(content)
    assert "empty" in get_refusal(path)


def test_a_header_without_rows_is_a_fault(tmp_path):
    assert "no rows" in get_refusal(write_sheet(tmp_path))


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    assert "No such file" in get_refusal(tmp_path / "missing.csv")


def test_a_formula_in_a_workbook_is_named_by_row_and_column(tmp_path):
    path = write_workbook(tmp_path, ["situation", "date", "title"], ["belarus", "2020-08-14", "=1+1"])
    assert "row 2, column title: A formula" in get_refusal(path)


def test_a_workbook_that_unpacks_to_a_flood_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _n in range(600):
            part.write(b" " * 1024 * 1024)
    assert "64 MB" in get_refusal(path)


def test_a_file_that_only_claims_to_be_a_workbook_is_refused(tmp_path):
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing of the kind")
    assert "cannot be read" in get_refusal(path)


# --- Testimonies ------------------------------------------------------------------------------

STORY_HEADER = [
    "situation", "partner", "language", "original_title", "date", "date_precision", "title", "title_fr", "content_note",
    "consent_reference", "consent_date", "consent_by", "consent_language", "consent_channels",
]  # fmt: skip


def make_story_row(**cells):
    return {
        "situation": "belarus", "partner": "Viasna", "language": "be", "original_title": "Сведчаць",
        "date": "2020-08-31", "date_precision": "undated", **cells,
    }  # fmt: skip


def write_story_sheet(tmp_path, *rows):
    return write_sheet(tmp_path, *rows, header=STORY_HEADER)


CONSENT = {
    "consent_reference": "V-1", "consent_date": "2020-09-01", "consent_by": "Documentation officer",
    "consent_language": "be", "consent_channels": "site;feed",
}  # fmt: skip


def test_a_testimony_keeps_its_own_language_even_one_the_site_does_not_speak(tmp_path):
    run_import(write_story_sheet(tmp_path, make_story_row(language="ckb", original_title="شایەتحاڵ")), "import_stories")
    assert SurvivorStory.objects.get().original_language == "ckb"


def test_a_testimony_is_never_published_without_consent_and_approval(tmp_path):
    make_situation()
    words = run_import(write_story_sheet(tmp_path, make_story_row()), "import_stories", publish=True)
    assert "Left as a draft: Сведчаць" in words
    assert "consent" in words
    assert "second person" in words
    assert not Entry.objects.filter(type="story").exists()


def test_the_columns_of_consent_make_its_record(tmp_path):
    run_import(write_story_sheet(tmp_path, make_story_row(**CONSENT)), "import_stories")
    consent = Consent.objects.get()
    assert (consent.reference, consent.site, consent.feed, consent.newsletter) == ("V-1", True, True, False)


def test_half_a_consent_is_a_fault(tmp_path):
    words = get_refusal(write_story_sheet(tmp_path, make_story_row(consent_reference="V-1")), "import_stories")
    assert "row 2, column consent_date" in words
    assert "row 2, column consent_by" in words


def test_an_unknown_channel_is_a_fault(tmp_path):
    words = get_refusal(
        write_story_sheet(tmp_path, make_story_row(**{**CONSENT, "consent_channels": "site;radio"})), "import_stories"
    )
    assert "row 2, column consent_channels" in words
    assert "mirror" in words


def test_a_testimony_without_partner_is_a_fault(tmp_path):
    assert "row 2, column partner" in get_refusal(
        write_story_sheet(tmp_path, make_story_row(partner="")), "import_stories"
    )


def test_the_same_testimonies_again_change_nothing(tmp_path):
    path = write_story_sheet(tmp_path, make_story_row(**CONSENT))
    run_import(path, "import_stories")
    assert "1 the same" in run_import(path, "import_stories")
