"""The board: items and languages, and how far each translation is. It shows a translator its own languages alone.

One type of item at a time, a page found in the order of the last change by where the page before it ended, so that
a page costs what it shows. Not here: the page of one translation (`side_by_side.py`), files (`exchange_pages.py`).
"""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk import lists
from desk.item_pages import ComposedAdmin
from desk.models import Translation
from publishing import translations
from publishing.publication import Publication, get_publication_model, get_publication_types
from publishing.translations import (
    get_original_fields,
    get_site_language_name,
    get_source_language,
    get_source_texts,
    get_title_field,
    has_field,
)

from . import records
from .exchange_pages import Exchange
from .side_by_side import describe_language

PER_PAGE = 25
TYPE_ORDER = ["update", "story", "alert", "situation", "organisation"]
STATE_LABELS = {
    "due": gettext_lazy("missing or out of date"),
    "missing": gettext_lazy("missing"),
    "draft": gettext_lazy("draft"),
    "stale": gettext_lazy("out of date"),
    "checked": gettext_lazy("checked"),
}
AGE_RANGES = {
    "week": (gettext_lazy("in the last 7 days"), 7),
    "month": (gettext_lazy("in the last 30 days"), 30),
    "older": (gettext_lazy("more than 30 days ago"), -30),
    "old": (gettext_lazy("more than 90 days ago"), -90),
}
EMPTY_CHOICE = ("", gettext_lazy("All"))


class BoardForm(forms.Form):
    """What the board is narrowed by. A word that it does not know narrows nothing."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    situation = forms.ChoiceField(label=gettext_lazy("Situation"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Translation"), required=False, choices=[EMPTY_CHOICE, *STATE_LABELS.items()]
    )
    age = forms.ChoiceField(
        label=gettext_lazy("Last changed"),
        required=False,
        choices=[EMPTY_CHOICE, *((name, label) for name, (label, _days) in AGE_RANGES.items())],
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[EMPTY_CHOICE, *Publication.Status.choices]
    )

    def __init__(self, data, *, model, codes):
        super().__init__(data)
        self.fields["language"].choices = [EMPTY_CHOICE, *((code, get_site_language_name(code)) for code in codes)]
        self.narrow("kind", model._meta.get_field("kind").choices if has_field(model, "kind") else [])
        self.narrow("situation", get_situation_choices() if has_field(model, "situation") else [])

    def narrow(self, name, choices):
        if choices:
            self.fields[name].choices = [EMPTY_CHOICE, *choices]
        else:
            del self.fields[name]

    def said(self):
        """Name -> value of what was chosen and is known."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def get_situation_choices():
    situations = get_publication_model("situation")._default_manager.all()
    return [(str(situation.pk), str(situation)) for situation in situations]


@dataclass(frozen=True)
class BoardRow:
    """One item: its title and the language of that, its badge, and for each language (spoken, state, address or "",
    sentences on who wrote and checked it)."""

    item: Publication
    title: str
    spoken: tuple
    badge: str
    cells: list
    address: str


def build_board_condition(model, said, codes):
    """What was chosen, as a condition on the items of a type; a state in one of these languages."""
    found = Q()
    for name in {"kind", "situation", "status"} & said.keys():
        found &= Q(**{name: said[name]})
    if "age" in said:
        _label, days = AGE_RANGES[said["age"]]
        edge = timezone.now() - dt.timedelta(days=abs(days))
        found &= Q(modified__gte=edge) if days > 0 else Q(modified__lt=edge)
    if "state" in said:
        found &= records.build_state_condition(model, codes, state=said["state"])
    return found


def build_cursor_condition(cursor):
    """What stands below the row at which the page before ended; nothing for a cursor that is none."""
    moment, _mark, pk = cursor.partition("~")
    try:
        at = parse_datetime(moment)
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at) or not pk.isdecimal() or len(pk) > 18:
        return Q()
    return Q(modified__lt=at) | Q(modified=at, pk__lt=int(pk))


def format_cursor(item):
    return f"{item.modified.isoformat()}~{item.pk}"


@admin.register(Translation)
class TranslationBoard(ComposedAdmin):
    pages = [Exchange]

    def models(self, account):
        """Type -> (model, languages) of what an account may see and translate."""
        seen = [
            model for model in dict.fromkeys(get_publication_types().values()) if records.can_view_model(account, model)
        ]
        writes = records.get_writable_languages_by_model(account, seen)
        return {model.TYPE: (model, codes) for model, codes in writes.items() if codes}

    def has_module_permission(self, request):
        """Asked on every page of the desk, so without a look at the languages."""
        return any(records.can_translate_model(request.user, model) for model in get_publication_types().values())

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        models = self.models(request.user)
        if not models:
            return self.without_languages(request)
        chosen = request.GET.get("type")
        chosen = chosen if chosen in models else min(models, key=get_type_rank)
        model, codes = models[chosen]
        form = BoardForm(request.GET, model=model, codes=codes)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Translations"),
            "form": form,
            "type": chosen,
            "tabs": [build_tab(models[name][0], chosen) for name in sorted(models, key=get_type_rank)],
        }
        context |= self.page(request, model, codes, form.said(), cursor=request.GET.get("after", ""))
        return TemplateResponse(request, "admin/desk/translation_board.html", context)

    def without_languages(self, request):
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Translations")}
        return TemplateResponse(request, "admin/desk/translation_board_empty.html", context)

    def page(self, request, model, codes, said, *, cursor):
        """The rows of a page, their languages, and the ways to the pages beside it."""
        shown = [code for code in codes if said.get("language", code) == code]
        items = self.found(request, model, build_board_condition(model, said, shown), cursor=cursor)
        first = {"type": model.TYPE, **said}
        more = len(items) > PER_PAGE and {**first, "after": format_cursor(items[PER_PAGE - 1])}
        return {
            # The language of most originals last: it is seldom what something is translated into.
            "targets": [
                describe_language(code) for code in sorted(shown, key=lambda code: code == settings.LANGUAGE_CODE)
            ],
            "rows": self.rows(items[:PER_PAGE], codes=shown),
            "older": more and f"?{urlencode(more)}",
            "first": cursor and f"?{urlencode(first)}",
        }

    def found(self, request, model, wanted, *, cursor):
        """At most one item more than a page holds, the last changed first."""
        items = self.admin_site.get_model_admin(model).get_queryset(request)
        items = items.filter(wanted, build_cursor_condition(cursor)).order_by("-modified", "-pk")
        if has_field(model, "situation"):
            items = items.select_related("situation")
        return list(items[: PER_PAGE + 1])

    def rows(self, items, *, codes):
        known, standings = records.get_translations_by_item(items), lists.get_visibilities([item.uid for item in items])
        return [build_board_row(item, codes, known=known[item.uid], visibility=standings[item.uid]) for item in items]


def get_type_rank(kind):
    """What people translate daily stands first."""
    return TYPE_ORDER.index(kind) if kind in TYPE_ORDER else len(TYPE_ORDER)


def build_tab(model, chosen):
    return model.TYPE, capfirst(model._meta.verbose_name_plural), chosen == model.TYPE


def build_board_row(item, codes, *, known, visibility):
    name = get_title_field(type(item))
    # Asked for in no language of the site: then it is the title as it was given.
    title = get_source_texts(item, "")[name] or str(item)
    cells = []
    for code in codes:
        state = translations.compute_translation_state(item, code, known=known.get(code))
        place = "" if state == "original" else get_admin_url(item, "translate", code)
        cells.append((describe_language(code), state, place, records.describe_contributors(known.get(code), state)))
    return BoardRow(
        item=item,
        title=title,
        spoken=describe_language(get_source_language(item) if name in get_original_fields(item) else item.language),
        badge=lists.render_status_badge(item, visibility),
        cells=cells,
        address=get_admin_url(item, "change"),
    )


def get_admin_url(item, page, *args):
    meta = item._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[item.pk, *args])
