"""This module knows which words of an item go to a translator outside, and what those that come back would change.

A file is bound to the item, the language and the digest of the words it was made from. What comes back is judged
first and saved as every form of the desk is saved, all of it or nothing.
Not here: the formats (`xliff.py`, `sheets.py`), the pages (`exchange_pages.py`).
"""

import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from publishing.fields import RichField
from publishing.publication import get_publication_types
from publishing.spreadsheets.reader import Fault, SpreadsheetError
from publishing.text.cleaning import convert_html_to_text
from publishing.text.languages import normalise_language_code
from publishing.translations import (
    TRANSLATOR_FIELD,
    compute_source_digest,
    compute_translation_state,
    get_original_fields,
    get_source_language,
    get_source_texts,
    get_translated_fields,
)

from . import records
from .side_by_side import build_translation_form, write_translation

MAX_ITEMS = 200  # in one file


@dataclass(frozen=True)
class TranslationUnit:
    """One field: its words as they were given, and as far as they are translated. `limit` in characters, 0 for none."""

    name: str
    label: str
    source: str
    target: str
    language: str  # of the source
    rich: bool = False
    limit: int = 0


@dataclass(frozen=True)
class ExportedItem:
    """The words of one item that go out, to come back in one language."""

    type: str
    uid: str
    title: str
    digest: str
    source_language: str
    language: str
    state: str
    parts: list


@dataclass(frozen=True)
class ImportedItem:
    """What a file says of one item in one language; `place` tells a person where that stands in the file."""

    type: str
    uid: str
    digest: str
    language: str
    words: dict
    place: str
    remarks: list = field(default_factory=list)  # sentences on what the file says beside the words


def find_site_language(code):
    """The language of the site that a code means, whatever region or letters a tool writes: ru-RU and RU are ru."""
    code = normalise_language_code(code)
    language = code.partition("-")[0]
    return language if language in dict(settings.LANGUAGES) else code


# --- Going out --------------------------------------------------------------------------------


def build_exported_item(item, *, language, row):
    """The `ExportedItem` of an item; `row` is what is remembered of its translation, or None."""
    model = type(item)
    source = get_source_texts(item, language)
    parts = [
        build_translation_unit(item, name, columns[language], source)
        for name, columns in get_translated_fields(model).items()
    ]
    return ExportedItem(
        type=item.TYPE,
        uid=str(item.uid),
        title=str(item),
        digest=compute_source_digest(item, language),
        source_language=get_source_language(item) if item.language == language else item.language,
        language=language,
        state=compute_translation_state(item, language, known=row),
        parts=[one for one in parts if one.source or one.target or one.name == TRANSLATOR_FIELD],
    )


def build_translation_unit(item, name, column, source):
    field = item._meta.get_field(name)
    return TranslationUnit(
        name=name,
        label=str(capfirst(field.verbose_name)),
        source=source.get(name, ""),
        target=getattr(item, column) or "",
        language=get_source_language(item) if name in get_original_fields(item) else item.language,
        rich=isinstance(field, RichField),
        limit=field.max_length or 0,
    )


# --- Coming back ------------------------------------------------------------------------------


@dataclass
class ImportPlan:
    """What one `ImportedItem` would do: `changes` are (label, before, after); with `faults` nothing of it is saved."""

    returned: ImportedItem
    item: object = None
    form: object = None
    changes: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    is_stale: bool = False
    faults: list = field(default_factory=list)

    @property
    def version(self):
        return self.item.version if self.item else None


def build_import_plans(request, returned, *, versions):
    """An `ImportPlan` for each; `versions` maps uid to the version that the person has seen, if they have seen one."""
    if len(returned) > MAX_ITEMS:
        raise SpreadsheetError([Fault(0, "", _("It contains more than %d items. Split it.") % MAX_ITEMS)])
    plans = [build_import_plan(request, one, version=versions.get(one.uid)) for one in returned]
    seen = set()
    for plan in plans:
        if plan.returned.uid in seen:
            plan.faults.append(_("This item is in the file twice. Upload one file for each language."))
        seen.add(plan.returned.uid)
    return plans


def build_import_plan(request, returned, *, version):
    plan = ImportPlan(returned, remarks=list(returned.remarks))
    model = get_publication_types().get(returned.type)
    desk = model and admin.site.get_model_admin(model)
    if not desk or not desk.has_view_permission(request):
        plan.faults.append(_("This kind of item is unknown here, or you do not have permission to see it."))
        return plan
    plan.item = model._default_manager.filter(uid=returned.uid).first() if is_uid(returned.uid) else None
    if plan.item is None:
        plan.faults.append(_("This item does not exist here, or no longer exists."))
    elif returned.language not in records.get_writable_languages(request.user, model):
        plan.faults.append(_("You do not have permission to write in this language: %s.") % returned.language)
    elif returned.language == get_source_language(plan.item):
        plan.faults.append(_("This is the language in which it was given. A translation cannot replace it."))
    else:
        compare_with_item(request, plan, desk, version=version)
    return plan


def is_uid(word):
    try:
        return bool(uuid.UUID(word))
    except ValueError:
        return False


def compare_with_item(request, plan, desk, *, version):
    """Fills the form of the item with what came back, and notes what differs and what is wrong."""
    item, code = plan.item, plan.returned.language
    fields = get_translated_fields(type(item))
    unknown = [name for name in plan.returned.words if name not in fields]
    plan.faults += [_("“%s” is not a part of this item.") % name for name in unknown]
    said = {fields[name][code]: words for name, words in plan.returned.words.items() if name in fields and words}
    now = {columns[code]: getattr(item, columns[code]) or "" for columns in fields.values()}
    data = {**now, **said, "version": item.version if version is None else version}
    # A copy: a form changes the item that it is made for on its way.
    fresh = type(item)._default_manager.get(pk=item.pk)
    plan.form = build_translation_form(desk, request, fresh, language=code, data=data)
    if not plan.form.is_valid():
        plan.faults += [sentence for errors in plan.form.errors.values() for sentence in errors]
        return
    for name, columns in fields.items():
        after = getattr(plan.form.instance, columns[code]) or ""
        if after != now[columns[code]]:
            plan.changes.append(describe_change(item, name, now[columns[code]], after))
    if plan.returned.digest != compute_source_digest(item, code):
        plan.is_stale = True
        plan.remarks.append(
            _("The original changed after this file was made. The translation is saved, and shown as out of date.")
        )


def describe_change(item, name, before, after):
    field = item._meta.get_field(name)
    read = convert_html_to_text if isinstance(field, RichField) else str
    return str(capfirst(field.verbose_name)), read(before), read(after)


@transaction.atomic
def import_translations(request, returned, *, versions):
    """Saves what differs, all or nothing; returns the plans. With a fault in any of them nothing was saved."""
    plans = build_import_plans(request, returned, versions=versions)
    if any(plan.faults for plan in plans):
        return plans
    for plan in [plan for plan in plans if plan.changes]:
        desk = admin.site.get_model_admin(type(plan.item))
        item = write_translation(desk, request, plan.form)
        if plan.is_stale:
            made = plan.returned
            records.record_external_translation(item, language=made.language, source=made.digest, by=request.user)
    return plans
