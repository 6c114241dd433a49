"""This module knows in which other forms a list can be had: as a feed, a file, by program, by mail, on another site.

All of them carry the same filter. What marks a list for one reader, or orders it for one search, stays behind.
"""

from dataclasses import replace

from django.utils.html import format_html
from django.utils.translation import gettext as _

FORMAT_FILES = {
    "atom": "feed.atom",
    "rss": "feed.rss",
    "json_feed": "feed.json",
    "csv": "export.csv",
    "json": "export.json",
    "xlsx": "export.xlsx",
}


def get_alternate_formats(query_filter):
    """Name of the form -> path; "embed" is "" for a list that is not of one situation."""
    unmarked = query_filter.changed(since=None, order=None)
    return {
        **{name: unmarked.address_of(file) for name, file in FORMAT_FILES.items()},
        "api": append_query("/api/v1/entries", move_situation_to_query(unmarked).query(language=unmarked.language)),
        "mail": append_query(f"/{unmarked.language}/newsletter/", move_situation_to_query(unmarked).query()),
        "embed": unmarked.address_of("embed/") if unmarked.situation else "",
    }


def move_situation_to_query(query_filter):
    """The same filter where the situation stands in the query, not in the path."""
    place = query_filter.situation
    return replace(query_filter, situation="").changed(situation=place) if place else query_filter


def append_query(path, query):
    return f"{path}?{query}" if query else path


def render_embed_code(query_filter, *, origin, title):
    """The line that another site copies; its readers' address is not told to us by their browsers."""
    return format_html(
        '<iframe src="{}" title="{}" width="100%" height="600" loading="lazy" referrerpolicy="no-referrer"></iframe>',
        origin + get_alternate_formats(query_filter)["embed"],
        title or _("Updates and testimonies"),
    )
