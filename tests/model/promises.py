"""What the site promises of four items in two situations, as plainly as it can be said.

Nothing of ours is imported: where this and the site differ, one of them breaks a promise. What is public is a function
of an item's decisions and the clock, and of nothing else. Not here: how it is looked at (`surfaces.py`).
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from itertools import zip_longest

CHANNELS = frozenset(["site", "newsletter", "feed", "card", "mirror"])
NO_CHANNEL = frozenset()


@dataclass(frozen=True)
class Decision:
    """`what` is "publish", "cancel" or "withdraw"; `begins` None is "at once", `ends` None "until further notice"."""

    what: str
    at: dt.datetime
    words: int = 0
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None
    channels: frozenset = CHANNELS
    file: str = ""
    has_name: bool = False

    def has_begun(self, now):
        return self.begins is None or self.begins <= now

    def is_on(self, now):
        return self.has_begun(now) and (self.ends is None or now < self.ends)


def plan(decisions):
    """What is shown and when, each thing until the next begins."""
    shown = []
    for one in decisions:
        shown = [] if one.what == "withdraw" else [each for each in shown if each.has_begun(one.at)]
        if one.what == "publish":
            shown = [*(shown if one.begins else []), one]
    following = [one.begins for one in shown[1:]]
    return [
        replace(one, ends=min(filter(None, [one.ends, then]), default=None))
        for one, then in zip_longest(shown, following)
    ]


@dataclass
class Item:
    """A working copy and every decision on it. `place` is its situation; `consent` None where none is needed."""

    name: str
    place: str = ""
    consent: frozenset | None = None
    ends: dt.datetime | None = None
    words: int = 1
    newest_words: int = 1  # a number is given once, also where an import or a restore brought back older words
    file: str = ""
    has_name: bool = False
    status: str = "draft"
    exists: bool = True
    decisions: list = field(default_factory=list)
    approved_by: set = field(default_factory=set)
    new_savers: set = field(default_factory=set)  # since the last release
    savers: set = field(default_factory=set)
    files: dict = field(default_factory=dict)  # every file it ever carried -> whether anybody could ever read it
    was_read: bool = False
    taken_back: bool = False  # withdrawn or purged, and not brought back by a decision on the item itself
    agrees_again: bool = True  # the person was asked after the last withdrawal

    def showing(self, now):
        """What its own decisions show at this moment, or None."""
        return next((one for one in plan(self.decisions) if one.is_on(now)), None)

    def appointment(self, now):
        return next((one for one in plan(self.decisions) if not one.has_begun(now)), None)

    def stands(self):
        """Whether anything of it is shown, waits, or has come to its own end."""
        return bool(plan(self.decisions))

    def has_second_person(self):
        return bool(self.approved_by - self.new_savers)

    # --- What happens to it -------------------------------------------------------------------

    def edit(self, *, by, file="", has_name=False):
        self.newest_words += 1
        self.words, self.file, self.has_name = self.newest_words, file, has_name
        self.reopen(by=by)

    def reopen(self, *, by):
        """Any change ends what was approved."""
        self.approved_by.clear()
        self.savers.add(by)
        self.new_savers.add(by)
        if self.status in {"in_review", "approved"}:
            self.status = "draft"

    def publish(self, now, *, begins=None):
        channels = CHANNELS if self.consent is None else self.consent
        self.decisions.append(
            Decision("publish", now, self.words, begins, self.ends, channels, self.file, self.has_name)
        )
        self.status, self.taken_back, self.new_savers = "published", False, set()
        if self.file:
            self.files.setdefault(self.file, False)

    def cancel(self, now):
        self.decisions.append(Decision("cancel", now))
        self.approved_by.clear()
        if self.status == "published" and not self.stands():
            self.status = "draft"

    def withdraw(self, now):
        self.decisions.append(Decision("withdraw", now))
        self.status, self.taken_back, self.agrees_again = "withdrawn", True, self.consent is None
        self.approved_by.clear()
        self.new_savers = set(self.savers)

    def change_consent(self, now, consent):
        """What is taken away is gone at once, for good; what is given counts with the next release."""
        self.consent = consent
        if "site" not in consent and self.stands():
            self.withdraw(now)
        self.decisions = [replace(one, channels=one.channels & consent) for one in self.decisions]

    def purge(self, now):
        self.decisions.append(Decision("withdraw", now))
        self.exists, self.taken_back = False, True


@dataclass
class World:
    """Everything, at one moment. `turned_back` says that the clock once went back: what was read then is not told."""

    now: dt.datetime
    situations: dict = field(default_factory=dict)
    items: dict = field(default_factory=dict)
    listed: bool = False
    turned_back: bool = False
    told: set = field(default_factory=set)  # items of which a digest told

    def everything(self):
        return [*self.situations.values(), *self.items.values()]

    def find(self, name):
        return self.items.get(name) or self.situations[name]

    def public(self, channel="site", *, at=None):
        """name -> what is shown of it through this channel; nothing is seen before its situation, nor after it."""
        now = at or self.now
        shown = {one.name: one.showing(now) for one in self.everything()}
        return {
            one.name: shown[one.name]
            for one in self.everything()
            if shown[one.name] and (not one.place or shown[one.place]) and {"site", channel} <= shown[one.name].channels
        }

    def note_what_is_read(self):
        for name, shown in self.public().items():
            self.find(name).was_read = True
            if shown.file:
                self.find(name).files[shown.file] = True

    def move_clock(self, to):
        """Readers never sleep: whatever is shown at a moment in between was read."""
        moments = {self.now, to}
        for one in self.everything():
            moments |= {each.begins for each in plan(one.decisions) if each.begins and self.now < each.begins <= to}
        for moment in sorted(moments):
            self.now = moment
            self.note_what_is_read()
        self.turned_back = self.turned_back or to < max(moments)
        self.now = to

    # --- Why not ------------------------------------------------------------------------------

    def refuses_publishing(self, item, *, begins=None):
        """Whether publishing must be refused (True), must work (False), or either keeps what is promised (None).

        An alert has no place but the pages of its situation: where there is none, nobody sees it anyway.
        """
        if item.consent is not None and not (item.has_second_person() and "site" in item.consent):
            return True
        if not item.agrees_again or item.has_name and self.listed or item.ends and item.ends <= self.now:
            return True
        if item.place:
            place = self.situations[item.place]
            if not place.showing(self.now):
                return None if place.appointment(self.now) or item.ends else True
        return None if item.ends and begins and item.ends <= begins else False

    def list_name(self):
        """What waits with the name in it is called off; what is public somebody has to decide about."""
        self.listed = True
        for one in self.everything():
            waits = one.appointment(self.now)
            if waits and waits.has_name and (one.showing(self.now) or not self.stand_below(one)):
                one.cancel(self.now)

    def stand_below(self, one):
        return [item for item in self.items.values() if item.place == one.name and item.stands()]

    def withdraw(self, one):
        for each in [one, *self.stand_below(one)]:
            each.withdraw(self.now)
