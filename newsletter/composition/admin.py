"""The desk of the newsletter: writing a letter, seeing it, trying it, letting it out, stopping it.

Digests come by themselves; here they can be looked at, stopped and resumed. Not here: the table of
what may happen to an edition (`edition_transitions.py`), what a letter's form takes (`letter_form.py`).
"""

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin

from audit.list_guards import GuardedAdmin
from newsletter.mail.letterhead import render_text_part
from newsletter.models import Delivery, Edition, get_language_codes
from newsletter.signals import mail_expected
from newsletter.subscribers import audience_filters
from publishing.text.languages import get_native_name
from publishing.workflow.state_machine import TransitionRefused, perform
from staff.datetime_widgets import build_datetime_widget

from . import edition_entries, edition_mail, letter_form
from .addressing import count_edition_readers
from .edition_transitions import EDITION_TRANSITIONS, send_test_mail
from .mail_merge import MergeFields

State = Edition.State


# What the page of each transition says before it is done.
SENTENCES = {
    "propose": gettext_lazy("It can no longer be changed; somebody who did not work on it decides."),
    "approve": gettext_lazy(
        "It is sent at its time, to each reader in their language. E-mail that has been sent cannot be recalled."
    ),
    "take-back": gettext_lazy("It becomes a draft again."),
    "stop": gettext_lazy("Sending stops within seconds. It can be resumed."),
    "resume": gettext_lazy("Readers who have not received it will get it; nobody gets it twice."),
}


class StepForm(forms.Form):
    """`digest` names what was on the person's screen."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False)


class EditionKindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [("letter", _("Letters")), ("digest", _("Digests"))]

    def queryset(self, request, queryset):
        return queryset.filter(digest_run__isnull=self.value() == "letter") if self.value() else queryset


@admin.register(Edition)
class EditionAdmin(GuardedAdmin):
    form = letter_form.LetterForm
    change_form_template = "admin/newsletter/edition_form.html"
    list_display = ("__str__", "state", "to_whom", "send_from", "went", "doubts")
    list_filter = (EditionKindFilter, "state")
    ordering = ("-pk",)
    show_full_result_count = False
    list_per_page = 50
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": build_datetime_widget()}
    }

    # --- Lists --------------------------------------------------------------------------------

    def get_queryset(self, request):
        doubts = Delivery.objects.in_doubt().filter(edition=models.OuterRef("pk")).order_by()
        counted = doubts.values("edition").annotate(n=models.Count("pk")).values("n")
        return super().get_queryset(request).annotate(doubts=models.Subquery(counted))

    @admin.display(description=gettext_lazy("to whom"))
    def to_whom(self, edition):
        language = edition.language or get_language_codes()[0]
        return audience_filters.describe_query(edition.query, language=language)

    @admin.display(description=gettext_lazy("sent"), ordering="sent")
    def went(self, edition):
        return _("%(n)d sent.") % {"n": edition.sent} if edition.sent else ""

    @admin.display(description=gettext_lazy("in doubt"))
    def doubts(self, edition):
        if not edition.doubts:
            return ""
        address = reverse("admin:newsletter_delivery_changelist")
        words = _("%(n)d in doubt") % {"n": edition.doubts}
        return format_html('<a href="{}?edition__id__exact={}">{}</a>', address, edition.pk, words)

    # --- Rights -------------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        """A letter is changed as long as it is a draft, a digest never."""
        open_to_change = obj is None or (obj.state == State.DRAFT and not obj.is_digest)
        return open_to_change and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return bool(obj and obj.state == State.DRAFT) and super().has_change_permission(request, obj)

    # --- The form -----------------------------------------------------------------------------

    def get_fieldsets(self, request, obj=None):
        if obj and not self.has_change_permission(request, obj):
            return [(None, {"fields": ["send_from", "is_archived"]})]
        return [(heading, {"fields": fields}) for heading, fields in letter_form.get_letter_fieldsets()]

    def save_model(self, request, obj, form, change):
        """Whoever saved last stands last. What fell out of the letter is said by its short address."""
        obj.authors = [*(name for name in obj.authors if name != str(request.user)), str(request.user)]
        super().save_model(request, obj, form, change)
        if fallen := form.get_fallen_out():
            addresses = ", ".join(f"/e/{number}" for number in fallen)
            messages.warning(request, _("No longer public, and left out of this letter: %s.") % addresses)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj:
            context |= {
                "edition": obj,
                "progress": describe_progress(obj),
                "total": obj.deliveries.count(),
                "done": obj.deliveries.count() - obj.deliveries.count_unfinished(),
                "is_going": obj.state in {State.SENDING, State.COMPOSING},
                "steps": [
                    (transition, self.url("step", obj.pk, transition.name))
                    for transition in self.get_offered_transitions(request, obj)
                ],
                "preview": self.url("preview", obj.pk, obj.language or get_language_codes()[0]),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_offered_transitions(self, request, edition):
        return [
            transition
            for transition in EDITION_TRANSITIONS.values()
            if transition.is_possible_from(edition)
            and transition.is_permitted(edition, by=request.user)
            and not list(transition.guard(edition, by=request.user))
        ]

    # --- Further pages ------------------------------------------------------------------------

    def get_urls(self):
        pages = {
            "preview": ("<int:pk>/preview/<str:language>/", self.preview_view),
            "mail": ("<int:pk>/mail/<str:language>/", self.mail_view),
            "test": ("<int:pk>/test/<str:language>/", self.test_view),
            "step": ("<int:pk>/<str:name>/", self.step_view),
        }
        own = [
            path(tail, self.admin_site.admin_view(view), name=f"newsletter_edition_{name}")
            for name, (tail, view) in pages.items()
        ]
        # Ours with a name at their end come last: Django's “change” and “history” are named so too.
        return own[:-1] + super().get_urls()[:-1] + own[-1:] + super().get_urls()[-1:]

    def url(self, page, *args):
        return reverse(f"admin:newsletter_edition_{page}", args=args)

    def fetch(self, request, pk, language=None):
        edition = get_object_or_404(Edition, pk=pk)
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        if language and language not in get_language_codes():
            raise Http404
        return edition

    def context(self, request, edition, *, title):
        around = {"opts": self.opts, "title": title, "item": edition, "back": self.url("change", edition.pk)}
        return self.admin_site.each_context(request) | around

    def step_view(self, request, pk, name):
        """GET says what will happen, POST does it to exactly what was seen."""
        edition, transition = self.fetch(request, pk), EDITION_TRANSITIONS.get(name)
        if transition is None:
            raise Http404
        if not transition.is_permitted(edition, by=request.user):
            raise PermissionDenied
        if request.method == "POST":
            return self.carry_out(request, edition, transition)
        sentences = [SENTENCES[name]]
        if name in {"propose", "approve"}:
            n = count_edition_readers(edition)
            sentences.insert(0, ngettext("%(n)d reader will get it.", "%(n)d readers will get it.", n) % {"n": n})
        context = self.context(request, edition, title=transition.label)
        context |= {
            "transition": transition,
            "sentences": sentences,
            "form": StepForm(initial={"digest": edition.seen_digest()}),
        }
        return TemplateResponse(request, "admin/desk/transition.html", context)

    def carry_out(self, request, edition, transition):
        try:
            perform(edition, transition, by=request.user, seen=request.POST.get("digest", ""))
        except TransitionRefused as refused:
            messages.error(request, str(refused))
        else:
            mail_expected.send(sender=None)
            messages.success(request, _("Done: %s.") % transition.label)
        return HttpResponseRedirect(self.url("change", edition.pk))

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def preview_view(self, request, pk, language):
        edition = self.fetch(request, pk, language)
        words = build_preview_context(edition, language)
        if not words["items"]:
            messages.warning(request, _("None of its entries is public now."))
            return HttpResponseRedirect(self.url("change", pk))
        with translation.override(language):
            text = render_text_part("edition", words)
        context = self.context(request, edition, title=words["subject"]) | {
            "languages": [
                (code, get_native_name(code), self.url("preview", pk, code)) for code in get_language_codes()
            ],
            "language": language,
            "text": text,
            "mail": self.url("mail", pk, language),
            "test": self.url("test", pk, language),
            "to": request.user.email,
        }
        return TemplateResponse(request, "admin/newsletter/preview.html", context)

    @method_decorator([xframe_options_sameorigin, csp_replace({"frame-ancestors": [SELF]})])
    def mail_view(self, request, pk, language):
        """The HTML part, with its sheet linked, since the desk allows no styles inside a page."""
        words = build_preview_context(self.fetch(request, pk, language), language) | {
            "sheet": static("newsletter/mail.css")
        }
        with translation.override(language):
            return HttpResponse(render_to_string("newsletter/mail/edition.html", words))

    def test_view(self, request, pk, language):
        edition = self.fetch(request, pk, language)
        if request.method == "POST" and request.user.email:
            self.send_test(request, edition, language=language)
        return HttpResponseRedirect(self.url("preview", pk, language))

    def send_test(self, request, edition, *, language):
        try:
            send_test_mail(edition, language=language, to=request.user.email)
        except TransitionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("A test went to %s.") % request.user.email)


def build_preview_context(edition, language):
    blanks = MergeFields()
    with translation.override(language):
        entries = edition_entries.get_edition_entries(edition, language)
        return edition_mail.build_edition_context(edition, entries, language=language, blanks=blanks)


def describe_progress(edition):
    """Where an edition is, in plain sentences."""
    left = edition.deliveries.count_unfinished()
    doubts = edition.deliveries.in_doubt().count()
    yield _("%(n)d sent.") % {"n": edition.sent}
    if left:
        yield _("%(n)d still to send.") % {"n": left}
    if edition.refused:
        yield _("%(n)d permanently rejected by their mail servers.") % {"n": edition.refused}
    if edition.complaints:
        yield _("%(n)d readers marked it as spam; their addresses were deleted.") % {"n": edition.complaints}
    if doubts:
        yield _("%(n)d in doubt: passed to the mail server, which did not answer. Decide on each under Deliveries.") % {
            "n": doubts
        }
    if edition.trouble:
        yield edition.trouble
