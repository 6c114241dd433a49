"""This module knows how the tags of an item are typed, as names separated by commas in any language, and kept."""

import re

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.item_form.forms import PictureForm, PublicationForm
from publishing.addresses import build_slug
from publishing.text.cleaning import clean_line

from .models import Tag
from .spreadsheets.references import index_by_name
from .spreadsheets.saving import bulk_set_tags

MAX_TAG_LENGTH = 60
SEPARATORS = re.compile("[,،、;\n]")


class TagsField(forms.CharField):
    """Cleans to a list of names, each once."""

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=1000, **kwargs)

    def prepare_value(self, value):
        return ", ".join(str(tag) for tag in value) if isinstance(value, list) else value

    def has_changed(self, initial, data):
        return self.clean(self.prepare_value(initial)) != self.clean(data)

    def clean(self, value):
        names = [clean_line(name) for name in SEPARATORS.split(super().clean(value))]
        if too_long := [name for name in names if len(name) > MAX_TAG_LENGTH]:
            raise forms.ValidationError(
                _("A tag has at most %(most)d characters: “%(name)s”."),
                params={"most": MAX_TAG_LENGTH, "name": too_long[0]},
            )
        return list(dict.fromkeys(filter(None, names)))


class TagsMixin(PublicationForm):
    tags = TagsField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Separated by commas: “detention, torture”. A tag that does not exist yet is created."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["tags"] = list(self.instance.tags.all())

    @cached_property
    def known(self):
        return index_by_name(Tag.objects.all())

    def relations(self):
        return [*super().relations(), "tags"]

    def answers(self):
        """A name that stands for no tag yet differs from every tag there is."""
        tags = {self.known.get(name.casefold(), name) for name in self.cleaned_data.get("tags", [])}
        return super().answers() | {"tags": frozenset(getattr(tag, "pk", tag) for tag in tags)}

    def reason(self):
        return (_("Tags: %s") % ", ".join(self.cleaned_data["tags"]))[:100] if "tags" in self.changed_data else ""

    def save_relations(self):
        # Not by taggit, which compares names: a tag may have none in the language of the desk.
        if "tags" in self.changed_data:
            tags = {self.get_or_create_tag(name) for name in self.cleaned_data["tags"]}
            bulk_set_tags(type(self.instance), [(self.instance, tags)])

    def get_or_create_tag(self, name):
        if name.casefold() not in self.known:
            taken = {tag.slug for tag in self.known.values()}
            tag = Tag(name=name, slug=build_slug(name, taken=taken.__contains__))
            tag.save()
            self.known[name.casefold()] = tag
        return self.known[name.casefold()]


class TaggedItemForm(TagsMixin, PublicationForm):
    """For items with tags."""


class TaggedPictureItemForm(TagsMixin, PictureForm):
    """For items with tags and a picture."""
