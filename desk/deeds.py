"""The deeds of `workflow.py` as the desk offers them: to whom, in which words, and what is asked first.

What may be done and what then happens is decided in `workflow.py` alone; here it is only said.
"""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from audit.models import Event
from publishing import workflow
from publishing.addresses import path_of
from publishing.models import Entry, Release
from publishing.publication import Publication
from publishing.translations import direction, native, states
from staff.moments import clock, moment_widget

Status = Publication.Status
# Types with a page on which a correction can stand.
CORRECTED = {"update", "story"}

# --- What is asked first -----------------------------------------------------------------------


class Nothing(forms.Form):
    """Asks for no more than the button. `version` is that of the item on the person's screen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, item, **kwargs):
        super().__init__(data, **kwargs)
        self.item = item
        self.fields["version"].initial = item.version

    def clean(self):
        if self.cleaned_data.pop("version", None) != self.item.version:
            self.data = self.data.copy()
            self.data["version"] = self.item.version
            facts = {"who": self.item.edited_by or _("Somebody")}
            raise ValidationError(_("%(who)s changed it after you opened this page. Look at it again first.") % facts)
        return self.cleaned_data


class Comment(Nothing):
    comment = forms.CharField(
        label=gettext_lazy("What is missing?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        help_text=gettext_lazy("The author reads it above the text. It is kept in the log: name nobody in danger."),
    )


class Reason(Nothing):
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("May stay empty. For the log alone, which keeps it: “the teller asked for it”."),
    )


class Terms(Nothing):
    """Of publishing: what is said of a change in meaning, where readers know an earlier version."""

    CHANGES = [
        ("no", gettext_lazy("No: spelling, wording, a translation added")),
        ("yes", gettext_lazy("Yes: readers are shown a dated note that says what was corrected")),
    ]

    def __init__(self, data=None, *, item, **kwargs):
        super().__init__(data, item=item, **kwargs)
        if may_be_corrected(item):
            self.fields["meaning"] = forms.ChoiceField(
                label=_("Did the meaning change?"), choices=self.CHANGES, widget=forms.RadioSelect
            )
            self.fields |= {f"note_{code}": note_field(code) for code in written(item)}

    def clean(self):
        answers = super().clean()
        notes = {name: answers.pop(name) for name in list(answers) if name.startswith("note_")}
        notes = {name.removeprefix("note_"): words for name, words in notes.items() if words}
        meaning = answers.pop("meaning", "")
        if meaning == "yes" and not notes:
            self.add_error("meaning", _("Say below what was corrected, in at least one language."))
        if meaning == "no" and notes:
            self.add_error("meaning", _("There is a note below, but the answer is no. Empty the note or say yes."))
        return answers | {"correction": notes or None}


def note_field(code):
    widget = forms.TextInput(attrs={"lang": code, "dir": direction(code), "class": "vTextField"})
    label = _("What was corrected, in %s") % native(code)
    return forms.CharField(label=label, max_length=400, required=False, widget=widget)


def written(item):
    """The languages in which there are words of this item, as far as the site has them."""
    return [code for code, state in states(item).items() if state != "missing"] or [settings.LANGUAGE_CODE]


class Appointment(Terms):
    at = forms.SplitDateTimeField(label="", widget=moment_widget())
    field_order = ["at"]

    def __init__(self, data=None, *, item, **kwargs):
        super().__init__(data, item=item, **kwargs)
        self.fields["at"].label = _("When (%s)") % timezone.get_current_timezone_name()

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError(_("That moment has passed. Choose a later one, or publish at once."))
        return at


# --- Where an item is --------------------------------------------------------------------------


def last_release(item):
    """What was last published of this item, or None if nothing is or waits to be public."""
    if not Entry.objects.filter(uid=item.uid).exists():
        return None
    return Release.objects.of(item.uid).filter(deed=Release.Deed.PUBLISH).last()


def may_be_corrected(item):
    """Whether readers know an earlier version of a page on which a correction can stand."""
    return item.TYPE in CORRECTED and Entry.objects.public().filter(uid=item.uid).exists()


def is_released(item):
    """Whether readers see exactly what the working copy says."""
    release = last_release(item)
    if not release or not release.document or release.public_since > timezone.now():
        return False
    return content(release.document) == content(item.document().as_json())


def content(document):
    return {name: value for name, value in document.items() if name != "corrections"}


def comment_on(item):
    """The event that gave a draft back to its author, or None if that is not the last thing that happened."""
    if item.status != Status.DRAFT:
        return None
    last = Event.objects.filter(subject=f"{item.TYPE}:{item.uid}").order_by("pk").last()
    return last if last and last.verb == f"{item.TYPE}.returned" else None


def address(item):
    """The public path of an item in the language of the desk, or "" while nobody can read it."""
    entry = Entry.objects.public().filter(uid=item.uid).first()
    if not entry:
        return ""
    language = get_language() if get_language() in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    return path_of(entry.type, situation=entry.situation, slug=entry.slug, language=language)


# --- The deeds ---------------------------------------------------------------------------------


class Deed:
    """One deed. `name` ends its address, `right` begins the right that it takes, `label` is on its button."""

    name = right = label = ""
    statuses = frozenset()
    dangerous = False
    focused = True  # whether the button is what its page is for
    form = Nothing

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


class Submit(Deed):
    name, right, label = "submit", "submit", gettext_lazy("Hand in for review")
    statuses = frozenset({Status.DRAFT, Status.PUBLISHED, Status.WITHDRAWN})

    def effects(self):
        return [_("Those who approve see it among what is waiting. If you change it meanwhile, it is a draft again.")]

    def do(self, item, *, by):
        workflow.submit(item, by=by)

    def report(self, item):
        return _("Handed in for review. Somebody else now has to approve it.")


class Approve(Deed):
    name, right, label = "approve", "approve", gettext_lazy("Approve")
    statuses = frozenset({Status.IN_REVIEW})

    def fits(self, item, *, by):
        return by.pk not in workflow.authors(item)

    def effects(self):
        return [_("You vouch for exactly these words, this picture and this consent. Any change ends the approval.")]

    def do(self, item, *, by):
        workflow.approve(item, by=by)

    def report(self, item):
        return _("Approved, in exactly this wording. It is not public yet.")


class Return(Deed):
    name, right, label = "return", "approve", gettext_lazy("Return with a comment")
    statuses = frozenset({Status.IN_REVIEW, Status.APPROVED})
    focused = False
    form = Comment

    def effects(self):
        return [_("It becomes a draft again, with your comment above the text.")]

    def do(self, item, *, by, comment):
        workflow.return_to_author(item, by=by, comment=comment)

    def report(self, item):
        return _("Returned to its author, with your comment.")


class Publish(Deed):
    name, right, label = "publish", "publish", gettext_lazy("Publish")
    statuses = frozenset(Status)
    focused = False
    form = Terms

    def fits(self, item, *, by):
        if not workflow.needs_second_person(item):
            return True
        return item.pk is not None and workflow.approved_by(item) is not None

    def asks(self, item):
        return may_be_corrected(item)

    def remarks(self, item):
        missing = [native(code) for code, state in states(item).items() if state == "missing"]
        if not missing:
            return [_("It is there in every language of the site.")]
        names = pgettext("between names", ", ").join(missing)
        return [_("Not translated: %s. Readers of these get it in another language, and are told so.") % names]

    def effects(self):
        return [_("Everybody can read it at once.")]

    def do(self, item, *, by, correction=None, at=None):
        workflow.publish(item, by=by, at=at, correction=correction)

    def report(self, item):
        return format_html(_('Published. Everybody can read it: <a href="{0}">{0}</a>'), address(item))


class Schedule(Publish):
    name, label = "schedule", gettext_lazy("Publish at …")
    form = Appointment

    def asks(self, item):
        return True

    def effects(self):
        return [_("It appears by itself at the time you choose, as it is now. Until then nothing changes for readers.")]

    def report(self, item):
        begins = Entry.objects.filter(uid=item.uid, visible_from__gt=timezone.now()).first().visible_from
        return _("It will be public on %s.") % clock(begins)


class Withdraw(Deed):
    name, right, label = "withdraw", "withdraw", gettext_lazy("Withdraw")
    statuses = frozenset({Status.PUBLISHED, Status.IN_REVIEW, Status.APPROVED, Status.DRAFT})
    dangerous = True
    form = Reason

    def fits(self, item, *, by):
        return Entry.objects.filter(uid=item.uid).exists()

    def remarks(self, item):
        below = sum(1 for _one in workflow.items_below(item))
        if not below:
            return []
        count = ngettext("%d published item in it goes with it.", "%d published items in it go with it.", below)
        return [count % below]

    def effects(self):
        return [
            _("It is gone at once: its page in every language, lists, feeds, search, pictures, files, unsent mail."),
            _("Its address answers that something was here and was taken back. The working copy stays with you."),
        ]

    def do(self, item, *, by, reason=""):
        workflow.withdraw(item, by=by, reason=reason)

    def report(self, item):
        return _("Withdrawn: it is gone from every public place. What others copied has to be asked for there.")


class Purge(Deed):
    name, right, label = "purge", "purge", gettext_lazy("Delete for good")
    statuses = frozenset({Status.WITHDRAWN, Status.DRAFT})
    dangerous = True

    def fits(self, item, *, by):
        return not Entry.objects.filter(uid=item.uid).exists()

    def effects(self):
        return [
            _("Its words, every version of them, its pictures and files are destroyed. Nobody can bring them back."),
            _("The log keeps that something was deleted, when and by whom; not what it said."),
        ]

    def do(self, item, *, by):
        workflow.purge(item, by=by)

    def report(self, item):
        return _("Deleted for good.")


DEEDS = {deed.name: deed for deed in [Submit(), Approve(), Return(), Publish(), Schedule(), Withdraw(), Purge()]}
# Those whose button stands on the form and saves it first.
SAVING = ("submit", "publish", "schedule")


def attempt(deed, item, *, by, **answers):
    """Does a deed; returns (done, sentences): what became of it, or every reason why it was refused."""
    try:
        deed.do(item, by=by, **answers)
    except workflow.Refused as refused:
        return False, refused.reasons
    return True, [deed.report(item)]
