"""This module knows what is worth a look before an item goes out, in short lines that lead to the field.

A line is in order, to be looked at, or stands in the way. What stands in the way is decided in
`publishing/workflow/transitions.py` alone; nothing here blocks, and nothing here asks any other computer.
"""

import dataclasses
import datetime as dt
import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from desk.translating import memory
from publishing.screening.fields import places
from publishing.screening.patterns import LINK
from publishing.text.cleaning import web_address
from publishing.translations import native
from publishing.workflow import transitions
from staff.datetime_widgets import day_in_full

from . import acknowledging

IN_ORDER, LOOK, STOP = "ok", "look", "stop"
STATES = {IN_ORDER: gettext_lazy("in order"), LOOK: gettext_lazy("look at this"), STOP: gettext_lazy("in the way")}
EARLIEST = 1990  # a year before this is more often a slip of the finger than a date
MOST_TOLD = 5


@dataclasses.dataclass(frozen=True)
class Line:
    """`field` is the one on the form that the line is about; `found` are findings to be ticked."""

    state: str
    label: str
    sentences: list = dataclasses.field(default_factory=list)
    field: str = ""
    found: list = dataclasses.field(default_factory=list)
    expected: bool = False  # common enough to be said without stopping anybody for it

    @property
    def word(self):
        return STATES[self.state]


def lines(item, *, approving=False):
    """Every `Line`, what is in the way first, what is in order last; `approving`: not that nobody approved yet."""
    drawn = [*in_the_way(item, approving=approving), *(line for check in CHECKS for line in check(item))]
    return sorted(drawn, key=lambda line: [STOP, LOOK, IN_ORDER].index(line.state))


def wants_a_look(item):
    """Whether the person who publishes should see the list first."""
    return any(line.state == LOOK and not line.expected for line in lines(item))


def line(label, problems, *, fine="", state=LOOK, **more):
    """One line: what is wrong, or what is fine where nothing is."""
    if problems:
        return Line(state, label, list(dict.fromkeys(map(str, problems)))[:MOST_TOLD], **more)
    return Line(IN_ORDER, label, [str(fine)] if fine else [])


def names_of(codes):
    return pgettext("between names", ", ").join(map(native, codes))


# --- What is looked at ------------------------------------------------------------------------


def in_the_way(item, *, approving):
    if reasons := (transitions.faults if approving else transitions.obstacles)(item):
        yield Line(STOP, _("Before it can be public"), reasons)


def languages(item):
    states = memory.states(item)
    by_state = {state: [code for code in states if states[code] == state] for state in set(states.values())}
    told = {
        "missing": _("Not translated: %s. Readers of these get it in another language, and are told so."),
        "stale": _("Older than the original text: %s."),
    }
    problems = [sentence % names_of(by_state[state]) for state, sentence in told.items() if state in by_state]
    fine = _("It is there in every language of the site.")
    yield line(_("Languages"), problems, fine=fine, expected="stale" not in by_state)


def pictures(item):
    for picture in item.document().pictures:
        if picture.decorative:
            yield Line(IN_ORDER, _("Picture"), [_("Marked as decoration: screen readers pass over it.")])
            continue
        lacking = [code for code in written_languages(item) if not picture.alt.get(code)]
        problems = [_("Without words for those who cannot see it: %s.") % names_of(lacking)] if lacking else []
        yield line(_("Picture"), problems, field=f"picture_alt_{lacking[0]}" if lacking else "")


def written_languages(item):
    """The languages of the site in which there are words of this item."""
    return [code for code, state in memory.states(item).items() if state != "missing"]


def documents(item):
    attached = item.document().attachments
    if attached:
        count = ngettext_lazy("%d PDF, written anew without what tells who made it; no script, no attached file.",
                              "%d PDFs, written anew without what tells who made them; no script, no attached file."
                              )  # fmt: skip
        yield Line(IN_ORDER, _("Documents"), [count % len(attached)])


TWICE = re.compile(r"https?:/+https?:", re.IGNORECASE)
HALF = re.compile(r"(?<![\w/.@-])(?:www\.[^\s<>\"']{4,}|(?:htp|htps|http|https):?/{0,2}(?=\s|<|$)|https?:/(?!/)\S+)")
UNREAL = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|localhost|test|invalid)$")


def links(item):
    """Each address as it is written; whether it answers is not asked, since asking would tell somebody."""
    problems, where, count = [], "", 0
    for place in places(item):
        for address in LINK.findall(place.text):
            count += 1
            if problem := wrong_with(address):
                problems.append(problem)
                where = where or place.field
        if half := HALF.search(re.sub(r"https?://\S+", "", place.text)):
            problems.append(_("“%s” looks like half a link.") % half[0])
            where = where or place.field
    told = ngettext_lazy("%d link, well formed.", "%d links, well formed.") % count
    if count or problems:
        yield line(_("Links"), problems, fine=told, field=where)


def wrong_with(address):
    if TWICE.search(address) or address.endswith((",", ";", ".", ":")):
        return _("“%s” has something too much in it or at its end.") % address
    try:
        web_address(address)
    except ValidationError:
        return _("“%s” is not a web address.") % address
    unreal = UNREAL.search(urlsplit(address).hostname or "")
    return _("“%s” is an address for examples.") % address if unreal else ""


def dates(item):
    problems = [problem for name in ("date", "since", "until") for problem in odd_about(item, name)]
    if problems:
        yield line(_("Date"), problems, field="date" if getattr(item, "date", None) else "since")
    elif getattr(item, "date", None):
        yield Line(IN_ORDER, _("Date"), [item.date_as_known])


def odd_about(item, name):
    day, today = getattr(item, name, None), timezone.now().date()
    if not isinstance(day, dt.date):
        return
    words = day_in_full(day)
    if name != "until" and day > today:
        yield _("%s has not come yet.") % words
    if day.year < EARLIEST:
        yield _("%s is long ago: is the year right?") % words
    begun = getattr(getattr(item, "situation", None), "since", None)
    if name == "date" and begun and day < begun:
        yield _("%(day)s is before the situation began (%(begun)s).") % {
            "day": words,
            "begun": day_in_full(begun),
        }


def safety(item):
    found = acknowledging.open_in(item)
    yield line(_("Safety check"), acknowledging.counted(found), fine=_("Nothing open."), found=found)


def approval(item):
    if transitions.needs_second_person(item) and (person := transitions.approved_by(item)):
        yield Line(IN_ORDER, _("Approval"), [_("%s approved exactly these words.") % person])


def of_its_kind(item):
    for sentence in item.reminders():
        yield Line(LOOK, _("Consent"), [str(sentence)])
    for sentence in item.assurances():
        yield Line(IN_ORDER, _("Consent"), [str(sentence)])


CHECKS = [safety, links, dates, pictures, of_its_kind, languages, documents, approval]
