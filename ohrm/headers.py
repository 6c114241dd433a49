"""What every answer says of itself beyond what Django and its libraries say.

Its language, who may embed it, and where the same page is inside the Tor network.
"""

from django.conf import settings
from django.middleware import security
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers


class SecurityMiddleware(security.SecurityMiddleware):
    """An onion address is encrypted by Tor itself: there is no certificate to lead to, and none to promise."""

    def process_request(self, request):
        return None if is_onion(request) else super().process_request(request)

    def process_response(self, request, response):
        response = super().process_response(request, response)
        if is_onion(request):
            response.headers.pop("Strict-Transport-Security", None)
        elif can_offer_onion(request, response):
            # Tor Browser joins what it finds twice, so this is the one place where it is set.
            response["Onion-Location"] = f"http://{settings.ONION_HOST}{request.get_full_path()}"
        return response


def is_onion(request):
    host = request.META.get("HTTP_HOST", "").partition(":")[0].lower()
    return bool(settings.ONION_HOST) and host == settings.ONION_HOST.lower()


def can_offer_onion(request, response):
    """Whether Tor Browser may offer its reader to go on at the onion address: a public page, fetched over HTTPS."""
    is_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
    public = not request.path_info.startswith(("/admin/", "/review/"))
    return bool(settings.ONION_HOST) and request.is_secure() and is_page and public


class LanguageMiddleware(LocaleMiddleware):
    """The language of the address, else the reader's; never a redirect.

    Django's own leads every unknown address to the same one below a language, where it is unknown too.
    """

    def process_response(self, request, response):
        if not translation.get_language_from_path(request.path_info):
            patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class ResourcePolicyMiddleware:
    """No other site may load what is ours into its pages, unless a view opens it, as the data interface does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
