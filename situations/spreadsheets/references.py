"""This module knows what the rows of a file name: situations, partners and tags, found or made once."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext as _

from publishing.addresses import SLUG_LENGTH, build_slug
from publishing.text.characters import fold_text
from publishing.text.translated_values import get_translations
from situations.models import RESERVED_SLUGS, Partner, Situation, Tag


class ReferenceResolver:
    """Finds situations by slug, partners and tags by any of their names, and makes those that are missing."""

    def __init__(self):
        self.situations = {situation.slug: situation for situation in Situation.objects.all()}
        self.partners = index_by_name(Partner.objects.all())
        self.tags = index_by_name(Tag.objects.all())
        self.made, self.created_partners = [], []

    def situation(self, row, *, default, language):
        slug = row.plain("situation", limit=SLUG_LENGTH) or default
        if not slug:
            row.add_fault("situation", _("It is empty. Name a situation here or with --situation."))
        elif default and slug != default:
            names = {"slug": slug, "default": default}
            row.add_fault("situation", _("It says “%(slug)s”, but the import is for “%(default)s”.") % names)
        elif slug in self.situations or is_valid_situation_slug(row, slug):
            return self.situations.get(slug) or self.make_situation(slug, language=language)
        return None

    def make_situation(self, slug, *, language):
        situation = Situation(slug=slug, language=language)
        setattr(situation, f"title_{language}", slug.replace("-", " ").capitalize())
        situation.save()
        self.situations[slug] = situation
        self.made.append(situation)
        return situation

    def partner(self, name, *, language):
        return self.named(Partner, self.partners, name, language=language)

    def tag(self, name, *, language):
        return self.named(Tag, self.tags, name, language=language)

    def named(self, model, names, name, *, language):
        if fold_text(name) not in names:
            taken = {thing.slug for thing in names.values()}
            thing = model(slug=build_slug(name, taken=taken.__contains__))
            thing.name = name
            setattr(thing, f"name_{language}", name)
            thing.save()
            names[fold_text(name)] = thing
            if model is Partner:
                self.created_partners.append(thing)
        return names[fold_text(name)]


def index_by_name(things):
    names = {}
    for thing in things:
        for name in [*get_translations(thing, "name").values(), thing.slug]:
            names.setdefault(fold_text(name), thing)
    return names


def is_valid_situation_slug(row, slug):
    try:
        validate_slug(slug)
    except ValidationError as error:
        row.add_fault("situation", " ".join(error.messages))
        return False
    if slug in RESERVED_SLUGS:
        row.add_fault("situation", _("“%s” is an address of the site itself.") % slug)
        return False
    if Situation().is_address_of_another(slug):
        row.add_fault("situation", _("“%s” was deleted permanently. Choose another address.") % slug)
        return False
    return True
