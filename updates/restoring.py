"""This module knows how an update, as it was released, is written back into its working copy."""

import datetime as dt

from django.utils.translation import gettext as _

from desk.versions.restoring import Restorer, are_files_stored
from situations.models import Partner, Situation, Tag
from situations.spreadsheet_import import bulk_set_tags

from .models import Attachment


class UpdateRestorer(Restorer):
    words = {
        "title": "title",
        "subtitle": "subtitle",
        "summary": "summary",
        "body": "body",
        "content_note": "content_note",
        "credit": "translator",
    }

    def columns(self):
        self.item.situation = self.place(Situation)
        super().columns()
        partners = self.found(Partner, self.credited("publisher"), called=_("partner"))
        self.put(
            {
                "kind": self.document.kind,
                "date": dt.date.fromisoformat(self.document.date),
                "date_precision": self.document.precision,
                "url": self.document.url,
                "publisher": next(iter(partners), None),
            }
        )
        self.put_picture()

    def relations(self):
        self.item.co_publishers.set(self.found(Partner, self.credited("signatory"), called=_("partner")))
        tags = self.found(Tag, [tag.slug for tag in self.document.tags], called=_("tag"))
        bulk_set_tags(type(self.item), [(self.item, set(tags))])
        self.put_attachments()

    def credited(self, role):
        return [credit.slug for credit in self.document.credits if credit.role == role]

    def put_attachments(self):
        wanted = {one.name: one for one in self.document.attachments}
        lost = [one for one in wanted.values() if not are_files_stored([one.name])]
        self.left += [_("The document “%s” no longer exists.") % one.title for one in lost]
        self.item.attachments.exclude(name__in=wanted).delete()
        kept = set(self.item.attachments.values_list("name", flat=True))
        for one in [one for one in wanted.values() if one not in lost]:
            said = {"title": one.title, "language": one.language}
            if one.name in kept:
                self.item.attachments.filter(name=one.name).update(**said)
            else:
                facts = {"name": one.name, "size": one.size, "pages": one.pages, "sha256": one.sha256}
                Attachment.objects.create(update=self.item, **said, **facts)
