"""How anything comes from one state to another: `perform` is the only way, `Transition` is one row of a table.

It takes the locks, reads the item anew, judges, acts and writes the line of the log, in this order and in one
transaction. `by` is a staff account, or None for an operator at the command line.
Not here: the table of publications (`transitions.py`) and that of letters
(`newsletter/composition/edition_transitions.py`).
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field

from django.db import models, transaction
from django.utils.translation import gettext as _

from audit.chain import record_all
from publishing.batches import in_batches
from publishing.item_log import build_item_record
from publishing.models import Release


class TransitionRefused(Exception):
    """Nothing was done; `reasons` are sentences for the person who asked."""

    def __init__(self, *reasons):
        self.reasons = [str(reason) for reason in reasons]
        super().__init__(" ".join(self.reasons))


@dataclass(frozen=True)
class Change:
    """What became of one item: `detail` stands in the log; `state` is where it is if not at the usual target."""

    item: models.Model
    detail: dict = field(default_factory=dict)
    release: Release | None = None
    state: str | None = None


@dataclass(frozen=True)
class Transition:
    """One row of a table. `right` begins the name of the permission, `verb` is the word of the log.

    `guard(item, by=)` and `blockers(items)` give sentences: on why it makes no sense for this item or person, and on
    what stands in the way in the content of each. `check(**answers)` judges what was answered. `effect(items, by=,
    **answers)` does what there is to do besides the new state, and returns a `Change` for each item it touched.
    """

    name: str
    label: str
    _: KW_ONLY
    right: str
    verb: str
    sources: tuple
    target: str | None = None  # None: it stays where it is
    guard: Callable = lambda item, *, by: []
    blockers: Callable = lambda items: [[] for _item in items]
    check: Callable = lambda **answers: []
    effect: Callable = lambda items, *, by: [Change(item) for item in items]
    answers: tuple = ()
    makes_releases: bool = False
    is_dangerous: bool = False

    def is_permitted(self, model, *, by):
        """Whether an account has the right; an operator, and a transition that follows from a save, need none."""
        name = f"{model._meta.app_label}.{self.right}_{model._meta.model_name}"
        return by is None or not self.right or (by.is_active and by.has_perm(name))

    def is_possible_from(self, item):
        return getattr(item, item.STATE_FIELD) in self.sources

    def find_blockers(self, item):
        (reasons,) = self.blockers([item])
        return [str(reason) for reason in reasons]

    def find_obstacles(self, item, *, by):
        """Everything that stands against it but the right and the state."""
        return self.find_blockers(item) + [str(reason) for reason in self.guard(item, by=by)]


# --- Performing -------------------------------------------------------------------------------


def perform(item, transition, *, by=None, seen=None, **answers):
    """Does it to the item as it is in the database by now; returns a `Change` for each item that was touched.

    `seen` is the `seen_digest()` of what the person looked at, if they looked. Raises `TransitionRefused`.
    """
    return perform_all([item], transition, by=by, seen=None if seen is None else {item.pk: seen}, **answers)


@transaction.atomic
def perform_all(items, transition, *, by=None, seen=None, **answers):
    """The same for many, all or none. `seen` maps primary keys to digests."""
    held = hold(items, transition)
    refused = find_refused(held, transition, by=by, seen=seen, answers=answers)
    for reasons in refused.values():
        raise TransitionRefused(*reasons)
    return act(items, held, transition, by=by, answers=answers)


@transaction.atomic
def perform_possible(items, transition, *, by=None, seen=None, **answers):
    """The same for those that nothing stands against; returns (changes, [(item, reasons)] of the others)."""
    held = hold(items, transition)
    refused = find_refused(held, transition, by=by, seen=seen, answers=answers)
    changes = act(items, [item for item in held if item not in refused], transition, by=by, answers=answers)
    return changes, list(refused.items())


def group_by_model(items):
    grouped = {}
    for item in items:
        grouped.setdefault(type(item), []).append(item)
    return grouped


def hold(items, transition):
    """The items as they are now, with their rows held, and the releases where some will be made."""
    if transition.makes_releases:
        Release.objects.hold()
    if len(items) == 1:
        return [reread(item) for item in items]
    return reread_moved(items)


def reread(item):
    found = type(item)._default_manager.select_for_update().filter(pk=item.pk).first()
    if found is None:
        raise TransitionRefused(_("Deleted permanently."))
    return found


def reread_moved(items):
    """Of many, only those are read again that were changed since, so that thousands stay quick."""
    fresh = {}
    for model, mine in group_by_model(items).items():
        for some in in_batches(mine):
            batch = {item.pk: item for item in some}
            rows = model._default_manager.select_for_update().filter(pk__in=batch).order_by("pk")
            there = {pk: moves for pk, *moves in rows.values_list("pk", "version", "status")}
            moved = [pk for pk, item in batch.items() if there.get(pk) != [item.version, item.status]]
            fresh |= {(model, pk): reread(batch[pk]) for pk in moved}
    return [fresh.get((type(item), item.pk), item) for item in items]


def find_refused(items, transition, *, by, seen, answers):
    """Item -> the reasons against it, for those that have any; the rows are held, so that it stays so."""
    if reasons := transition.check(**answers):
        raise TransitionRefused(*reasons)
    refused = {item: reasons for item in items if (reasons := find_refusal(item, transition, by=by, seen=seen))}
    rest = [item for item in items if item not in refused]
    for item, blocked in zip(rest, transition.blockers(rest), strict=True):
        if reasons := [*blocked, *transition.guard(item, by=by)]:
            refused[item] = [str(reason) for reason in reasons]
    return {item: refused[item] for item in items if item in refused}


def find_refusal(item, transition, *, by, seen):
    if not transition.is_permitted(item, by=by):
        return [_("Your role does not allow this.")]
    if not transition.is_possible_from(item):
        status = getattr(item, f"get_{item.STATE_FIELD}_display")()
        return [_("This is not possible while its status is “%s”.") % status]
    changed = "" if seen is None else find_change_since(item, seen.get(item.pk))
    return [changed] if changed else []


def find_change_since(item, seen):
    """A sentence that says who changed what somebody looked at, or nothing."""
    if seen == item.seen_digest():
        return ""
    who = getattr(item, "edited_by", None) or _("Somebody")
    return _("%(who)s changed it after you opened this page. Look at it again first.") % {"who": who}


def act(asked, ready, transition, *, by, answers):
    """The effect, the states, the lines of the log: in the transaction in which it was judged."""
    changes = transition.effect(ready, by=by, **answers) if ready else []
    write_states(changes, transition)
    record_all([build_item_record(transition.verb, one.item, by=by, **one.detail) for one in changes])
    # Whoever asked holds the items as they were read before.
    states = {(type(one), one.pk): getattr(one, one.STATE_FIELD) for one in ready}
    for item in asked:
        setattr(item, item.STATE_FIELD, states.get((type(item), item.pk), getattr(item, item.STATE_FIELD)))
    return changes


def write_states(changes, transition):
    by_state = {}
    for change in changes:
        if state := change.state or transition.target:
            by_state.setdefault((type(change.item), state), []).append(change.item)
    for (model, state), items in by_state.items():
        for item in items:
            setattr(item, model.STATE_FIELD, state)
        for batch in in_batches(items):
            rows = model._default_manager.filter(pk__in=[item.pk for item in batch])
            rows.update(**{model.STATE_FIELD: state})
