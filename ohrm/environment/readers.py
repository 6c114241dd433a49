"""Readers of the environment, for `settings.py` alone: a missing or bad value stops the start and is named.

Each variable may also be given as NAME_FILE, a path whose content is the value, so that no secret
stands in a process list.
"""

import base64
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def get_text(name, default=None, *, choices=None):
    """The value of NAME, or the content of the file that NAME_FILE names, without the line end."""
    value = os.environ.get(name)
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error.strerror}.") from error
        except ValueError as error:  # its message would show a part of the file
            raise ImproperlyConfigured(f"{name}_FILE: {path} is no text in UTF-8.") from error
    value = value or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set.")
    if choices and value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(choices)}.")
    return value


def get_flag(name, default):
    """A yes or no; anything else is refused, so that a typing error never turns a guard off."""
    value = get_text(name, default).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; it must be on or off.")


def get_optional(name):
    """The value of NAME, or nothing."""
    return get_text(name, " ").strip()


def get_list(name, default="", *, choices=None):
    found = [part.strip() for part in get_text(name, default or " ").split(",") if part.strip()]
    for part in found:
        if choices and part not in choices:
            raise ImproperlyConfigured(f"{name}: {part!r} is not one of: {', '.join(choices)}.")
    return found


def get_integer(name, default):
    value = get_text(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.")
    return int(value)


def get_keys(name, default=""):
    """Keys of 32 random bytes as URL-safe base64, newest first."""
    values = get_list(name, default)
    for number, value in enumerate(values, start=1):
        try:
            good = len(base64.urlsafe_b64decode(value)) == 32
        except ValueError:
            good = False
        if not good:
            raise ImproperlyConfigured(f"{name}: key {number} is not 32 bytes as URL-safe base64 (manage.py new_key).")
    return values


def generate_key():
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
