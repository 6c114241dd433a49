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

from desk.translating import records
from publishing.screening.fields import get_field_texts
from publishing.screening.reading import LINK
from publishing.text.cleaning import web_address
from publishing.translations import get_site_language_name
from publishing.workflow.approvals import get_approver, needs_second_person
from publishing.workflow.transitions import TRANSITIONS
from publishing.workflow.withdrawals import find_withdrawal
from staff.datetime_widgets import format_desk_date

from . import acknowledgements

PASSED, WARNING, BLOCKER = "ok", "look", "stop"
STATE_LABELS = {
    PASSED: gettext_lazy("OK"),
    WARNING: gettext_lazy("check this"),
    BLOCKER: gettext_lazy("blocks publication"),
}
EARLIEST_YEAR = 1990  # a year before this is more often a slip of the finger than a date
MAX_PROBLEMS = 5


@dataclasses.dataclass(frozen=True)
class ChecklistItem:
    """`field` is the one on the form that the line is about; `found` are findings to be ticked."""

    state: str
    label: str
    sentences: list = dataclasses.field(default_factory=list)
    field: str = ""
    found: list = dataclasses.field(default_factory=list)
    expected: bool = False  # common enough to be said without stopping anybody for it

    @property
    def word(self):
        return STATE_LABELS[self.state]


def build_checklist(item, *, approving=False):
    """Every `ChecklistItem`, what is in the way first, what is in order last; `approving`: not that nobody approved
    yet."""
    drawn = [*check_blockers(item, approving=approving), *(line for check in CHECKS for line in check(item))]
    return sorted(drawn, key=lambda line: [BLOCKER, WARNING, PASSED].index(line.state))


def has_unexpected_warnings(item):
    """Whether the person who publishes should see the list first."""
    return any(line.state == WARNING and not line.expected for line in build_checklist(item))


def build_checklist_item(label, problems, *, fine="", state=WARNING, **more):
    """One line: what is wrong, or what is fine where nothing is."""
    if problems:
        return ChecklistItem(state, label, list(dict.fromkeys(map(str, problems)))[:MAX_PROBLEMS], **more)
    return ChecklistItem(PASSED, label, [str(fine)] if fine else [])


def join_language_names(codes):
    return pgettext("between names", ", ").join(map(get_site_language_name, codes))


# --- What is looked at ------------------------------------------------------------------------


def check_blockers(item, *, approving):
    publish = TRANSITIONS["publish"]
    if reasons := publish.find_blockers(item) if approving else publish.find_obstacles(item, by=None):
        yield ChecklistItem(BLOCKER, _("Before it can be public"), reasons)


def check_languages(item):
    states = records.get_translation_states(item)
    by_state = {state: [code for code in states if states[code] == state] for state in set(states.values())}
    told = {
        "missing": _("Not translated: %s. Readers in these languages see it in another language, and are told so."),
        "stale": _("Older than the original text: %s."),
    }
    problems = [
        sentence % join_language_names(by_state[state]) for state, sentence in told.items() if state in by_state
    ]
    fine = _("Available in every language of the site.")
    yield build_checklist_item(_("Languages"), problems, fine=fine, expected="stale" not in by_state)


def check_pictures(item):
    for picture in item.document().pictures:
        if picture.decorative:
            yield ChecklistItem(PASSED, _("Picture"), [_("Marked as decorative: screen readers skip it.")])
            continue
        lacking = [code for code in get_written_languages(item) if not picture.alt.get(code)]
        problems = [_("No alternative text in: %s.") % join_language_names(lacking)] if lacking else []
        yield build_checklist_item(_("Picture"), problems, field=f"picture_alt_{lacking[0]}" if lacking else "")


def get_written_languages(item):
    """The languages of the site in which there are words of this item."""
    return [code for code, state in records.get_translation_states(item).items() if state != "missing"]


def check_documents(item):
    attached = item.document().attachments
    if attached:
        count = ngettext_lazy(
            "%(count)d PDF, rewritten without data about its author; no script, no attached file.",
            "%(count)d PDFs, rewritten without data about their authors; no script, no attached file.",
            "count",
        )
        yield ChecklistItem(PASSED, _("Documents"), [count % {"count": len(attached)}])


DOUBLED_SCHEME = re.compile(r"https?:/+https?:", re.IGNORECASE)
PARTIAL_LINK = re.compile(
    r"(?<![\w/.@-])(?:www\.[^\s<>\"']{4,}|(?:htp|htps|http|https):?/{0,2}(?=\s|<|$)|https?:/(?!/)\S+)"
)
EXAMPLE_DOMAIN = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|localhost|test|invalid)$")


def check_links(item):
    """Each address as it is written; whether it answers is not asked, since asking would tell somebody."""
    problems, where, count = [], "", 0
    for place in get_field_texts(item):
        for address in LINK.findall(place.text):
            count += 1
            if problem := find_link_problem(address):
                problems.append(problem)
                where = where or place.field
        if half := PARTIAL_LINK.search(re.sub(r"https?://\S+", "", place.text)):
            problems.append(_("“%s” looks like an incomplete link.") % half[0])
            where = where or place.field
    told = ngettext_lazy("%(count)d link, well formed.", "%(count)d links, well formed.", "count") % {"count": count}
    if count or problems:
        yield build_checklist_item(_("Links"), problems, fine=told, field=where)


def find_link_problem(address):
    if DOUBLED_SCHEME.search(address) or address.endswith((",", ";", ".", ":")):
        return _("“%s” has extra characters in it or at its end.") % address
    try:
        web_address(address)
    except ValidationError:
        return _("“%s” is not a web address.") % address
    unreal = EXAMPLE_DOMAIN.search(urlsplit(address).hostname or "")
    return _("“%s” is a placeholder address.") % address if unreal else ""


def check_dates(item):
    problems = [problem for name in ("date", "since", "until") for problem in find_date_problems(item, name)]
    if problems:
        yield build_checklist_item(_("Date"), problems, field="date" if getattr(item, "date", None) else "since")
    elif getattr(item, "date", None):
        yield ChecklistItem(PASSED, _("Date"), [item.date_as_known])


def find_date_problems(item, name):
    day, today = getattr(item, name, None), timezone.now().date()
    if not isinstance(day, dt.date):
        return
    words = format_desk_date(day)
    if name != "until" and day > today:
        yield _("%s is in the future.") % words
    if day.year < EARLIEST_YEAR:
        yield _("%s is a long time ago: is the year right?") % words
    begun = getattr(getattr(item, "situation", None), "since", None)
    if name == "date" and begun and day < begun:
        yield _("%(day)s is before the situation began (%(begun)s).") % {
            "day": words,
            "begun": format_desk_date(begun),
        }


def check_findings(item):
    found = acknowledgements.get_open_findings(item)
    yield build_checklist_item(
        _("Safety check"), acknowledgements.describe_finding_count(found), fine=_("Nothing outstanding."), found=found
    )


def check_approval(item):
    if needs_second_person(item) and (person := get_approver(item)):
        yield ChecklistItem(PASSED, _("Approval"), [_("%s approved exactly this text.") % person])


def check_consent(item):
    for sentence in item.reminders():
        yield ChecklistItem(WARNING, _("Consent"), [str(sentence)])
    for sentence in item.assurances():
        yield ChecklistItem(PASSED, _("Consent"), [str(sentence)])


def check_withdrawal(item):
    if withdrawal := find_withdrawal(item):
        told = _(
            "%(who)s withdrew it on %(day)s. Publishing it makes it public again: make sure that the reason is gone."
        )
        day = format_desk_date(withdrawal.at)
        yield ChecklistItem(WARNING, _("Withdrawn before"), [told % {"who": withdrawal.by, "day": day}])


CHECKS = [
    check_withdrawal,
    check_findings,
    check_links,
    check_dates,
    check_pictures,
    check_consent,
    check_languages,
    check_documents,
    check_approval,
]
