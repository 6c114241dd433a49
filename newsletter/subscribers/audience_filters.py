"""What readers can ask for, and how that is said back to them: a filter of the timeline, a language, a rhythm.

A wish is kept as the canonical query string of a `Filter`; empty means everything.
Not here: who asked for it (`models.Audience`).
"""

from django.http import QueryDict
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from newsletter.models import Audience, known_languages
from publishing.models import Entry
from publishing.text.availability import language_name
from publishing.text.languages import direction_of, name_of
from timeline.search.facets import words_for
from timeline.search.filters import Filter

Frequency = Audience.Frequency

HINTS = {
    Frequency.INSTANT: _("When something urgent is published; everything else once a week"),
    Frequency.DAILY: _("Every morning, if there is anything new"),
    Frequency.WEEKLY: _("Every Monday, if there is anything new"),
    Frequency.PAUSED: _("No mail until you choose another rhythm; we keep your address, sealed"),
}
# As they stand inside a sentence: “You asked for …”.
PHRASES = {
    Frequency.INSTANT: _("urgent news at once"),
    Frequency.DAILY: _("the daily digest"),
    Frequency.WEEKLY: _("the weekly digest"),
    Frequency.PAUSED: _("a pause"),
}


# --- Wishes as filters ------------------------------------------------------------------------


def filter_of(query, *, language):
    """The `Filter` of a kept query string; raises BadFilter for one that we did not write."""
    return Filter.read(QueryDict(query), language=language)


def query_of(narrowing, *, situations, language):
    """The canonical query string for these situations and what a filter narrows besides."""
    chosen = filter_of(narrowing, language=language).changed(situation=tuple(situations), since=None)
    return chosen.query()


def narrowing_of(query, *, language):
    """The part of a query that is not the choice of situations, canonical."""
    return filter_of(query, language=language).changed(situation=None, since=None).query()


def situations_of(query, *, language):
    return filter_of(query, language=language).chosen.get("situation", ())


# --- Wishes in words --------------------------------------------------------------------------


def in_words(audience):
    """What an audience gets, for a sentence in the language that is active: dict of what, language, about.

    “language” stands after “in”, “language_itself” stands alone.
    """
    return {
        "what": PHRASES[audience.frequency],
        "language": language_name(audience.language),
        "language_itself": name_of(audience.language),
        "about": about(audience.query, language=audience.language),
    }


def about(query, *, language):
    """“All Eyes on Belarus”, “all situations”, or the whole filter in words."""
    wish = filter_of(query, language=language)
    if wish.is_empty:
        return gettext("all situations")
    if narrowing_of(query, language=language):
        return wish.words()
    chosen = wish.chosen["situation"]
    return pgettext("between names", ", ").join(words_for("situation", chosen, language=language).values())


# --- Choices ----------------------------------------------------------------------------------


def situations(language):
    """(slug, title) of each situation the public can read."""
    entries = Entry.objects.public().filter(type="situation", language=language)
    return list(entries.order_by("title").values_list("slug", "title"))


def languages():
    """One dict a site language: code, its own name, direction."""
    return [{"code": code, "name": name_of(code), "dir": direction_of(code)} for code in known_languages()]
