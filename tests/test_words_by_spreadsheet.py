"""A native reader corrects a language in a spreadsheet: out with export_words, back with import_words."""

import csv
import gettext
import io
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ohrm import catalogue_checks
from ohrm.catalogues import COLUMNS, Catalogue, read_catalogues

HEADER = ",".join([*COLUMNS, "current_fr", "better"])


@pytest.fixture
def catalogue(settings, tmp_path):
    """The path of a French catalogue that a test may change."""
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    shutil.copytree(catalogue_checks.LOCALE / "fr", tmp_path / "locale" / "fr")
    return read_catalogues(tmp_path / "locale")["fr"]


def run(*command):
    told = io.StringIO()
    call_command(*map(str, command), stdout=told)
    return told.getvalue()


def exported(folder):
    """The rows of the file as a spreadsheet shows them, and where it is."""
    path = folder / "words.csv"
    run("export_words", "fr", path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True)), path


def brought_back(path, rows, *, delimiter=","):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return run("import_words", path)


def row_of(rows, msgid):
    return next(row for row in rows if row["msgid"] == msgid)


def said(catalogue, msgid, *, form=0):
    return next(one for one in Catalogue(catalogue).messages.values() if one.source == msgid).forms[form]


def test_every_form_of_every_message_has_a_row_with_its_english_and_an_empty_cell(catalogue, tmp_path):
    rows, path = exported(tmp_path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(rows) == sum(len(message.forms) for message in Catalogue(catalogue).messages.values())
    assert row_of(rows, "Share")["current_fr"] == "Partager"
    assert row_of(rows, "%(count)d update|1") | {"numbers": "", "current_fr": ""} == {
        "msgid": "%(count)d update|1",
        "context": "",
        "numbers": "",
        "english": "%(count)d updates",
        "current_fr": "",
        "better": "",
    }
    assert row_of(rows, "%(count)d update|0")["numbers"] == "0, 1"
    assert {row["better"] for row in rows} == {""}


def test_a_file_that_nobody_filled_in_changes_nothing(catalogue, tmp_path):
    before = catalogue.read_bytes()
    rows, path = exported(tmp_path)
    assert "0 changed" in brought_back(path, rows)
    assert catalogue.read_bytes() == before


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_better_words_are_written_and_nothing_else_is_touched(catalogue, tmp_path, delimiter):
    before = catalogue.read_text(encoding="utf-8").splitlines()
    rows, path = exported(tmp_path)
    row_of(rows, "Share")["better"] = " Faire suivre "
    row_of(rows, "%(count)d entry|1")["better"] = "%(count)d fiches"
    assert "2 changed" in brought_back(path, rows, delimiter=delimiter)
    after = catalogue.read_text(encoding="utf-8").splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ['msgstr "Faire suivre"', 'msgstr[1] "%(count)d fiches"']


def test_the_site_reads_the_new_words(catalogue, tmp_path):
    rows, path = exported(tmp_path)
    row_of(rows, "Share")["better"] = "Faire suivre"
    assert "Compiled" in brought_back(path, rows)
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Share") == "Faire suivre"


def test_without_gettext_the_words_are_kept_and_it_says_how_to_compile(catalogue, tmp_path, monkeypatch):
    rows, path = exported(tmp_path)
    row_of(rows, "Share")["better"] = "Faire suivre"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "compilemessages -l fr" in brought_back(path, rows)
    assert said(catalogue, "Share") == "Faire suivre"


def test_long_words_and_odd_characters_come_back_as_they_were_written(catalogue, tmp_path):
    rows, path = exported(tmp_path)
    text = "un \\ deux\ttrois " * 20 + "fin"
    row_of(rows, "Share")["better"] = text
    brought_back(path, rows)
    assert said(catalogue, "Share") == text


def test_the_spaces_of_french_are_set_for_who_cannot_type_them(catalogue, tmp_path):
    rows, path = exported(tmp_path)
    row_of(rows, "Share")["better"] = "Partager : « ici » !"
    brought_back(path, rows)
    assert said(catalogue, "Share") == "Partager\u00a0: «\u00a0ici\u00a0»\u00a0!"


def test_names_are_isolated_in_arabic_for_who_cannot_type_that():
    assert catalogue_checks.add_invisible_marks("ar", "نشره %(who)s.") == "نشره \u2068%(who)s\u2069."
    assert catalogue_checks.add_invisible_marks("ar", "نشره \u2068%(who)s\u2069.") == "نشره \u2068%(who)s\u2069."


def test_every_row_that_cannot_be_taken_is_named_and_nothing_is_changed(catalogue, tmp_path):
    before = catalogue.read_bytes()
    rows, path = exported(tmp_path)
    row_of(rows, "Share")["better"] = "Faire suivre"
    lost = row_of(rows, "%(who)s wrote here: “%(words)s”")
    lost["better"] = "%(who)s a écrit"
    rows[-1] |= {"msgid": "No such message", "better": "Rien"}
    with pytest.raises(CommandError) as refused:
        brought_back(path, rows)
    assert f"Row {rows.index(lost) + 2}: it has other placeholders" in str(refused.value)
    assert f"Row {len(rows) + 1}: there is no such message" in str(refused.value)
    assert catalogue.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The first row has to name the columns"),
        (b"a,b,c\n1,2,3\n", "The first row has to name the columns"),
        (f"{HEADER.replace('current_fr', 'current_xx')}\n,,,,,\n".encode(), "The first row has to name the columns"),
        (f"{HEADER}\nShare,,,,,Partagé\n".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_file_that_is_something_else_is_refused(catalogue, tmp_path, content, told):
    path = tmp_path / "words.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=told):
        run("import_words", path)


def test_a_file_or_language_that_is_not_there_is_named(catalogue, tmp_path):
    with pytest.raises(CommandError, match="There is no catalogue for “xx”"):
        run("export_words", "xx")
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_words", tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_words", "fr", Path(tmp_path, "no", "folder.csv"))
