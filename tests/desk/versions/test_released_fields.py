"""A field is declared once: documents, restoring, comparing, sheets and translation read the same declaration."""

import csv
import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from desk.versions.comparing import compare_documents
from desk.versions.restoring import restore_release
from publishing.models import Release
from publishing.publication import PictureMixin, get_publication_types
from publishing.text.translated_values import set_translations
from publishing.translations import get_translated_fields
from situations.spreadsheets.columns import get_cells
from stories.spreadsheet_columns import SHEET as STORY_SHEET
from stories.spreadsheet_columns import import_stories
from tests.support.items import BUILDERS, build_item
from updates.spreadsheet_columns import SHEET as UPDATE_SHEET
from updates.spreadsheet_columns import import_updates

pytestmark = pytest.mark.django_db

TYPES = sorted(get_publication_types())
# What says where and how an item stands, and what is for the desk alone.
OF_THE_DESK = {"id", "uid", "status", "slug", "version", "created", "modified", "edited_by", "language", "situation"}
NEVER_RELEASED = {"organisation": {"mirrors"}, "alert": {"starts"}, "page": {"key"}}


@pytest.fixture
def stored_files():
    names = [default_storage.save(name, ContentFile(b"bytes")) for name in ("a.jpg", "0.pdf", "1.pdf")]
    yield
    for name in names:
        default_storage.delete(name)


def fresh(item):
    return type(item).objects.get(pk=item.pk)


def document(item):
    return fresh(item).document().as_json()


def empty_released_fields(item):
    """Writes other words into every released text and takes everything away that hangs on the item."""
    released = item.released
    for name in released.texts.values():
        set_translations(item, name, {"en": "Other"})
    for name in {"url", "original_url", "pseudonym", "contact", "postal_address"} & get_column_names(type(item)):
        setattr(item, name, "")
    for name in {"archived"} & get_column_names(type(item)):
        setattr(item, name, not getattr(item, name))
    for name in {"date", "since", "until"} & get_column_names(type(item)):
        setattr(item, name, dt.date(2031, 5, 5))
    item.picture = None
    item.save()
    if released.tags:
        item.tags.clear()
    if released.attachments:
        item.attachments.all().delete()
        item.co_publishers.clear()


def get_column_names(model):
    return {field.name for field in model._meta.concrete_fields}


@pytest.mark.usefixtures("stored_files")
@pytest.mark.parametrize(("kind", "filled"), BUILDERS)
def test_a_restored_document_is_the_document(kind, filled):
    item = build_item(kind, filled)
    was = document(item)
    release = Release(type=kind, uid=item.uid, slug=item.slug, document=was)
    release.save()
    empty_released_fields(item)
    assert document(item) != was
    restore_release(fresh(item), release, by=None)
    assert document(item) == was


@pytest.mark.parametrize("kind", ["update", "story"])
def test_whether_subscribers_are_told_stays_as_it_is_when_a_release_is_brought_back(kind):
    item = build_item(kind, "minimal")
    was = document(item)
    release = Release(
        type=kind, uid=item.uid, slug=item.slug, document=was | {"facts": was["facts"] | {"tell_now": True}}
    )
    release.save()
    restore_release(fresh(item), release, by=None)
    assert fresh(item).tell_now is False


@pytest.mark.parametrize("kind", TYPES)
def test_every_field_of_a_type_is_released_or_known_to_stay(kind):
    model, released = get_publication_types()[kind], get_publication_types()[kind].released
    known = {
        *released.translated,
        *released.columns.values(),
        *released.original.values(),
        *released.facts,
        *released.optional_facts,
    }
    known |= {*released.relations, *OF_THE_DESK, *NEVER_RELEASED.get(kind, set())}
    if released.picture:
        known |= {field.name for field in PictureMixin._meta.fields}
    if "colours" in released.facts:
        known |= {"link", "link_seen", "link_dark", "link_seen_dark"}
    own = {field.name for field in model._meta.fields} | {field.name for field in model._meta.many_to_many}
    in_languages = {column for columns in get_translated_fields(model).values() for column in columns.values()}
    assert own - in_languages <= known


@pytest.mark.parametrize("kind", TYPES)
def test_a_comparison_names_every_released_fact_as_the_form_does(kind):
    item = build_item(kind, "full")
    before = item.document().as_json()
    facts = [name for name in item.released.facts if name != "colours"]
    after = before | {"facts": before["facts"] | dict.fromkeys(facts, "another")}
    labels = {one.label.lower() for one in compare_documents(before, after)}
    assert labels == {str(type(item)._meta.get_field(name).verbose_name).lower() for name in facts}


@pytest.mark.parametrize(("kind", "run", "sheet"), [
    ("update", import_updates, UPDATE_SHEET),
    ("story", import_stories, STORY_SHEET),
])  # fmt: skip
@pytest.mark.parametrize("filled", ["full", "minimal"])
def test_an_import_of_an_export_changes_nothing(kind, run, sheet, filled):
    item = build_item(kind, filled)
    was, saves = document(item), item.history.count()
    file = io.StringIO()
    writer = csv.DictWriter(file, sheet.columns.written())
    writer.writeheader()
    writer.writerow(get_cells(sheet, item))
    summary = run(file.getvalue().encode(), quiet=True)
    assert (summary.new, summary.changed, summary.same) == (0, 0, 1)
    assert (document(item), item.history.count()) == (was, saves)


@pytest.mark.parametrize(("sheet", "carried"), [
    (
        UPDATE_SHEET,
        "situation kind date date_precision publisher co_publishers url tags language "
        "title subtitle summary body content_note",
    ),
    (
        STORY_SHEET,
        "situation partner language original_title original_body original_url date date_precision tags "
        "consent_reference consent_date consent_by consent_language consent_channels title summary content_note",
    ),
])  # fmt: skip
def test_a_sheet_has_the_columns_that_are_promised(sheet, carried):
    assert [*sheet.columns.plain, *sheet.columns.translated] == carried.split()
