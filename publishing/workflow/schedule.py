"""This module knows what of an item is public when: a pure function of its releases, in the order of their numbers.

Publishing, scheduling, cancelling, withdrawing and rebuilding all write exactly this (`entries.py`), and whether
something could ever be read is asked here (`publishing/lookup.py`). Two clocks are compared at one place alone: whether
the hour of an appointment had come when the next word on the item was said.
"""

import datetime as dt
from itertools import pairwise
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from publishing.addresses import hash_slug
from publishing.models import Release

Action = Release.Action
RETRACTIONS = {Action.WITHDRAW, Action.PURGE}
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class Showing(NamedTuple):
    """A release that was, is or will be what readers see: aware moments, `ends` None while nothing ends it."""

    release: Release
    begins: dt.datetime
    ends: dt.datetime | None


# --- The plan ---------------------------------------------------------------------------------


def plan(releases, *, within=None):
    """The `Showing` of each release that anybody could, can or will be able to read, the oldest first.

    `releases` are all of one item by their numbers. `within` maps the slug of a situation to its releases: nothing is
    seen before the situation in which it stands.
    """
    return [showing for showing, is_readable in lay_out(releases, within or {}) if is_readable]


def get_standing(releases, *, within=None):
    """What entries are kept of: what was shown last, over or not, and what waits or replaced it at its hour."""
    taken_back = max((release.pk for release in releases if release.action in RETRACTIONS), default=0)
    laid = [one for one in lay_out(releases, within or {}) if one[0].release.pk > taken_back]
    if not laid or laid[-1][0].begins == NEVER:
        return []
    last = laid[-1][0]
    before = [showing for showing, is_readable in laid[-2:-1] if is_readable and last.release.visible_from]
    return [*before, last]


def lay_out(releases, within):
    """[(showing, whether anybody could ever read it)], those included that were over before they began."""
    laid = []
    for release, replaced in find_begun(releases):
        over, gate = get_own_end(release, releases), get_situation_begin(release, within)
        begins = max(filter(None, [release.public_since, gate]))
        ends = min(filter(None, [replaced, over]), default=None)
        is_late = begins > release.public_since and replaced and replaced < begins
        is_readable = begins < NEVER and not is_late and not (over and over <= begins)
        laid.append((Showing(release, begins, ends and max(begins, ends)), is_readable))
    return laid


def find_begun(releases):
    """[release, the moment at which another word took its place] for those that were not overtaken by one."""
    begun = []
    said = sorted((one for one in releases if one.action != Action.LIMIT), key=lambda one: one.pk)
    for release, following in pairwise([*said, None]):
        if release.action == Action.CANCEL or is_overtaken(release, following):
            continue
        if begun:
            begun[-1][1] = begun[-1][1] or release.public_since
        if release.action == Action.PUBLISH:
            begun.append([release, None])
    return begun


def is_overtaken(release, following):
    """Whether the next word was said before its hour came, so that nobody ever saw it."""
    return bool(release.visible_from and following and following.at < release.visible_from)


def get_own_end(release, releases):
    """The moment at which it ends by itself: as its document says, or earlier as a consent was narrowed since."""
    ends = [parse_end(release.own_end)]
    for limit in get_limits(release, releases):
        until = parse_end(limit.limits.get("until"))
        ends.append(until and max(until, limit.at))
    return min(filter(None, ends), default=None)


def get_limits(release, releases):
    """The words, said after it, that let less of it be seen."""
    return [one for one in releases if one.action == Action.LIMIT and one.pk > release.pk]


def parse_end(value):
    return dt.datetime.fromisoformat(value) if value else None


def get_situation_begin(release, within):
    """The moment before which there is nothing to stand in, `NEVER`, or None where there was something by then."""
    history = within.get(release.situation)
    if not history:
        return None
    # Its situation was taken back before, perhaps, and after: it belongs to what was shown between.
    taken_back = [one.pk for one in history if one.action in RETRACTIONS]
    after = max((number for number in taken_back if number < release.pk), default=0)
    before = min((number for number in taken_back if number > release.pk), default=float("inf"))
    first = next((one for one, _replaced in find_begun(history) if after < one.pk < before), None)
    if first is None:
        return NEVER
    return first.visible_from or (first.at if first.pk > release.pk else None)


# --- What it is made of -----------------------------------------------------------------------


def read_histories(uids):
    """(uid -> its releases without their texts, slug -> those of the situation), in two queries."""
    histories = {uid: [] for uid in uids}
    for release in read_without_texts().filter(uid__in=uids).order_by("pk"):
        histories[release.uid].append(release)
    return histories, read_situation_histories({one.situation for mine in histories.values() for one in mine} - {""})


def read_situation_histories(slugs):
    if not slugs:
        return {}
    known = {name: slug for slug in slugs for name in (slug, hash_slug(slug))}
    histories = {slug: [] for slug in slugs}
    found = read_without_texts().filter(type="situation", slug__in=known).order_by("pk")
    for release in found:
        histories[known[release.slug]].append(release)
    return histories


def read_without_texts():
    """Releases with the little of their documents that a plan is made of."""
    parts = {"own_end": "until", "channels": "channels", "pictures": "pictures", "attachments": "attachments"}
    return Release.objects.defer("document").annotate(**{name: F(f"document__{part}") for name, part in parts.items()})


def find_last_read(releases):
    """The newest of these releases that anybody could ever read, or None; they may be of several items."""
    asked = dict(releases.order_by().values_list("pk", "uid"))
    if not asked:
        return None
    histories, within = read_histories(set(asked.values()))
    shown = [one for mine in histories.values() for one in plan(mine, within=within)]
    read = [one.release for one in shown if one.release.pk in asked and one.begins <= timezone.now()]
    return max(read, key=lambda release: release.pk, default=None)
