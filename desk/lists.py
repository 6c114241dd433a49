"""What the lists of the desk show of each item and filter by, in as many queries for a thousand rows as for one."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publishing.fields import RichField
from publishing.models import Entry, Release
from publishing.publication import Publication
from publishing.translations import (
    TRANSLATION_STATES,
    build_any_untranslated_q,
    build_untranslated_q,
    compute_translation_states,
)
from staff.datetime_widgets import format_desk_datetime

Status = Publication.Status

# Drawn in a box of 16 by 16: open, half, ticked, with a clock hand, filled and crossed squares.
SQUARE_OUTLINE = "M1 1h14v14H1zM3 3v10h10V3z"
STATUS_SHAPES = {
    "draft": SQUARE_OUTLINE,
    "in_review": SQUARE_OUTLINE + "M3 3h5v10H3z",
    "approved": SQUARE_OUTLINE + "M4 8l1.5-1.5L7 8l3.500-3.500L12 6l-5 5z",
    "scheduled": SQUARE_OUTLINE + "M7 4h2v4h3v2H7z",
    "published": "M1 1h14v14H1z",
    "withdrawn": SQUARE_OUTLINE + "M4.400 3.400l8.200 8.200-1 1-8.200-8.200zM11.600 3.400l1 1-8.200 8.200-1-1z",
}


@dataclass(frozen=True)
class Visibility:
    """Where an item is, apart from any work in progress: all moments in UTC."""

    public: bool = False
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None
    released: dt.datetime | None = None


def get_visibilities(uids):
    """uid -> `Visibility`, in two queries."""
    now = timezone.now()
    found = {uid: {} for uid in uids}
    # Of every language: asked for one, SQLite reads that whole language instead of these few items.
    entries = Entry.objects.filter(uid__in=uids).order_by("language")
    for uid, begins, ends in entries.values_list("uid", "visible_from", "visible_until"):
        if begins and begins > now:
            found[uid]["begins"] = begins
        elif not ends or ends > now:
            found[uid] |= {"public": True, "ends": ends}
    published = Release.objects.published().filter(uid__in=uids).order_by()
    for uid, released in published.values_list("uid").annotate(newest=Max("at")):
        found[uid]["released"] = released
    return {uid: Visibility(**facts) for uid, facts in found.items()}


def render_status_badge(item, visibility):
    """The status as word and shape, with what else one has to know about it."""
    name = (
        "scheduled" if item.status == Status.PUBLISHED and visibility.begins and not visibility.public else item.status
    )
    word = _("Scheduled") if name == "scheduled" else item.get_status_display()
    notes = format_html_join(
        "", '<span class="note">{}</span>', ((note,) for note in get_status_notes(item, visibility))
    )
    return format_html('<span class="badge {}">{}{}</span>{}', name, render_status_shape(name), word, notes)


def render_status_shape(name):
    return render_svg_path(STATUS_SHAPES[name])


def render_svg_path(path):
    box = '<svg class="shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
    return format_html(box + '<path fill-rule="evenodd" d="{}"/></svg>', path)


# How far a translation is: nothing, half, crossed out, ticked.
TRANSLATION_SHAPES = {
    "original": STATUS_SHAPES["published"],
    "missing": SQUARE_OUTLINE,
    "draft": STATUS_SHAPES["in_review"],
    "stale": STATUS_SHAPES["withdrawn"],
    "checked": STATUS_SHAPES["approved"],
}


def render_translation_state(state):
    """The state of a translation as word and shape."""
    return format_html(
        '<span class="translation-state {}">{}{}</span>',
        state,
        render_svg_path(TRANSLATION_SHAPES[state]),
        TRANSLATION_STATES[state],
    )


# The shapes of the families of kinds, as on the public page.
KIND_FAMILY_SHAPES = {
    "statement": "M1 1h14v14H1z",
    "evidence": "M1 1h14v3.400H1zM1 6.300h14v3.400H1zM1 11.600h14V15H1z",
    "story": "M8 .800a7.200 7.200 0 1 0 0 14.400A7.200 7.200 0 0 0 8 .800z",
    "urgent": "M8 .600 16 15H0z",
    "blog": "m8 0 8 8-8 8-8-8zm0 4.200L4.200 8 8 11.800 11.800 8z",
}


def render_kind_shape(family):
    return render_svg_path(KIND_FAMILY_SHAPES[family])


def get_status_notes(item, visibility):
    if visibility.begins:
        yield _("from %s") % format_desk_datetime(visibility.begins)
    if visibility.public and item.status != Status.PUBLISHED:
        yield _("an earlier version is public")
    if item.status == Status.PUBLISHED:
        if not visibility.public and not visibility.begins:
            yield _("expired")
        elif visibility.released and item.modified > visibility.released:
            yield _("changed since")


def render_languages(item):
    """“en fr (ru)”: those that are missing stand in brackets."""
    words = (
        (state, code if state != "missing" else f"({code})") for code, state in compute_translation_states(item).items()
    )
    return format_html_join(" ", '<span class="{}">{}</span>', words)


class DeskChangeList(ChangeList):
    """Leaves long texts in the database, and finds the visibility of all rows of a page at once."""

    def get_queryset(self, request, **kwargs):
        long = [field.name for field in self.model._meta.concrete_fields if isinstance(field, RichField)]
        return super().get_queryset(request, **kwargs).defer(*long)

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        found = get_visibilities([item.uid for item in self.result_list])
        for item in self.result_list:
            item.visibility = found[item.uid]


# --- Filters -----------------------------------------------------------------------------------


class VisibilityFilter(admin.SimpleListFilter):
    title = gettext_lazy("what readers see")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [
            ("public", _("Public now")),
            ("scheduled", _("Scheduled for later")),
            ("changed", _("Changed since it was published")),
            ("never", _("Not public")),
        ]

    def queryset(self, request, queryset):
        parts = build_visibility_conditions().get(self.value(), []) if self.value() else []
        if len(parts) > 1:
            # Each is found by indexes alone, as either database does it best, and rows are read only then.
            rows = queryset.model._default_manager
            parts = [Q.create([Q(pk__in=rows.filter(part).values("pk")) for part in parts], connector=Q.OR)]
        return queryset.filter(*parts)


def build_visibility_conditions():
    """Name -> conditions of which one has to hold: what readers see of an item."""
    mine, now = Entry.objects.filter(uid=OuterRef("uid")), timezone.now()
    waiting = Q(uid__in=Entry.objects.filter(visible_from__gt=now).values("uid"))
    over = Q(uid__in=Entry.objects.filter(visible_until__lte=now).values("uid"))
    working, public = ~Q(status=Status.PUBLISHED), Exists(mine.public())
    return {
        "public": [public],
        "scheduled": [waiting],
        "changed": [working & public, build_changed_condition()],
        "never": [~Exists(mine), over & ~waiting & ~public],
    }


def build_changed_condition():
    """A condition: it was saved after its last release, so there is none since then."""
    since = Release.objects.published().filter(uid=OuterRef("uid"), at__gte=OuterRef("modified"))
    return Q(status=Status.PUBLISHED) & ~Exists(since)


class MissingLanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("language missing")
    parameter_name = "missing"

    def lookups(self, request, model_admin):
        return [("any", _("any")), *settings.LANGUAGES]

    def queryset(self, request, queryset):
        if self.value() == "any":
            return queryset.filter(build_any_untranslated_q(queryset.model))
        if self.value() in dict(settings.LANGUAGES):
            return queryset.filter(build_untranslated_q(queryset.model, self.value()))
        return queryset
