"""The deeds of `publishing/workflow/transitions.py` as the desk offers them: to whom, and in which words.

What may be done and what then happens is decided in `publishing/workflow/transitions.py` alone; here it is only said.
Not here: the forms that ask (`forms.py`), where an item is (`publication_status.py`).
"""

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from desk.publication_status import get_public_path, is_released
from publishing.models import Entry
from publishing.publication import Publication
from publishing.translations import compute_translation_states, get_site_language_name
from publishing.workflow import transitions
from publishing.workflow.corrections import is_correctable
from staff.datetime_widgets import format_desk_datetime
from staff.models import Account

from . import checklist
from .forms import CommentForm, ConfirmTransitionForm, PublishForm, ReasonForm, ScheduleForm

Status = Publication.Status
PERMISSION_BACKEND = "django.contrib.auth.backends.ModelBackend"  # the backend that knows rights


class TransitionButton:
    """One deed. `name` ends its address, `right` begins the right that it takes, `label` is on its button."""

    name = right = label = ""
    statuses = frozenset()
    dangerous = False
    lists = False  # whether its page shows the checklist
    focused = True  # whether the button is what its page is for
    form = ConfirmTransitionForm

    def allowed(self, item, *, by):
        return by.has_perm(f"{item._meta.app_label}.{self.right}_{item._meta.model_name}")

    def offered(self, item, *, by):
        """Whether the button makes sense for this person and this item; `workflow` has the last word."""
        return item.status in self.statuses and self.allowed(item, by=by) and self.fits(item, by=by)

    def fits(self, item, *, by):
        return True

    def asks(self, item):
        """Whether the button of the form leads to a page that asks, instead of doing it at once."""
        return False

    def warns(self, item):
        """Whether its page should be seen first, though there is nothing to answer."""
        return False

    def is_done(self, item):
        """Whether doing it would change nothing, as after a second press of the same button."""
        return False

    def stops(self, item):
        """Sentences on what stands in the way: while there are any, its page shows no button that would be refused."""
        return []

    def remarks(self, item):
        """Sentences on what is particular about this item."""
        return []

    def effects(self):
        """Sentences that say what will happen, whatever the item."""
        raise NotImplementedError

    def do(self, item, *, by, **answers):
        raise NotImplementedError

    def report(self, item):
        """The sentence afterwards."""
        raise NotImplementedError


class Submit(TransitionButton):
    name, right, label = "submit", "submit", gettext_lazy("Submit for review")
    lists = True
    statuses = frozenset({Status.DRAFT, Status.PUBLISHED, Status.WITHDRAWN})

    def effects(self):
        return [
            _(
                "Approvers see it in the list of items waiting for review. If you change it before then, it becomes "
                "a draft again."
            )
        ]

    def do(self, item, *, by):
        transitions.submit(item, by=by)

    def report(self, item):
        return _("Submitted for review. Somebody else now has to approve it.")


class Approve(TransitionButton):
    name, right, label = "approve", "approve", gettext_lazy("Approve")
    lists = True
    statuses = frozenset({Status.IN_REVIEW})

    def fits(self, item, *, by):
        return by.pk not in transitions.get_recent_authors(item)

    def stops(self, item):
        return transitions.content_blockers(item)

    def effects(self):
        return [_("You approve exactly this text, this picture and this consent. Any change cancels the approval.")]

    def do(self, item, *, by):
        transitions.approve(item, by=by)

    def report(self, item):
        return _("Approved, in exactly this wording. It is not public yet.")


class Return(TransitionButton):
    name, right, label = "return", "approve", gettext_lazy("Return with a comment")
    statuses = frozenset({Status.IN_REVIEW, Status.APPROVED})
    focused = False
    form = CommentForm

    def effects(self):
        return [_("It becomes a draft again, with your comment above the text.")]

    def do(self, item, *, by, comment):
        transitions.return_to_author(item, by=by, comment=comment)

    def report(self, item):
        return _("Returned to its author, with your comment.")


class AllowNames(TransitionButton):
    """A second person lets listed names stand, in exactly this wording."""

    name, right, label = "allow-names", "approve", gettext_lazy("Allow the listed name")
    statuses = frozenset(Status)
    dangerous = True
    focused = False

    def fits(self, item, *, by):
        return (
            item.pk is not None
            and by.pk not in transitions.get_all_authors(item)
            and bool(transitions.find_unallowed_names(item))
        )

    def remarks(self, item):
        told = dict.fromkeys((words, place.called) for _entry, words, place in transitions.find_unallowed_names(item))
        return [
            _("“%(words)s” (%(where)s) would be published.") % {"words": words, "where": where} for words, where in told
        ]

    def who_may(self, item):
        """A sentence that says who can decide about the listed names in an item, or nothing where there are none."""
        if not transitions.find_unallowed_names(item):
            return ""
        right = f"{item._meta.app_label}.{self.right}_{item._meta.model_name}"
        may = Account.objects.with_perm(right, backend=PERMISSION_BACKEND).exclude(
            pk__in=transitions.get_all_authors(item)
        )
        if not may:
            return _("Everyone who can approve has worked on it. Ask an administrator to find somebody else.")
        return _("Who can decide about the name: %s.") % pgettext("between names", ", ").join(map(str, may))

    def effects(self):
        return [
            _("Somebody put this name on the list because it may endanger a person. Ask them before you go on."),
            _("This applies to exactly this wording. The log records that you allowed it, but not the name."),
        ]

    def do(self, item, *, by):
        transitions.allow_names(item, by=by)

    def report(self, item):
        return _("Allowed, in exactly this wording. It is not public yet.")


class Publish(TransitionButton):
    name, right, label = "publish", "publish", gettext_lazy("Publish")
    statuses = frozenset(Status)
    lists = True
    focused = False
    form = PublishForm

    def fits(self, item, *, by):
        if not transitions.needs_second_person(item):
            return True
        return item.pk is not None and transitions.get_approver(item) is not None

    def asks(self, item):
        return is_correctable(item)

    def warns(self, item):
        return checklist.has_unexpected_warnings(item)

    def is_done(self, item):
        return item.status == Status.PUBLISHED and is_released(item)

    def stops(self, item):
        return transitions.blockers(item)

    def remarks(self, item):
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

    def effects(self):
        return [_("Everyone can read it immediately.")]

    def do(self, item, *, by, correction=None, at=None):
        transitions.publish(item, by=by, at=at, correction=correction)

    def report(self, item):
        return format_html(_('Published. Everyone can read it: <a href="{0}">{0}</a>'), get_public_path(item))


class Schedule(Publish):
    name, label = "schedule", gettext_lazy("Publish at …")
    form = ScheduleForm

    def asks(self, item):
        return True

    def is_done(self, item):
        return False

    def effects(self):
        return [
            _(
                "It is published automatically at the time you choose, as it is now. Until then nothing changes for "
                "readers."
            )
        ]

    def report(self, item):
        begins = Entry.objects.filter(uid=item.uid, visible_from__gt=timezone.now()).first().visible_from
        return _("It will be public on %s.") % format_desk_datetime(begins)


class Withdraw(TransitionButton):
    name, right, label = "withdraw", "withdraw", gettext_lazy("Withdraw")
    statuses = frozenset({Status.PUBLISHED, Status.IN_REVIEW, Status.APPROVED, Status.DRAFT})
    dangerous = True
    form = ReasonForm

    def fits(self, item, *, by):
        return Entry.objects.filter(uid=item.uid).exists()

    def remarks(self, item):
        below = sum(1 for _one in transitions.get_public_items_below(item))
        if not below:
            return []
        count = ngettext_lazy(
            "%(count)d published item in this situation will also be withdrawn.",
            "%(count)d published items in this situation will also be withdrawn.",
            "count",
        )
        return [count % {"count": below}]

    def effects(self):
        return [
            _(
                "It is removed at once: its page in every language, lists, feeds, search, pictures, files, "
                "unsent e-mail."
            ),
            _("Its address will say that the page has been withdrawn. You keep the working copy."),
        ]

    def do(self, item, *, by, reason=""):
        transitions.withdraw(item, by=by, reason=reason)

    def report(self, item):
        copies = reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_copies", args=[item.pk])
        told = _(
            "Withdrawn: it is no longer public anywhere on this site. Ask those who copied it to delete their copies."
        )
        return format_html('{} <a href="{}">{}</a>', told, copies, _("Copies elsewhere"))


class Purge(TransitionButton):
    name, right, label = "purge", "purge", gettext_lazy("Delete permanently")
    statuses = frozenset({Status.WITHDRAWN, Status.DRAFT})
    dangerous = True
    focused = False  # no stray Enter destroys anything

    def fits(self, item, *, by):
        return not Entry.objects.filter(uid=item.uid).exists()

    def effects(self):
        return [
            _("Its text, every version of it, its pictures and files are destroyed. Nobody can restore them."),
            _("The log records that something was deleted, when and by whom, but not what it said."),
            _("The list of copies elsewhere is deleted too: ask for their deletion first."),
        ]

    def do(self, item, *, by):
        transitions.purge(item, by=by)

    def report(self, item):
        return _("Deleted permanently.")


ALL_TRANSITIONS = [Submit(), Approve(), Return(), AllowNames(), Publish(), Schedule(), Withdraw(), Purge()]
TRANSITIONS = {deed.name: deed for deed in ALL_TRANSITIONS}
# Those whose button stands on the form and saves it first.
SAVING_TRANSITIONS = ("submit", "publish", "schedule")


def attempt_transition(deed, item, *, by, **answers):
    """Does a deed; returns (done, sentences): what became of it, or every reason why it was refused."""
    try:
        deed.do(item, by=by, **answers)
    except transitions.TransitionRefused as refused:
        return False, refused.reasons
    return True, [deed.report(item)]
