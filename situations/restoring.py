"""This module knows how the organisation, a situation and an alert are written back into their working copies."""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from desk.versions.restoring import Restorer

from .models import Situation


def parse_optional_date(text):
    return dt.date.fromisoformat(text) if text else None


class OrganisationRestorer(Restorer):
    words = {"title": "name", "subtitle": "sentence", "summary": "introduction"}

    def columns(self):
        super().columns()
        facts = self.document.facts
        self.put({name: facts[name] for name in ("mark", "contact", "postal_address")})
        self.put(dict(zip(("link", "link_seen", "link_dark", "link_seen_dark"), facts["colours"], strict=True)))


class SituationRestorer(Restorer):
    words = {"title": "title", "summary": "introduction", "body": "support"}

    def columns(self):
        super().columns()
        facts = self.document.facts
        titles = {code: text.title for code, text in self.document.texts.items() if text.title}
        for name, words in facts["words"].items():
            # Where there was no short title, the document has the title in its place.
            words = {} if name == "short_title" and words == titles else words
            self.put({f"{name}_{code}": words.get(code, "") for code in settings.SHIPPED_LANGUAGES})
        self.put({"since": parse_optional_date(facts["since"]), "until": parse_optional_date(facts["until"])})
        self.put({"archived": facts["archived"], "order": facts["order"]})
        self.put_picture()


class AlertRestorer(Restorer):
    words = {"title": "sentence"}

    def columns(self):
        self.item.situation = self.place(Situation)
        super().columns()
        self.put({"url": self.document.url, "ends": dt.datetime.fromisoformat(self.document.facts["ends"])})
        self.left.append(_("The start of the alert stays as it is now."))


class PageRestorer(Restorer):
    words = {"title": "title", "body": "body"}
