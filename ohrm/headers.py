"""What every answer says of itself beyond what Django and its libraries say: its language, and who may embed it."""

from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers


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
