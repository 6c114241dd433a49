"""Sessions, logins, messages and form tokens exist below /admin/ alone.

The session cookie has to be sent with every path (a `__Host-` cookie has no narrower one), so staff
who read the public pages carry it along. It is not looked at there: readers are nobody, whatever they
send, and no cookie is set, changed or deleted. Public forms guard themselves without one.
"""

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.middleware import csrf

DESK_PATH = "/admin/"


class DeskOnlyMixin:
    """Put before a middleware class, makes it act on the desk and be absent everywhere else."""

    def __call__(self, request):
        return (super().__call__ if request.path_info.startswith(DESK_PATH) else self.get_response)(request)


class SessionMiddleware(DeskOnlyMixin, sessions.SessionMiddleware):
    pass


class CsrfViewMiddleware(DeskOnlyMixin, csrf.CsrfViewMiddleware):
    def process_view(self, request, *view):
        return super().process_view(request, *view) if request.path_info.startswith(DESK_PATH) else None


class AuthenticationMiddleware(DeskOnlyMixin, auth.AuthenticationMiddleware):
    pass


class MessageMiddleware(DeskOnlyMixin, messages.MessageMiddleware):
    pass
