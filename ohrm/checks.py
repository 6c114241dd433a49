"""What a site in use must not be started with, each fault with its id and what to do.

A site is in use when its address begins with https: or DEBUG is off. `wsgi.py` asks these checks too,
so that no server starts past them.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError

from publishing.screening import names

MIN_SECRET_KEY_LENGTH = 50


@register(Tags.security)
def check_settings(app_configs=None, **kwargs):
    if settings.TRIAL and not settings.TLS:
        return []
    return [fault for check in CHECKS if (fault := check())]


def check_debug():
    if settings.TRIAL:
        return Error("DEBUG is on at an https: address.", hint="Unset DEBUG.", id="ohrm.E001")
    return None


def check_secret_key():
    key = settings.SECRET_KEY
    if len(key) < MIN_SECRET_KEY_LENGTH or len(set(key)) < 10 or key.startswith("django-insecure"):
        return Error(
            "SECRET_KEY is too short or too plain.", hint="Run manage.py new_key twice and join.", id="ohrm.E002"
        )
    return None


def check_allowed_hosts():
    if any("*" in host or host.startswith(".") for host in settings.ALLOWED_HOSTS):
        return Error("ALLOWED_HOSTS has a wildcard.", hint="Name each host.", id="ohrm.E003")
    return None


def check_second_factor():
    if settings.TLS and settings.SECOND_FACTOR != "required":
        return Error("SECOND_FACTOR is not required.", hint="Unset SECOND_FACTOR.", id="ohrm.E004")
    return None


def check_subscriber_keys():
    if not settings.SUBSCRIBER_KEYS:
        return Error("SUBSCRIBER_KEYS is not set.", hint="manage.py new_key prints one.", id="ohrm.E005")
    return None


def check_mirror_key():
    if not settings.MIRROR_KEY:
        return Error("MIRROR_KEY is not set.", hint="manage.py new_key prints one.", id="ohrm.E006")
    return None


def check_mail_password():
    near = urlsplit(f"//{getattr(settings, 'EMAIL_HOST', '')}").hostname in {"localhost", "127.0.0.1", "::1"}
    guarded = getattr(settings, "EMAIL_USE_SSL", False) or getattr(settings, "EMAIL_USE_TLS", False)
    if getattr(settings, "EMAIL_HOST_PASSWORD", "") and not guarded and not near:
        return Error("EMAIL_URL would send its password in clear.", hint="smtps:// or ?starttls", id="ohrm.E007")
    return None


def check_distinct_keys():
    hint = "Make one key for each use."
    if settings.MIRROR_KEY and settings.MIRROR_KEY in settings.SUBSCRIBER_KEYS:
        return Error("MIRROR_KEY is also a subscriber key.", hint=hint, id="ohrm.E008")
    if {settings.MIRROR_KEY, *settings.SUBSCRIBER_KEYS} & {*settings.BACKUP_KEY}:
        return Error("BACKUP_KEY is also the key of something else.", hint=hint, id="ohrm.E009")
    return None


def check_mail_webhook():
    if settings.MAIL_PROVIDER and "WEBHOOK_SECRET" not in settings.ANYMAIL:
        return Warning(
            "Mail that comes back to the provider is told to nobody here.", hint="Set MAIL_WEBHOOK.", id="ohrm.W002"
        )
    return None


def check_second_person():
    if settings.SECOND_PERSON == "none":
        return Warning("SECOND_PERSON is none: testimonies go out on one person's word.", id="ohrm.W001")
    return None


@register(Tags.security, deploy=True)
def check_listed_names(app_configs=None, **kwargs):
    """Only when asked for: whoever withdraws at 2 a.m. must not be stopped by it."""
    try:
        unread = names.count_names_without_key()
    except DatabaseError:  # not migrated yet, or away
        return []
    hint = "Put the key they were made with into NAMES_KEYS; nothing can be published before."
    return (
        [Error(f"{unread} names never to be published cannot be checked.", hint=hint, id="ohrm.E010")] if unread else []
    )


CHECKS = [
    check_debug,
    check_secret_key,
    check_allowed_hosts,
    check_second_factor,
    check_subscriber_keys,
    check_mirror_key,
    check_mail_password,
    check_distinct_keys,
    check_mail_webhook,
    check_second_person,
]
