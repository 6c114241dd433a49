"""This module knows how a testimony, as it was released, is written back into its working copy.

The record of consent is no part of a release: it stays as it is now, and decides anew.
"""

import datetime as dt

from django.utils.translation import gettext as _

from desk.versions.restoring import Restorer
from situations.models import Partner, Situation, Tag
from situations.spreadsheet_import import bulk_set_tags


class StoryRestorer(Restorer):
    words = {
        "title": "title", "summary": "summary", "body": "body", "content_note": "content_note", "credit": "translator"
    }  # fmt: skip

    def columns(self):
        self.item.situation = self.place(Situation)
        super().columns()
        original, facts = self.document.original, self.document.facts
        source = [credit.slug for credit in self.document.credits if credit.role == "source"]
        self.put(
            {
                "date": dt.date.fromisoformat(self.document.date),
                "date_precision": self.document.precision,
                "original_language": original.language,
                "original_title": original.title,
                "original_body": original.body,
                "original_url": original.url,
                "naming": facts["naming"],
                "pseudonym": facts["pseudonym"],
                "partner": next(iter(self.found(Partner, source, called=_("partner"))), self.item.partner),
            }
        )
        self.left.append(_("The record of consent stays as it is now."))

    def relations(self):
        tags = self.found(Tag, [tag.slug for tag in self.document.tags], called=_("tag"))
        bulk_set_tags(type(self.item), [(self.item, set(tags))])
