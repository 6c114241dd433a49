"""This module knows under which host a page was asked for: absolute addresses never name the other one."""

from django.conf import settings


def get_origin(request):
    """Scheme and host for absolute addresses, without a slash at the end."""
    if settings.ONION_HOST and request.get_host() == settings.ONION_HOST:
        return f"http://{settings.ONION_HOST}"
    return settings.SITE_URL
