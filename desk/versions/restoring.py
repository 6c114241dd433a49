"""This module knows how a release is written back into the working copy, which it then is a change of like any other.

Nothing becomes public by it. What a document does not hold, such as a consent, stays as it is now; what cannot be
brought back, such as a partner that was deleted, is said. Each room adds the inverse of its own `document()`.
Not here: how two versions differ (`comparing.py`).
"""

import copy

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.forms import delete_unpublished_files
from desk.translating import records
from publishing.document import Document
from publishing.publication import Publication
from publishing.translated_values import build_text_columns
from publishing.workflow import transitions

Status = Publication.Status


class Restorer:
    """The inverse of one type's `document()`. `left` collects sentences on what stays as it is."""

    words = {}  # part of a `Text` -> translated field, as in `document()`

    def __init__(self, item, document):
        self.item, self.document, self.left = item, document, []

    def columns(self):
        """Sets the columns of the row, which is not saved yet."""
        self.item.language = self.document.language
        self.put(build_text_columns(self.document.texts, **self.words))
        self.restore_slug()

    def relations(self):
        """Writes what is kept beside the row, which is saved by now."""

    def put(self, values):
        for name, value in values.items():
            setattr(self.item, name, value)

    def restore_slug(self):
        if self.item.slug_is_taken(self.document.slug):
            self.left.append(_("The address is not restored: another item now has “%s”.") % self.document.slug)
        else:
            self.item.slug = self.document.slug

    def place(self, model):
        """The situation that the release stood in, or the one of now."""
        found = model.objects.filter(slug=self.document.situation).first()
        if found is None and self.document.situation:
            self.left.append(_("The situation is not restored: “%s” no longer exists.") % self.document.situation)
        return found or (self.item.situation if self.document.situation else None)

    def found(self, model, slugs, *, called):
        """The rows with these slugs; those that are not there any more are told."""
        rows = {row.slug: row for row in model.objects.filter(slug__in=slugs)}
        if missing := [slug for slug in slugs if slug not in rows]:
            names = pgettext("between names", ", ").join(missing)
            self.left.append(_("Not restored, because it was deleted: %(what)s %(names)s.")
                             % {"what": called, "names": names})  # fmt: skip
        return [rows[slug] for slug in slugs if slug in rows]

    def put_picture(self):
        """The picture with its words, if its files are still there; else both stay."""
        picture = next(iter(self.document.pictures), None)
        if picture and not are_files_stored(one["name"] for one in picture.renditions):
            self.left.append(_("The picture is not restored: the files of the earlier one no longer exist."))
            return
        kept = ("renditions", "width", "height", "focus")
        self.item.picture = {name: getattr(picture, name) for name in kept} if picture else None
        alt = picture.alt if picture else {}
        self.put(
            {column: alt.get(column.rpartition("_")[2], "") for column in build_text_columns({}, title="picture_alt")}
        )
        self.item.picture_decorative = bool(picture and picture.decorative)
        self.item.picture_credit = picture.credit if picture else ""


def are_files_stored(names):
    return all(default_storage.exists(name) for name in names)


@transaction.atomic
def restore_release(item, release, *, by, restorer):
    """Writes a release into the working copy, whose row the caller holds; returns sentences on what stays.

    Raises `workflow.Refused` for a release without content and for content that is not allowed any more.
    """
    if release.uid != item.uid or not release.document:
        raise transitions.TransitionRefused(_("There is nothing in this release to restore."))
    seal = transitions.compute_approval_digest(item) if item.status in {Status.IN_REVIEW, Status.APPROVED} else None
    files, before = set(item.document().file_names()), copy.copy(item)
    work = restorer(item, Document.from_json(release.document))
    work.columns()
    validate_item(item)
    item.version += 1
    item.edited_by = item._history_user = by
    item._change_reason = _("Restored release %d") % release.pk
    item.save()
    records.record_translations(before, item, by=by)
    work.relations()
    transitions.record("restored", item, by=by, release=release.pk)
    fresh = type(item)._default_manager.get(pk=item.pk)
    transaction.on_commit(lambda: delete_unpublished_files(files - set(fresh.document().file_names())))
    if seal and transitions.compute_approval_digest(fresh) != seal:
        transitions.reopen(fresh, by=by)
    return work.left


def validate_item(item):
    """What forms check before they save, as reasons."""
    try:
        item.clean()
        item.validate_unique()
        item.validate_constraints()
    except ValidationError as error:
        raise transitions.TransitionRefused(*error.messages) from error
