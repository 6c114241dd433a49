"""The page where an administrator asks for all addresses. Off unless SUBSCRIBER_EXPORT is on.

It takes the right, a second factor proved minutes ago, and a reason in writing. Not here: what is done then
(`csv_export.py`).
"""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from newsletter.models import Subscriber
from staff.login.second_factor import fresh_factor_required, has_factor

from .csv_export import ExportRefused, export_subscribers, get_export_refusal

EXPORT_PERMISSION = "newsletter.export_subscriber"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        min_length=15,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Kept permanently in the audit log and quoted in the e-mail to the other administrators. For example “We "
            "move to another server, decided on 3 May”. No names, no addresses."
        ),
    )

    def clean_reason(self):
        reason = " ".join(self.cleaned_data["reason"].split())
        if "@" in reason:
            raise ValidationError(_("Do not write an address here: it would be kept in the audit log."))
        return reason


def is_export_offered(request):
    return settings.SUBSCRIBER_EXPORT and request.user.has_perm(EXPORT_PERMISSION)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def export_view(request):
    if not request.user.has_perm(EXPORT_PERMISSION):
        raise PermissionDenied
    if not settings.SUBSCRIBER_EXPORT:
        raise Http404
    return export_form_view(request)


@fresh_factor_required
def export_form_view(request):
    form = ReasonForm(request.POST or None)
    refusal = get_export_refusal(request.user) or ("" if has_factor(request.user) else get_missing_factor_message())
    if refusal or not form.is_valid():
        return render_export_page(request, form, refusal)
    try:
        return build_csv_response(export_subscribers(by=request.user, reason=form.cleaned_data["reason"]))
    except ExportRefused as refused:
        return render_export_page(request, form, str(refused))


def get_missing_factor_message():
    return _(
        "Your account has no second factor. Add one first; the password alone does not give access to the addresses."
    )


def build_csv_response(lines):
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="subscribers-{timezone.localdate()}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def render_export_page(request, form, refusal):
    """What will happen, in sentences; with a refusal there is nothing to press."""
    number = Subscriber.objects.count()
    context = admin.site.each_context(request) | {
        "opts": Subscriber._meta,
        "title": _("Export addresses"),
        "back": reverse("admin:newsletter_subscriber_changelist"),
        "refusal": refusal,
        "number": ngettext("%(n)d address", "%(n)d addresses", number) % {"n": number},
        "form": form,
    }
    return TemplateResponse(request, "admin/newsletter/export.html", context)
