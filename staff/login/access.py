"""Stands before every page below /admin/ and lets in only whom the desk knows well enough.

Whatever a page there forgets to ask, is asked here: that the desk is not closed, that somebody is
logged in, that they have a second factor where one is required. Outside /admin/ it does nothing at
all: no session is opened, no cookie set, no question put to the database.
Not here: what a role may do; each page asks for its own right.
"""

from csp.constants import NONCE, SELF
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from staff.form_recovery import is_same_origin, render_recovered_form
from staff.lockdown import is_locked
from staff.middleware import DESK_PATH

from .second_factor import must_enrol

LOGIN_VIEWS = {
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
ENROLMENT_VIEWS = {
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "staff_enrol",
}
# Scripts and pictures of the admin itself, and of nobody else.
ADMIN_CSP = {"script-src": [SELF, NONCE], "connect-src": [SELF], "img-src": ["data:"]}


class AdminAccessMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path_info.startswith(DESK_PATH):
            add_never_cache_headers(response)
            response["X-Robots-Tag"] = "noindex, nofollow"
            extend_csp(response)
        return response

    def process_view(self, request, view, args, kwargs):
        if not request.path_info.startswith(DESK_PATH):
            return None
        if is_locked():
            return render_desk_closed(request)
        if request.user.is_authenticated:
            prepare_desk_request(request)
        name = request.resolver_match.view_name
        return None if name in LOGIN_VIEWS else check_access(request, name)


def check_access(request, name):
    """The answer to somebody who may not see the page `name` now, or None."""
    if not request.user.is_authenticated:
        return send_to_login(request)
    if not request.user.is_staff:
        raise PermissionDenied
    if name not in ENROLMENT_VIEWS and must_enrol(request):
        return HttpResponseRedirect(reverse("staff_enrol"))
    return None


def prepare_desk_request(request):
    request.session.touch()
    if request.user.language in dict(settings.LANGUAGES):
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language()


def render_desk_closed(request):
    request.session.flush()
    return render(request, "staff/locked_down.html", status=503)


def send_to_login(request):
    """To the login, unless there is something to lose: a form that was open when the session ended."""
    if request.method == "POST" and request.POST and is_same_origin(request):
        return render_recovered_form(request, reverse("account_login"), why="ended")
    return redirect_to_login(request.get_full_path(), reverse("account_login"))


def recover_csrf_failure(request):
    """The answer to a form of the desk whose token is stale, or None if it is not ours: asked when CSRF fails."""
    if not request.path_info.startswith(DESK_PATH) or not is_same_origin(request) or is_locked():
        return None
    if request.user.is_authenticated:
        return render_recovered_form(request, None, why="token")
    if request.resolver_match and request.resolver_match.view_name in LOGIN_VIEWS:
        return HttpResponseRedirect(reverse("account_login"))
    return send_to_login(request)


def extend_csp(response):
    """Adds to what a view has asked for by `csp_update`, so that neither undoes the other."""
    wanted = dict(getattr(response, "_csp_update", None) or {})
    for directive, sources in ADMIN_CSP.items():
        wanted[directive] = [*sources, *wanted.get(directive, [])]
    response._csp_update = wanted
