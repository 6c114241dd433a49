"""Plays with the model and the site alike, and compares what is public after each step.

A step may be refused: the model says whether it must be, must not be, or whether either keeps what is promised.
"""

import copy
import datetime as dt
from contextlib import nullcontext, suppress
from pathlib import Path

import time_machine
from django.conf import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from newsletter.composition.digests import compose_due_digests
from newsletter.delivery.sending import send_due
from newsletter.models import DigestRun, Subscriber
from newsletter.subscribers import signup
from operations.backup import backup, restore
from publishing.models import Entry, ListedName
from publishing.screening import names
from publishing.spreadsheets.reader import SpreadsheetError
from publishing.workflow import entries, transitions
from publishing.workflow.transitions import TransitionRefused
from publishing.workflow.withdrawals import find_withdrawal
from stories.models import Consent
from tests.support.newsletter_fixtures import make_subscriber
from timeline.mirror.content import use_mirror_database
from updates.models import Update
from updates.spreadsheet_columns import import_updates

from . import site
from .promises import CHANNELS, Item, World
from .surfaces import LISTED, MARK, Reader, forget_kept_pages, read_mail

HOUR = dt.timedelta(hours=1)
ANYTHING = st.sampled_from(sorted(site.MODELS))
ITEMS = st.sampled_from(sorted(site.SITUATION_OF))
PEOPLE = st.sampled_from(["author", "second"])
FILES = ["a" * 40 + ".jpg", "b" * 40 + ".jpg"]
KILLS = st.none() | st.integers(0, 60)


class Machine(RuleBasedStateMachine):
    folder = None  # where backups go
    clean = None  # a `CleanDatabase`
    has_changed = False

    @initialize(public=st.sets(ITEMS.filter("bravo".__ne__)))
    def begin(self, public):
        self.clock = time_machine.travel(site.start_clock(), tick=False)
        self.traveller = self.clock.start()
        self.clean.restore()
        forget_kept_pages()
        self.world = World(site.start_clock())
        ends = self.world.now + 72 * HOUR
        self.people, self.uids = site.make_first_state(alert_ends=ends)
        for name in ("north", "south"):
            self.world.situations[name] = Item(name)
            self.world.situations[name].publish(self.world.now)
        for name, place in site.SITUATION_OF.items():
            one = Item(name, place, exists=name != "bravo", savers={"author"}, new_savers={"author"})
            one.consent = CHANNELS if name == "carla" else None
            one.ends = ends if name == "delta" else None
            self.world.items[name] = one
        self.subscribers = {address: self.find_row(address) for address in site.SUBSCRIBERS}
        self.numbers, self.copy_of, self.steps = {}, None, 0
        for name in sorted(public):
            self.make_public(name)

    def make_public(self, name):
        if name == "carla":
            self.submit(name)
            self.approve(name, "second")
        self.publish(name, None)

    def teardown(self):
        self.clock.stop()

    # --- One step -----------------------------------------------------------------------------

    def play(self, act, *, refused, effect):
        """Does it to both; `refused` is what the model says, `effect` what it makes of it."""
        had_changed = self.has_changed
        self.tick(dt.timedelta(seconds=1))
        before = site.count_lines()
        done, reasons = True, "not refused"
        try:
            act()
        except TransitionRefused as refusal:
            done, reasons = False, str(refusal)
        except site.Killed:
            done = site.count_lines() > before
            refused = None
        assert refused is None or done != refused, reasons
        if done:
            effect()
        self.has_changed = had_changed or done

    def tick(self, span):
        self.has_changed = True
        self.traveller.shift(span)
        self.world.move_clock(self.world.now + span)

    def transition(self, verb, name, *, refused, effect, kill=nullcontext, **answers):
        def act():
            with kill():
                getattr(transitions, verb)(site.get_copy(name, self.uids), **answers)

        if self.world.find(name).exists:
            self.play(act, refused=refused, effect=effect)

    @rule(name=ANYTHING, by=PEOPLE, file=st.sampled_from(["", *FILES]), has_name=st.integers(0, 5).map((5).__eq__))
    def edit(self, name, by, file, has_name):
        one = self.world.find(name)
        if one.exists:
            self.tick(dt.timedelta(seconds=1))
            file = file and f"{name[0]}{file[1:]}" if name in {"alpha", "bravo"} else ""
            one.edit(by=by, file=file, has_name=has_name)
            mark = f"{name}v{one.words}"
            item = site.get_copy(name, self.uids)
            site.write_words(item, mark, by=self.people[by], file=file, has_name=has_name)

    @rule(name=ITEMS)
    def submit(self, name):
        one = self.world.find(name)
        effect = lambda: setattr(one, "status", "in_review")  # noqa: E731
        self.transition("submit", name, refused=one.status in {"in_review", "approved"}, effect=effect)

    @rule(name=ITEMS, by=PEOPLE)
    def approve(self, name, by):
        one = self.world.find(name)

        def effect():
            one.status = "approved"
            one.approved_by.add(by)

        refused = one.status != "in_review" or by in one.new_savers
        # What else stands against it may be said now or when it is published.
        unsure = not refused and (one.consent is not None and "site" not in one.consent or one.ends or one.place)
        self.transition(
            "approve", name, refused=None if unsure else refused, effect=effect, by=self.people[by]
        )  # fmt: skip

    @rule(name=ITEMS, by=PEOPLE)
    def return_to_author(self, name, by):
        one = self.world.find(name)

        def effect():
            one.status = "draft"
            one.approved_by.clear()

        refused = one.status not in {"in_review", "approved"}
        self.transition(
            "return_to_author", name, refused=refused, effect=effect, by=self.people[by], comment="Not yet."
        )

    @rule(name=ANYTHING, hours=st.none() | st.integers(1, 40))
    def publish(self, name, hours, kill=nullcontext):
        one = self.world.find(name)
        begins = self.world.now + hours * HOUR if hours else None
        self.transition(
            "publish",
            name,
            refused=self.world.refuses_publishing(one, begins=begins),
            effect=lambda: one.publish(self.world.now, begins=begins),
            kill=kill,
            at=begins,
        )

    @rule(name=ANYTHING)
    def cancel(self, name, kill=nullcontext):
        one, now = self.world.find(name), self.world.now + dt.timedelta(seconds=1)
        refused = not one.appointment(now)
        unsure = not refused and self.world.stand_below(one) and not one.showing(now)
        effect = lambda: one.cancel(self.world.now)  # noqa: E731
        self.transition("unschedule", name, refused=None if unsure else refused, effect=effect, kill=kill)

    @rule(name=ANYTHING)
    def withdraw(self, name, kill=nullcontext):
        one = self.world.find(name)
        refused = one.status == "withdrawn" or not one.stands()
        effect = lambda: self.world.withdraw(one)  # noqa: E731
        self.transition("withdraw", name, refused=refused, effect=effect, kill=kill, reason="It was asked for.")

    @rule(name=ITEMS)
    def purge(self, name, kill=nullcontext):
        one = self.world.find(name)
        refused = one.status not in {"withdrawn", "draft"} or one.stands()
        effect = lambda: one.purge(self.world.now)  # noqa: E731
        self.transition("purge", name, refused=refused, effect=effect, kill=kill, by=None)

    @rule(
        name=ANYTHING,
        what=st.sampled_from(["publish", "cancel", "withdraw", "purge"]),
        at=KILLS,
        hours=st.integers(0, 9),
    )
    def be_killed(self, name, what, at, hours):
        """In the middle of it, or between the commit and what follows it."""
        kill = lambda: site.killed_at(at)  # noqa: E731
        if what == "publish":
            self.publish(name, hours or None, kill=kill)
        elif what != "purge" or name in self.world.items:
            getattr(self, what)(name, kill=kill)

    # --- Sheets -------------------------------------------------------------------------------

    @rule(
        words=st.integers(1, 3), summary=st.sampled_from(["Gemeinwort.", "Gemeinwort, twice."]), publish=st.booleans()
    )
    def import_bravo(self, words, summary, publish):
        """A sheet brings an item once; it never brings back what was taken back, nor a second of the same."""
        one = self.world.find("bravo")
        words = min(words, one.newest_words)
        taken_back, knew = one.taken_back, set(Update.objects.values_list("uid", flat=True))
        if words > 1 and not one.exists and not taken_back:
            return
        releases = self.count_releases()
        self.tick(dt.timedelta(seconds=1))
        with suppress(SpreadsheetError):
            import_updates(site.build_sheet(f"bravov{words}", summary=summary), publish=publish, quiet=True)
        self.adopt_import(one, is_new=set(Update.objects.values_list("uid", flat=True)) - knew)
        if self.count_releases() > releases:
            assert publish
            assert not taken_back, "a sheet brought back what was taken back"
            one.publish(self.world.now)

    def adopt_import(self, one, *, is_new):
        if is_new:
            assert (one.exists, one.taken_back) == (False, False), "a sheet made an item a second time"
            (self.uids["bravo"],) = is_new
            one.exists, one.words = True, 1
        elif one.exists:
            item = site.get_copy("bravo", self.uids)
            words = int(item.title_en.split()[0].removeprefix("bravov"))
            if words != one.words:
                one.words = words
                one.has_name = site.NAME in item.title_en
            one.status = item.status
            one.approved_by &= set() if item.status == "draft" else one.approved_by

    def count_releases(self):
        """Of updates: how often one was published."""
        return len(self.released_updates())

    def released_updates(self):
        return list(entries.Release.objects.filter(action="publish", type="update").values_list("pk", flat=True))

    # --- What comes over all of it ------------------------------------------------------------

    @rule()
    def rebuild(self):
        before = site.dump_public_tables()
        entries.rebuild_entries()
        after = site.dump_public_tables()
        assert after == before, describe_difference(before, after)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours):
        self.tick(hours * HOUR)

    @rule(hours=st.integers(1, 3))
    def clock_goes_back(self, hours):
        self.tick(-hours * HOUR)

    @rule()
    def list_or_unlist_the_name(self):
        self.tick(dt.timedelta(seconds=1))
        if self.world.listed:
            ListedName.objects.all().delete()
            self.world.listed = False
        else:
            names.add_listed_name(site.NAME, by="second")
            self.world.list_name()

    @rule(channel=st.sampled_from(sorted(CHANNELS)))
    def narrow_or_widen_the_consent(self, channel):
        one = self.world.find("carla")
        if one.exists:
            self.tick(dt.timedelta(seconds=1))
            consent = self.get_consent()
            setattr(consent, channel, channel not in one.consent)
            consent.save()
            self.reopen_story(one)
            one.change_consent(self.world.now, one.consent ^ {channel})

    @rule()
    def ask_whether_they_still_agree(self):
        """The tick in the record of consent, after a withdrawal."""
        one = self.world.find("carla")
        if one.exists and not one.agrees_again:
            consent = self.get_consent()
            consent.withdrawal = find_withdrawal(consent.story).pk
            consent.save()
            self.reopen_story(one)
            one.agrees_again = True

    def get_consent(self):
        return Consent.objects.get(story__uid=self.uids["carla"])

    def reopen_story(self, one):
        """As the form of the desk does after any change of what an approval was bound to."""
        transitions.reopen(site.get_copy("carla", self.uids), by=None)
        one.approved_by.clear()
        if one.status in {"in_review", "approved"}:
            one.status = "draft"

    # --- Mail ---------------------------------------------------------------------------------

    @rule(address=st.sampled_from(sorted(site.SUBSCRIBERS)))
    def join_or_leave(self, address):
        if address in self.subscribers:
            signup.unsubscribe(self.subscribers.pop(address))
        else:
            make_subscriber(address, frequency=site.SUBSCRIBERS[address])
            self.subscribers[address] = self.find_row(address)

    def find_row(self, address):
        return next(one.pk for one in Subscriber.objects.all() if one.address == address)

    @rule()
    def compose(self):
        """A digest tells of nothing that is not public, and of nothing twice."""
        self.tick(dt.timedelta(seconds=1))
        last = DigestRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        compose_due_digests()
        open_numbers = {self.numbers.get(name) for name in self.world.public("newsletter") if name in LISTED}
        for one in DigestRun.objects.filter(pk__gt=last):
            assert set(one.numbers) <= open_numbers
            told = {(one.frequency, number) for number in one.numbers}
            assert not told & self.world.told
            self.world.told |= told

    @rule()
    def send(self):
        """No mail carries what is not public when it is sent, however long ago it was composed."""
        self.tick(dt.timedelta(seconds=1))
        there = set(Path(settings.EMAIL_FILE_PATH).glob("*.eml"))
        send_due()
        for file in set(Path(settings.EMAIL_FILE_PATH).glob("*.eml")) - there:
            seen = read_mail(file)
            assert seen <= self.marks("newsletter"), f"a mail carries {seen - self.marks('newsletter')}"

    # --- Copies -------------------------------------------------------------------------------

    @rule()
    def back_up(self):
        self.tick(dt.timedelta(seconds=1))
        backup.write_backup(self.folder / "copy")
        self.copy_of = copy.deepcopy(self.world), dict(self.uids), dict(self.subscribers)

    # Which of a withdrawal and a release was later, a restore still asks the clock.
    @precondition(lambda self: self.copy_of and not self.world.turned_back)
    @rule()
    def restore(self):
        """Everything is as it was, but for every No that was said since."""
        self.tick(dt.timedelta(seconds=1))
        then, uids, subscribers = copy.deepcopy(self.copy_of)
        restore.restore_backup(self.folder / "copy")
        self.world, self.uids = self.carry_over(then, now=self.world), uids
        # Who left and came again has another row, which the copy does not know.
        self.subscribers = {
            address: row for address, row in subscribers.items() if self.subscribers.get(address) == row
        }
        assert set(Subscriber.objects.values_list("pk", flat=True)) == set(self.subscribers.values())

    def carry_over(self, then, *, now):
        then.turned_back = then.turned_back or now.turned_back
        # What was told since is not known any more, and the news of the last day is told again: as the restore says.
        then.now, then.told = now.now, set()
        for one in then.everything():
            since = now.find(one.name)
            newer = [each for each in since.decisions if each not in one.decisions]
            if one.exists and not since.exists:
                one.purge(now.now)
            elif any(each.what == "withdraw" for each in newer):
                one.withdraw(now.now)
            one.was_read = one.was_read or since.was_read and one.decisions != []
            one.newest_words = max(one.newest_words, since.newest_words)
        return then

    @rule()
    def make_a_mirror(self):
        """The signed copy is drawn from a database that holds nothing else."""
        file = self.folder / "mirror.sqlite3"
        with use_mirror_database(file):
            titles = " ".join(Entry.objects.filter(language="en").values_list("title", flat=True))
            seen = {(name, int(words)) for name, words in MARK.findall(titles)}
        file.unlink()
        assert seen == self.marks("mirror")

    # --- Looking ------------------------------------------------------------------------------

    @invariant()
    def everything_public_is_as_promised(self):
        """Not asked after a step that was refused: what it did all the same would be seen after the next."""
        if not self.has_changed:
            return
        self.has_changed = False
        self.steps += 1
        self.remember_numbers()
        reader = Reader("ar" if self.steps % 4 == 0 else "en")
        self.look_at_pages(reader)
        self.look_at_lists(reader)
        self.look_at_links_and_files(reader)

    def remember_numbers(self):
        for name, uid in self.uids.items():
            for number in Entry.objects.filter(uid=uid).values_list("number", flat=True)[:1]:
                self.numbers[name] = number

    def marks(self, channel):
        return {(name, shown.words) for name, shown in self.world.public(channel).items()}

    def away(self, one):
        """How something answers that is not public: as gone if anybody could ever read it."""
        return {404, 410} if self.world.turned_back else {410} if one.was_read else {404}

    def look_at_pages(self, reader):
        marks = self.marks("site")
        public = dict(marks)
        for name, (status, seen) in reader.read_pages().items():
            assert seen <= marks, f"the page of {name} shows {seen - marks}"
            if name in public:
                assert (status, (name, public[name]) in seen) == (200, True), f"the page of {name} answers {status}"
            else:
                assert status in self.away(self.world.find(name)), f"the page of {name} answers {status}"
            below = {(each, words) for each, words in marks if site.SITUATION_OF.get(each) == name}
            assert name not in public or below <= seen, f"the page of {name} lacks {below - seen}"

    def look_at_lists(self, reader):
        for surface, status, seen in reader.read_lists():
            marks = self.marks(surface.channel)
            place = surface.address.removeprefix("/{}/").split("/")[0]
            if place in site.MODELS and not self.world.situations[place].showing(self.world.now):
                assert status in {404, 410}, f"{surface.address} answers {status}"
                continue
            assert status == 200, f"{surface.address} answers {status}"
            assert seen <= marks, f"{surface.address} shows {seen - marks}"
            must = {(name, words) for name, words in marks if name in surface.must_show}
            assert must <= seen, f"{surface.address} lacks {must - seen}"
        assert reader.read_sitemap() == {name for name, _words in self.marks("site") if name in LISTED}

    def look_at_links_and_files(self, reader):
        public = self.world.public()
        for name, number in self.numbers.items():
            status, _place = reader.follow_short_link(number)
            if name in LISTED:
                expected = {302} if name in public else self.away(self.world.find(name))
                assert status in expected, f"/e/ of {name} answers {status}"
        for one in self.world.items.values():
            shown = public[one.name].file if one.name in public else ""
            for file, was_read in one.files.items():
                status, _text = reader.get(f"/media/{file}")
                away = {404, 410} if self.world.turned_back else {410} if was_read else {404}
                assert status in ({200} if file == shown else away), f"a file of {one.name} answers {status}"


def describe_difference(before, after):
    lines = []
    for name in before:
        lines += [f"{name} lost {row}" for row in set(before[name]) - set(after[name])]
        lines += [f"{name} got {row}" for row in set(after[name]) - set(before[name])]
    return "\n".join(lines)
