"""Every address of the site, room by room."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.cache import never_cache

from newsletter.delivery.webhooks import receive_provider_report
from operations.metrics import metrics
from staff.login.access import recover_csrf_failure
from timeline.pages import errors

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

urlpatterns = [
    path("admin/", include("staff.urls")),
    path("admin/", admin.site.urls),
    path("metrics", metrics, name="metrics"),
    path("newsletter/returns/", receive_provider_report, name="mail_returns"),
    path("", include("desk.reviewing.urls")),
    path("", include("timeline.site_urls")),
    *i18n_patterns(
        path("newsletter/", include("newsletter.urls")),
        path("", include("timeline.urls")),
    ),
]

handler400 = "ohrm.urls.bad_request"
handler403 = "timeline.pages.errors.permission_denied"
handler404 = "timeline.pages.errors.page_not_found"
handler500 = "timeline.pages.errors.server_error"


@never_cache
def bad_request(request, exception=None):
    """A form of the desk that is too large is answered at the desk."""
    if isinstance(exception, TOO_MUCH) and request.path.startswith("/admin/"):
        return render(request, "staff/too_large.html", {"most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE}, status=413)
    return errors.bad_request(request, exception)


@never_cache
def csrf_failure(request, reason=""):
    """A form that came from elsewhere, or too late: say so without saying how we know."""
    return recover_csrf_failure(request) or render(request, "403.html", status=403)
