"""What the desk says of each transition: before, on its page, and afterwards.

Names, labels, rights and statuses are those of the table (`publishing/workflow/transitions.py`), which also decides.
Not here: the forms that ask (`forms.py`), where an item is (`publication_status.py`).
"""

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext

from desk.publication_status import get_public_path, is_released
from publishing.models import Entry
from publishing.publication import Publication
from publishing.translations import compute_translation_states, get_site_language_name
from publishing.workflow.approvals import find_unallowed_names, get_all_authors, needs_second_person
from publishing.workflow.corrections import is_correctable
from publishing.workflow.releases import get_public_uids_below
from publishing.workflow.state_machine import TransitionRefused, perform
from publishing.workflow.transitions import TRANSITIONS
from publishing.workflow.withdrawals import find_withdrawal
from staff.datetime_widgets import format_desk_datetime
from staff.models import Account

from . import checklist
from .forms import CommentForm, ConfirmTransitionForm, PublishForm, ReasonForm, ScheduleForm

Status = Publication.Status
PERMISSION_BACKEND = "django.contrib.auth.backends.ModelBackend"  # the backend that knows rights


class TransitionButton:
    """One transition as it is offered."""

    transition = None
    own_label = ""  # where a type says it otherwise than the table
    effects = []  # sentences that say what will happen, whatever the item
    report = ""  # the sentence afterwards
    shows_checklist = False
    is_focused = True  # whether the button is what its page is for
    form = ConfirmTransitionForm

    @property
    def name(self):
        return self.transition.name

    @property
    def label(self):
        return self.own_label or self.transition.label

    @property
    def is_dangerous(self):
        return self.transition.is_dangerous

    def is_offered(self, item, *, by):
        """Whether the button makes sense for this person and this item; `perform` has the last word."""
        return (
            self.transition.is_possible_from(item)
            and self.transition.is_permitted(item, by=by)
            and self.fits(item, by=by)
        )

    def fits(self, item, *, by):
        return item.pk is None or not list(self.transition.guard(item, by=by))

    def asks(self, item):
        """Whether the button of the form leads to a page that asks, instead of doing it at once."""
        return False

    def warns(self, item):
        """Whether its page should be seen first, though there is nothing to answer."""
        return False

    def is_done(self, item):
        """Whether doing it would change nothing, as after a second press of the same button."""
        return False

    def get_stops(self, item):
        """Sentences on what stands in the way: while there are any, its page shows no button that would be refused."""
        return self.transition.find_blockers(item)

    def get_remarks(self, item):
        """Sentences on what is particular about this item."""
        return []

    def do(self, item, *, by, **answers):
        perform(item, self.transition, by=by, **answers)

    def get_report(self, item):
        """The sentence afterwards."""
        return self.report


class Submit(TransitionButton):
    transition = TRANSITIONS["submit"]
    shows_checklist = True
    effects = [
        _(
            "Approvers see it in the list of items waiting for review. If you change it before then, it becomes "
            "a draft again."
        )
    ]
    report = _("Submitted for review. Somebody else now has to approve it.")


class Approve(TransitionButton):
    transition = TRANSITIONS["approve"]
    shows_checklist = True
    effects = [_("You approve exactly this text, this picture and this consent. Any change cancels the approval.")]
    report = _("Approved, in exactly this wording. It is not public yet.")

    def get_stops(self, item):
        return TRANSITIONS["publish"].find_blockers(item)


class Return(TransitionButton):
    transition = TRANSITIONS["return"]
    is_focused = False
    form = CommentForm
    effects = [_("It becomes a draft again, with your comment above the text.")]
    report = _("Returned to its author, with your comment.")


class AllowNames(TransitionButton):
    """A second person lets listed names stand, in exactly this wording."""

    transition = TRANSITIONS["allow-names"]
    is_focused = False
    effects = [
        _("Somebody put this name on the list because it may endanger a person. Ask them before you go on."),
        _("This applies to exactly this wording. The log records that you allowed it, but not the name."),
    ]
    report = _("Allowed, in exactly this wording. It is not public yet.")

    def fits(self, item, *, by):
        return item.pk is not None and super().fits(item, by=by) and bool(find_unallowed_names(item))

    def get_remarks(self, item):
        found = dict.fromkeys((words, place.called) for _entry, words, place in find_unallowed_names(item))
        return [
            _("“%(words)s” (%(where)s) would be published.") % {"words": words, "where": where}
            for words, where in found
        ]

    def describe_who_may(self, item):
        """A sentence that says who can decide about the listed names in an item, or nothing where there are none."""
        if not find_unallowed_names(item):
            return ""
        right = f"{item._meta.app_label}.{self.transition.right}_{item._meta.model_name}"
        accounts = Account.objects.with_perm(right, backend=PERMISSION_BACKEND).exclude(pk__in=get_all_authors(item))
        if not accounts:
            return _("Everyone who can approve has worked on it. Ask an administrator to find somebody else.")
        return _("Who can decide about the name: %s.") % pgettext("between names", ", ").join(map(str, accounts))


class Publish(TransitionButton):
    transition = TRANSITIONS["publish"]
    shows_checklist = True
    is_focused = False
    form = PublishForm
    effects = [_("Everyone can read it immediately.")]

    def fits(self, item, *, by):
        return not needs_second_person(item) if item.pk is None else super().fits(item, by=by)

    def asks(self, item):
        return is_correctable(item) or find_withdrawal(item) is not None

    def warns(self, item):
        return checklist.has_unexpected_warnings(item)

    def is_done(self, item):
        return item.status == Status.PUBLISHED and is_released(item)

    def get_stops(self, item):
        return self.transition.find_obstacles(item, by=None)

    def get_remarks(self, item):
        missing = [
            get_site_language_name(code)
            for code, state in compute_translation_states(item).items()
            if state == "missing"
        ]
        if not missing:
            return [_("Available in every language of the site.")]
        names = pgettext("between names", ", ").join(missing)
        return [
            _("Not translated: %s. Readers in these languages see it in another language, and are told so.") % names
        ]

    def get_report(self, item):
        return format_html(_('Published. Everyone can read it: <a href="{0}">{0}</a>'), get_public_path(item))


class Schedule(Publish):
    transition = TRANSITIONS["schedule"]
    form = ScheduleForm
    effects = [
        _("It is published automatically at the time you choose, as it is now. Until then nothing changes for readers.")
    ]

    def asks(self, item):
        return True

    def is_done(self, item):
        return False

    def get_report(self, item):
        begins = Entry.objects.filter(uid=item.uid, visible_from__gt=timezone.now()).first().visible_from
        return _("It will be public on %s.") % format_desk_datetime(begins)


class Unschedule(TransitionButton):
    transition = TRANSITIONS["unschedule"]
    effects = [_("It will not appear at that time. What readers see now does not change. You keep the working copy.")]

    def get_report(self, item):
        if get_public_path(item):
            return _("The schedule is cancelled. Readers still see what was public before.")
        return _("The schedule is cancelled. Only staff can see it.")


class Withdraw(TransitionButton):
    transition = TRANSITIONS["withdraw"]
    form = ReasonForm
    effects = [
        _("It is removed at once: its page in every language, lists, feeds, search, pictures, files, unsent e-mail."),
        _("Its address will say that the page has been withdrawn. You keep the working copy."),
    ]

    def get_remarks(self, item):
        below = sum(map(len, get_public_uids_below(item).values()))
        if not below:
            return []
        count = ngettext_lazy(
            "%(count)d published item in this situation will also be withdrawn.",
            "%(count)d published items in this situation will also be withdrawn.",
            "count",
        )
        return [count % {"count": below}]

    def get_report(self, item):
        copies = reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_copies", args=[item.pk])
        words = _(
            "Withdrawn: it is no longer public anywhere on this site. Ask those who copied it to delete their copies."
        )
        return format_html('{} <a href="{}">{}</a>', words, copies, _("Copies elsewhere"))


class Purge(TransitionButton):
    transition = TRANSITIONS["purge"]
    is_focused = False  # no stray Enter destroys anything
    effects = [
        _("Its text, every version of it, its pictures and files are destroyed. Nobody can restore them."),
        _("The log records that something was deleted, when and by whom, but not what it said."),
        _("The list of copies elsewhere is deleted too: ask for their deletion first."),
    ]
    report = _("Deleted permanently.")


ALL_BUTTONS = [
    Submit(), Approve(), Return(), AllowNames(), Publish(), Schedule(), Unschedule(), Withdraw(), Purge()
]  # fmt: skip
BUTTONS = {button.name: button for button in ALL_BUTTONS}
# Those that stand on the form and save it first.
SAVING_BUTTONS = ("submit", "publish", "schedule")
# Those that are offered for many items at once.
LIST_BUTTONS = ("submit", "approve", "publish", "withdraw")


def attempt_transition(button, item, *, by, **answers):
    """Does it; returns (done, sentences): what became of it, or every reason why it was refused."""
    try:
        button.do(item, by=by, **answers)
    except TransitionRefused as refused:
        return False, refused.reasons
    return True, [button.get_report(item)]
