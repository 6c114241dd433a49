"""The pages that every site has, in the organisation's own words: reading safely, privacy, who we are.

Where a page has no words of its own, or none in a reader's language, the shipped text stands there
(templates/timeline/fixed/). What the settings decide is printed by those templates in either case.
"""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from publishing.fields import PlainField, RichField
from publishing.publication import Publication
from publishing.released import Released, keep_names
from publishing.text.translated_values import get_translations
from publishing.workflow.transitions import get_transition_permissions


class Page(Publication):
    """One of the pages that stay, at an address that never changes."""

    TYPE = "page"

    class Key(models.TextChoices):
        SAFETY = "safety", _("Reading safely")
        PRIVACY = "privacy", _("What we keep about you")
        ABOUT = "about", _("Who we are")

    key = models.CharField(
        _("which page"),
        max_length=10,
        choices=Key,
        unique=True,
        help_text=_("It has its own address, for example /en/safety/, and is linked at the bottom of every page."),
    )
    title = PlainField(_("title"), max_length=120)
    body = RichField(
        _("text"),
        blank=True,
        help_text=_(
            "Replaces the standard text in this language; a language without a text of its own keeps the standard "
            "one. What this installation keeps or does not keep is added automatically, according to its settings."
        ),
    )

    released = Released(texts=keep_names("title", "body"))

    class Meta:
        verbose_name = _("page of the site")
        verbose_name_plural = _("pages of the site")
        ordering = ["key"]
        permissions = get_transition_permissions("page", "pages of the site")

    def __str__(self):
        return self.get_key_display() or "-"

    def clean(self):
        super().clean()
        self.slug = self.key
        before = type(self).objects.filter(pk=self.pk).values_list("key", flat=True).first()
        if before and before != self.key and self.is_public_address:
            raise ValidationError({"key": _("It was published as another page. Withdraw it and create a new one.")})

    def is_address_of_another(self, slug):
        """Its address stays, also where the page was deleted permanently and is written anew."""
        return False

    def blockers(self):
        return [] if get_translations(self, "body") else [_("It has no text.")]

    def document(self):
        return replace(super().document(), slug=self.key, date=self.created.date().isoformat())


def get_shipped_page(key, language):
    """(title, text) that the site comes with in one language, without what depends on its settings."""
    with translation.override(language):
        text = render_to_string(f"timeline/fixed/{key}.html", {"for_desk": True, "LANGUAGE_CODE": language})
        return str(Page.Key(key).label), text
