"""The page on which one language of an item is translated: the words it is made from, and beside them one's own.

It offers the fields of that language and no others, so that nothing else can be sent; it is saved as any form of
the desk. Not here: what is remembered of a translation (`records.py`), the list of all (`board.py`).
"""

from dataclasses import dataclass
from functools import partial

from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BoundField, modelform_factory
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _
from js_asset import Media

from desk import lists, publication_status
from desk.item_form.forms import PublicationForm
from desk.item_form.rich_text import EDITOR_STYLE_HASH
from desk.item_pages import ItemPage
from publishing.fields import RichField
from publishing.text.cleaning import render_safe_html
from publishing.translations import (
    TRANSLATION_STATES,
    TRANSLATOR_FIELD,
    get_language_texts,
    get_ordered_languages,
    get_original_fields,
    get_site_language_direction,
    get_site_language_name,
    get_source_language,
    get_source_texts,
    get_translated_fields,
)
from publishing.workflow.state_machine import TransitionRefused

from . import records


class TranslationForm(PublicationForm):
    """The words of one language. Nothing is demanded of a translation: what is empty is missing."""

    def require_one(self, columns):
        pass


@dataclass(frozen=True)
class FieldPair:
    """A field to write in, what it is made from, and what stood there when the translation was made."""

    field: BoundField
    spoken: tuple  # of the source: code, name, direction
    source: str = ""
    earlier: str = ""
    other: str = ""

    @property
    def is_open(self):
        """Whether there is anything to translate, or something that should not be there."""
        return bool(self.source or self.field.value() or self.field.name.startswith(f"{TRANSLATOR_FIELD}_"))


def get_language_columns(model, code):
    return [columns[code] for columns in get_translated_fields(model).values()]


def build_field_pairs(form, item, *, code, row):
    """A `FieldPair` for each field that is in use; those of which nothing is written in either language are left
    out."""
    model = type(item)
    source, other = get_source_texts(item, code), get_reference_texts(item, code)
    then = row and row.source and records.find_source_version(item, language=code, row=row)
    before = get_source_texts(then, code) if then else source
    for name, columns in get_translated_fields(model).items():
        said = source.get(name, "")
        yield FieldPair(
            field=form[columns[code]],
            spoken=describe_language(get_source_language(item) if name in get_original_fields(item) else item.language),
            source=render_field_text(model, name, said),
            earlier=render_field_text(model, name, before.get(name, "")) if before.get(name, "") != said else "",
            other=render_field_text(model, name, other.get(name, "")),
        )


def get_reference_texts(item, code):
    """The words in the language of the fallback, where the original is in a third one that not all translators read."""
    if item.language in {code, get_source_language(item)}:
        return {}
    given = get_original_fields(item)
    return {name: words for name, words in get_language_texts(item, item.language).items() if name in given}


def render_field_text(model, name, words):
    return render_safe_html(words) if words and isinstance(model._meta.get_field(name), RichField) else words


def describe_language(code):
    """(code, name, direction) of any language, also of one that Django has never heard of."""
    try:
        get_language_info(code)
    except KeyError:
        return code, code, "auto"
    return code, get_site_language_name(code), get_site_language_direction(code)


class Translate(ItemPage):
    """The page of each language of an item."""

    routes = {"translate": ("translate/<str:language>/", "translate_view")}

    def on_form(self, request, item):
        return {"translations": self.get_languages(request, item)}

    def get_languages(self, request, item):
        """[(code, name, word of its state, state, address or "")] of each language that the person is shown."""
        writes = records.get_writable_languages(request.user, self.model)
        return [
            (
                code,
                get_site_language_name(code),
                TRANSLATION_STATES[state],
                state,
                self.url("translate", item.pk, code) if may else "",
            )
            for code, state in records.get_translation_states(item).items()
            if (may := code in writes and state != "original") or records.is_language_visible(request.user, item, code)
        ]

    def fetch_to_translate(self, request, pk, language):
        """The item, or a refusal: another's language, and the original, are nobody's to translate."""
        item = self.fetch(request, pk)
        if language not in get_ordered_languages(item):
            raise Http404
        if language == get_source_language(item) or language not in records.get_writable_languages(
            request.user, self.model
        ):
            raise PermissionDenied
        return item

    @method_decorator(csp_update({"style-src": [EDITOR_STYLE_HASH]}))
    def translate_view(self, request, pk, language):
        with transaction.atomic():
            item = self.fetch_to_translate(request, pk, language)
            form = build_translation_form(self.admin, request, item, language=language)
            if request.method == "POST" and form.is_valid():
                return self.save_translation(request, form, language=language)
        return self.show_translation(request, form, self.fetch(request, pk), language=language)

    def save_translation(self, request, form, *, language):
        item = write_translation(self.admin, request, form)
        self.admin.add_saved_message(request, form.instance, item)
        if "_check" in request.POST:
            self.check_translation(request, item, language=language)
        return HttpResponseRedirect(self.url("translate", item.pk, language))

    def check_translation(self, request, item, *, language):
        try:
            records.mark_translation_checked(item, language=language, by=request.user)
        except TransitionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Checked. If the original changes, it will be shown as out of date."))
            self.suggest_another(request, item, language=language)

    def suggest_another(self, request, item, *, language):
        """Whoever checks their own words may; where somebody else reads the language, they are named."""
        row = records.get_translations_by_item([item])[item.uid][language]
        others = records.get_other_translators(language, but=request.user) if row.by == request.user else []
        if others:
            names = pgettext("between names", ", ").join(map(str, others))
            messages.info(request, _("You wrote it yourself: %s could check it too.") % names)

    def show_translation(self, request, form, item, *, language):
        row = records.get_translations_by_item([item])[item.uid].get(language)
        states = self.get_languages(request, item)
        state = next(state for code, _name, _word, state, _at in states if code == language)
        stale = row if state == "stale" else None
        return self.render(
            request,
            "side_by_side",
            title=_("%(item)s: %(language)s") % {"item": item, "language": get_site_language_name(language)},
            item=item,
            form=form,
            pairs=[pair for pair in build_field_pairs(form, item, code=language, row=stale) if pair.is_open],
            source=describe_language(item.language if item.language != language else get_source_language(item)),
            other=describe_language(item.language),
            target=describe_language(language),
            state=state,
            word=TRANSLATION_STATES[state],
            row=row,
            people=records.describe_contributors(row, state),
            languages=states,
            badge=lists.render_status_badge(item, lists.get_visibilities([item.uid])[item.uid]),
            public_at=publication_status.get_public_path(item),
            media=Media.from_media(self.admin.media + form.media, nonce=str(request.csp_nonce)),
            files_at=f"{reverse('admin:desk_translation_export')}?type={item.TYPE}&pick={item.pk}&to={language}",
        )


def build_translation_form(admin, request, item, *, language, data=None):
    made = modelform_factory(
        admin.model,
        form=TranslationForm,
        fields=get_language_columns(admin.model, language),
        formfield_callback=partial(admin.formfield_for_dbfield, request=request),
    )
    return made(request.POST or None if data is None else data, instance=item)


def write_translation(admin, request, form):
    """Saves a valid form as every form of the desk is saved; returns the item as it is then."""
    form.save(commit=False)
    admin.save_model(request, form.instance, form, change=True)
    admin.save_related(request, form, [], change=True)
    return admin.model._default_manager.get(pk=form.instance.pk)
