"""Which of the promises that pages make to readers this installation keeps, read from its settings.

A sentence about safety is printed only where the answer here is yes.
"""

import logging

from django.conf import settings

DIRECT_MAIL_BACKENDS = {"newsletter.mail.file_backend.FileBackend", "django.core.mail.backends.smtp.EmailBackend"}


def is_request_logging_off():
    """No request is written down with the address of who asked. A proxy in front is the operator's to answer for."""
    return not settings.TRIAL and not logging.getLogger("django.server").isEnabledFor(logging.INFO)


def is_https():
    return settings.SITE_URL.startswith("https:")


def is_mail_untracked():
    """Mail leaves through no company that could count what is opened."""
    return settings.EMAIL_BACKEND in DIRECT_MAIL_BACKENDS


PRIVACY_CLAIMS = {"no_record": is_request_logging_off, "encrypted": is_https, "no_mail_tracking": is_mail_untracked}
