"""What is public when follows from the releases of an item alone, in the order of their numbers."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from publishing.models import Release
from publishing.workflow.schedule import plan

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
Action = Release.Action


def make_history(words):
    """Releases out of (hours since the one before, action, hours until it shows or None, until it ends or None)."""
    at, releases = START, []
    for number, (passed, action, wait, lasts) in enumerate(words, 1):
        at += passed * HOUR
        shows = at + wait * HOUR if wait and action == Action.PUBLISH else None
        until = (at + lasts * HOUR).isoformat() if lasts else ""
        document = {"until": until} if action == Action.PUBLISH else None
        releases.append(Release(pk=number, action=action, at=at, visible_from=shows, document=document))
    return releases


def hours(releases, **options):
    """The plan as (number, hour of the beginning, hour of the end)."""
    return [
        (one.release.pk, (one.begins - START) / HOUR, one.ends and (one.ends - START) / HOUR)
        for one in plan(releases, **options)
    ]


def publish(passed=0, *, wait=None, lasts=None):
    return (passed, Action.PUBLISH, wait, lasts)


def say(action, passed=0):
    return (passed, action, None, None)


WORDS = st.tuples(
    st.integers(0, 5),
    st.sampled_from([Action.PUBLISH] * 4 + [Action.CANCEL, Action.WITHDRAW, Action.PURGE]),
    st.none() | st.integers(1, 6),
    st.none() | st.integers(1, 12),
)
HISTORIES = st.lists(WORDS, max_size=8).map(make_history)
EVERY_HALF_HOUR = [START + n * HOUR / 2 for n in range(120)]


def what_is_shown(showings, moment):
    return [one.release.pk for one in showings if one.begins <= moment and (not one.ends or moment < one.ends)]


@given(HISTORIES)
def test_never_are_two_shown_at_once(releases):
    showings = plan(releases)
    assert all(len(what_is_shown(showings, moment)) <= 1 for moment in EVERY_HALF_HOUR)


@given(HISTORIES)
def test_nothing_that_is_said_later_changes_what_has_been(releases):
    for count in range(1, len(releases)):
        now = releases[count].at
        for moment in [one for one in EVERY_HALF_HOUR if one < now]:
            assert what_is_shown(plan(releases[:count]), moment) == what_is_shown(plan(releases), moment)


@given(st.lists(WORDS.map(lambda words: (*words[:3], None)), max_size=8).map(make_history))
def test_there_is_no_hole_but_where_it_was_taken_back(releases):
    taken_back = {one.at for one in releases if one.action in {Action.WITHDRAW, Action.PURGE}}
    for one, following in pairwise(plan(releases)):
        assert one.ends in {following.begins, *taken_back}


@given(HISTORIES, st.randoms())
def test_only_the_numbers_say_what_came_first(releases, chance):
    shuffled = chance.sample(releases, len(releases))
    assert hours(shuffled) == hours(releases)


def test_a_schedule_moved_to_later_or_sooner_leaves_what_is_shown_until_the_new_hour():
    for wait in (1, 3):
        releases = make_history([publish(), publish(1, wait=2), publish(0, wait=wait)])
        assert hours(releases) == [(1, 0, 1 + wait), (3, 1 + wait, None)]


def test_a_schedule_replaced_at_once_was_never_there():
    assert hours(make_history([publish(), publish(wait=9), publish(1)])) == [(1, 0, 1), (3, 1, None)]


def test_a_cancelled_schedule_leaves_what_was_shown_for_good():
    assert hours(make_history([publish(), publish(wait=2), say(Action.CANCEL, 1)])) == [(1, 0, None)]


def test_what_was_taken_back_before_its_hour_was_never_there():
    assert hours(make_history([publish(wait=2), say(Action.WITHDRAW, 1)])) == []


def test_what_was_taken_back_at_the_very_moment_of_its_hour_was_there():
    assert hours(make_history([publish(wait=2), say(Action.WITHDRAW, 2)])) == [(1, 2, 2)]


def test_it_ends_where_its_document_says_though_another_waits():
    assert hours(make_history([publish(lasts=2), publish(wait=5)])) == [(1, 0, 2), (2, 5, None)]


def test_what_is_over_before_it_begins_is_never_shown_and_replaces_all_the_same():
    assert hours(make_history([publish(), publish(wait=3, lasts=2)])) == [(1, 0, 3)]


def test_a_clock_that_is_behind_changes_no_order():
    releases = make_history([publish(5), publish()])
    releases[1].at -= 2 * HOUR
    assert hours(releases) == [(1, 5, 5), (2, 3, None)]


# --- In a situation ---------------------------------------------------------------------------


def number_from(releases, number):
    for release in releases:
        release.pk += number
        release.situation = "belarus"
    return releases


def test_nothing_is_shown_before_its_situation():
    within = {"belarus": make_history([publish(wait=5)])}
    item = number_from(make_history([publish(), publish(wait=2), publish(3, wait=5)]), 1)
    assert hours(item, within=within) == [(3, 5, 8), (4, 8, None)]


def test_what_was_replaced_before_its_situation_began_was_never_shown():
    within = {"belarus": make_history([publish(wait=5)])}
    item = number_from(make_history([publish(), publish(1)]), 1)
    assert hours(item, within=within) == [(3, 5, None)]


def test_an_item_follows_its_situation_when_that_is_moved_or_brought_forward():
    item = number_from(make_history([publish(1)]), 1)
    moved, forward = make_history([publish(wait=5), publish(2, wait=7)]), make_history([publish(wait=5), publish(2)])
    moved[1].pk = forward[1].pk = 9
    assert hours(item, within={"belarus": moved}) == [(2, 9, None)]
    assert hours(item, within={"belarus": forward}) == [(2, 2, None)]


def test_what_was_taken_back_with_its_situation_before_the_hour_was_never_there():
    situation = make_history([publish(wait=5), say(Action.WITHDRAW, 3)])
    situation[1].pk = 8
    item = number_from(make_history([publish(1), say(Action.WITHDRAW, 2)]), 6)
    assert hours(item, within={"belarus": situation}) == []


def test_a_situation_that_is_there_already_moves_nothing_whatever_the_clocks_say():
    within = {"belarus": make_history([publish(4)])}
    assert hours(number_from(make_history([publish(2)]), 1), within=within) == [(2, 2, None)]


# --- A consent that was narrowed --------------------------------------------------------------


def test_a_narrowed_consent_ends_what_was_shown_and_what_waits_but_not_what_has_been():
    limit = Release(pk=3, action=Action.LIMIT, at=START + 4 * HOUR, limits={"until": (START + 3 * HOUR).isoformat()})
    assert hours([*make_history([publish(), publish(wait=9)]), limit]) == [(1, 0, 4)]


def test_a_narrowed_consent_does_not_call_off_what_waits():
    limit = Release(pk=3, action=Action.LIMIT, at=START + HOUR, limits={"channels": ["site"]})
    assert hours([*make_history([publish(), publish(wait=9)]), limit]) == [(1, 0, 9), (2, 9, None)]
