"""What readers can ask for, and how that is said back to them: a filter of the timeline, a language, a rhythm.

A wish is kept as the canonical query string of a `Filter`; empty means everything.
Not here: who asked for it (`models.Audience`).
"""

from django.http import QueryDict
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from newsletter.models import Audience, get_language_codes
from publishing.models import Entry
from publishing.text.availability import get_language_name_after_in
from publishing.text.languages import get_language_direction, get_native_name
from timeline.search.facets import get_value_names
from timeline.search.filter_words import FilterWords
from timeline.search.filters import Filter

Frequency = Audience.Frequency

FREQUENCY_HINTS = {
    Frequency.INSTANT: _("When something urgent is published; everything else once a week"),
    Frequency.DAILY: _("Every morning, if there is anything new"),
    Frequency.WEEKLY: _("Every Monday, if there is anything new"),
    Frequency.PAUSED: _("No e-mail until you choose another frequency; we keep your address, encrypted"),
}
# As they stand inside a sentence: “You asked for …”.
FREQUENCY_PHRASES = {
    Frequency.INSTANT: _("urgent news at once"),
    Frequency.DAILY: _("the daily digest"),
    Frequency.WEEKLY: _("the weekly digest"),
    Frequency.PAUSED: _("a pause"),
}


# --- Wishes as filters ------------------------------------------------------------------------


def parse_audience_filter(query, *, language):
    """The `Filter` of a kept query string; raises BadFilter for one that we did not write."""
    return Filter.from_query(QueryDict(query), language=language)


def build_audience_query(narrowing, *, situations, language):
    """The canonical query string for these situations and what a filter narrows besides."""
    chosen = parse_audience_filter(narrowing, language=language).changed(situation=tuple(situations), since=None)
    return chosen.query()


def split_audience_filter(query_filter):
    """(the situations that it names, the filter of all that it narrows besides)."""
    return query_filter.chosen.get("situation", ()), query_filter.changed(situation=None, since=None)


# --- Wishes in words --------------------------------------------------------------------------


def describe_audience(audience):
    """What an audience gets, for a sentence in the language that is active: dict of what, language, about.

    “language” stands after “in”, “language_itself” stands alone.
    """
    return {
        "what": FREQUENCY_PHRASES[audience.frequency],
        "language": get_language_name_after_in(audience.language),
        "language_itself": get_native_name(audience.language),
        "about": describe_query(audience.query, language=audience.language),
    }


def describe_query(query, *, language):
    """“All Eyes on Belarus”, “all situations”, or the whole filter in words."""
    wish = parse_audience_filter(query, language=language)
    if wish.is_empty:
        return gettext("all situations")
    situations, narrowing = split_audience_filter(wish)
    if not narrowing.is_empty:
        return FilterWords(wish).describe()
    return pgettext("between names", ", ").join(get_value_names("situation", situations, language=language).values())


# --- Choices ----------------------------------------------------------------------------------


def get_public_situations(language):
    """(slug, title) of each situation the public can read."""
    entries = Entry.objects.public().filter(type="situation", language=language)
    return list(entries.order_by("title").values_list("slug", "title"))


def get_site_language_choices():
    """One dict a site language: code, its own name, direction."""
    return [
        {"code": code, "name": get_native_name(code), "dir": get_language_direction(code)}
        for code in get_language_codes()
    ]
