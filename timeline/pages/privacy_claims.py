"""Which of the promises that pages make to readers this installation keeps, read from its settings.

A sentence about safety is printed only where the answer here is yes.
"""

import logging

from django.conf import settings

OUR_OWN_MAIL = {"newsletter.mail.file_backend.FileBackend", "django.core.mail.backends.smtp.EmailBackend"}


def keeps_no_record_of_readers():
    """No request is written down with the address of who asked. A proxy in front is the operator's to answer for."""
    return not settings.TRIAL and not logging.getLogger("django.server").isEnabledFor(logging.INFO)


def is_encrypted():
    return settings.SITE_URL.startswith("https:")


def follows_no_mail():
    """Mail leaves through no company that could count what is opened."""
    return settings.EMAIL_BACKEND in OUR_OWN_MAIL


KEPT = {"no_record": keeps_no_record_of_readers, "encrypted": is_encrypted, "no_mail_tracking": follows_no_mail}
