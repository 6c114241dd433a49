"""This module knows how a release is written back into the working copy, which it then is a change of like any other.

Nothing becomes public by it. What a document does not hold, such as a consent, stays as it is now; what cannot be
brought back, such as a partner that was deleted, is said. Not here: which field stands where in a document
(`publishing/released.py`), how two versions differ (`comparing.py`).
"""

import copy

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.translating import records
from publishing.document import Document
from publishing.item_log import record_item_event
from publishing.media.files import delete_files_later
from publishing.publication import Publication
from publishing.released import decode_value, get_document_words, has_situation, is_many
from publishing.text.translated_values import set_translations
from publishing.workflow.approvals import compute_approval_digest
from publishing.workflow.state_machine import TransitionRefused
from publishing.workflow.transitions import reopen

Status = Publication.Status


class Restorer:
    """The inverse of `document()`, by what its type declares. `left` collects sentences on what stays as it is."""

    def __init__(self, item, document):
        self.item, self.document, self.left = item, item.without_fallbacks(document), []
        self.released = item.released

    def restore_columns(self):
        """Sets the columns of the row, which is not saved yet."""
        if has_situation(self.item):
            self.restore_situation()
        self.item.language = self.document.language
        for part, name in self.released.texts.items():
            set_translations(self.item, name, get_document_words(self.document, part))
        self.restore_slug()
        for name, value in get_plain_values(self.item, self.document):
            setattr(self.item, name, decode_value(self.item, name, value))
        for role, name in self.released.credits.items():
            if not is_many(self.item, name):
                self.restore_partner(role, self.item._meta.get_field(name))
        if self.released.picture:
            self.restore_picture()
        self.left += self.released.stays

    def restore_relations(self):
        """Writes what is kept beside the row, which is saved by now."""
        for role, name in self.released.credits.items():
            if is_many(self.item, name):
                getattr(self.item, name).set(self.find_credited(role, self.item._meta.get_field(name)))
        if self.released.tags:
            model = self.item._meta.get_field("tags").related_model
            # Cleared first: taggit would compare their names, and a tag may have none in the language of the desk.
            self.item.tags.set(self.find_rows(model, [tag.slug for tag in self.document.tags]), clear=True)
        if self.released.attachments:
            self.restore_attachments()

    def restore_situation(self):
        """The situation that the release stood in, or the one of now."""
        slug, model = self.document.situation, self.item._meta.get_field("situation").related_model
        found = model.objects.filter(slug=slug).first()
        if found is None and slug:
            self.left.append(_("The situation is not restored: “%s” no longer exists.") % slug)
        else:
            self.item.situation = found

    def restore_slug(self):
        if self.item.slug_is_taken(self.document.slug):
            self.left.append(_("The address is not restored: another item now has “%s”.") % self.document.slug)
        else:
            self.item.slug = self.document.slug

    def restore_partner(self, role, relation):
        """A partner that must be there stays where the one of the release is gone."""
        usual = None if relation.null else getattr(self.item, relation.name)
        setattr(self.item, relation.name, next(iter(self.find_credited(role, relation)), usual))

    def find_credited(self, role, relation):
        slugs = [credit.slug for credit in self.document.credits if credit.role == role]
        return self.find_rows(relation.related_model, slugs)

    def find_rows(self, model, slugs):
        """The rows with these slugs; those that are not there any more are told."""
        rows = {row.slug: row for row in model.objects.filter(slug__in=slugs)}
        if missing := [slug for slug in slugs if slug not in rows]:
            names = pgettext("between names", ", ").join(missing)
            self.left.append(_("Not restored, because it was deleted: %(what)s %(names)s.")
                             % {"what": model._meta.verbose_name, "names": names})  # fmt: skip
        return [rows[slug] for slug in slugs if slug in rows]

    def restore_picture(self):
        """The picture with its words, if its files are still there; else both stay."""
        picture = next(iter(self.document.pictures), None)
        if picture and not are_files_stored(one["name"] for one in picture.renditions):
            self.left.append(_("The picture is not restored: the files of the earlier one no longer exist."))
            return
        kept = ("renditions", "width", "height", "focus")
        self.item.picture = {name: getattr(picture, name) for name in kept} if picture else None
        set_translations(self.item, "picture_alt", picture.alt if picture else {})
        credit = picture.get_credits(self.document.language) if picture else {}
        set_translations(self.item, "picture_credit", credit)
        self.item.picture_decorative = bool(picture and picture.decorative)

    def restore_attachments(self):
        attachments, wanted = self.item.attachments, {one.name: one for one in self.document.attachments}
        lost = [one for one in wanted.values() if not are_files_stored([one.name])]
        self.left += [_("The document “%s” no longer exists.") % one.title for one in lost]
        attachments.exclude(name__in=wanted).delete()
        kept = set(attachments.values_list("name", flat=True))
        for one in [one for one in wanted.values() if one not in lost]:
            if one.name in kept:
                attachments.filter(name=one.name).update(title=one.title, language=one.language)
            else:
                attachments.create(**vars(one))


def get_plain_values(item, document):
    """(field, value) of everything that is neither text nor relation; a fact that is not there is as at first."""
    released, facts = item.released, document.facts
    yield from ((name, getattr(document, part)) for part, name in released.columns.items())
    yield from ((name, getattr(document.original, part, "")) for part, name in released.original.items())
    for name in (*released.facts, *released.optional_facts):
        if name not in released.not_restored:
            yield name, facts[name] if name in facts else item._meta.get_field(name).get_default()


def are_files_stored(names):
    return all(default_storage.exists(name) for name in names)


@transaction.atomic
def restore_release(item, release, *, by):
    """Writes a release into the working copy, whose row the caller holds; returns sentences on what stays.

    Raises `TransitionRefused` for a release without content and for content that is not allowed any more.
    """
    if release.uid != item.uid or not release.document:
        raise TransitionRefused(_("There is nothing in this release to restore."))
    seal = compute_approval_digest(item) if item.status in {Status.IN_REVIEW, Status.APPROVED} else None
    files, before = set(item.document().file_names()), copy.copy(item)
    work = Restorer(item, Document.from_json(release.document))
    work.restore_columns()
    validate_item(item)
    item.version += 1
    item.edited_by = item._history_user = by
    item._change_reason = _("Restored release %d") % release.pk
    item.save()
    records.record_translations(before, item, by=by)
    work.restore_relations()
    record_item_event("restored", item, by=by, release=release.pk)
    fresh = type(item)._default_manager.get(pk=item.pk)
    delete_files_later(sorted(files - set(fresh.document().file_names())))
    if seal and compute_approval_digest(fresh) != seal:
        reopen(fresh, by=by)
    return work.left


def validate_item(item):
    """What forms check before they save, as reasons."""
    try:
        item.clean()
        item.validate_unique()
        item.validate_constraints()
    except ValidationError as error:
        raise TransitionRefused(*error.messages) from error
