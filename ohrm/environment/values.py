"""Checks of single values of the environment: each gives what is wrong, to be read after the name, or nothing.

What may hold a password is never part of a sentence. Not here: which variable is checked by which (`judging.py`).
"""

import os
import re
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from . import readers
from .first_setup import LANGUAGES
from .mail_url import build_anymail, parse_email_url

HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*", re.IGNORECASE)
ONION = re.compile(r"([a-z0-9-]+\.)*[a-z2-7]{56}\.onion")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
MAILBOX = re.compile(r"[^@\s<>,;:\"()\[\]]+@([^@\s.<>]+\.)*[^@\s.<>]+")
IN_PASSWORDS = "(In a password write / as %2F, @ as %40, : as %3A and # as %23.)"


# --- Addresses --------------------------------------------------------------------------------


def is_host(value):
    try:
        return bool(ip_address(value.strip("[]")))
    except ValueError:
        # What looks like an address of numbers is one, or nothing.
        return bool(HOST.fullmatch(value)) and not value.rpartition(".")[2].isdigit()


def split_address(value):
    """The parts of an address; None where it is none. Its port is looked at."""
    try:
        parts = urlsplit(value)
        good = parts.port != 0 and not any(character.isspace() for character in value)
    except ValueError:
        return None
    return parts if good else None


def judge_site_url(value):
    parts = split_address(value)
    good = parts and parts.scheme in {"http", "https"} and is_host(parts.hostname or "") and "@" not in parts.netloc
    if good and not parts.path.strip("/") and not parts.query and not parts.fragment:
        return ""
    return "is no address of a site, without a path." if "@" in value else f"is {value!r}; it must be an address alone."


def judge_host(value):
    return "" if is_host(value) else f"is {value!r}, which is no name of a host: no scheme, port or path."


def judge_hosts(value):
    # A wildcard is a matter of ohrm/checks.py.
    odd = [host for host in split_list(value) if not is_host(host.removeprefix("*").removeprefix(".") or "any")]
    return f"has {odd[0]!r}, which is no name of a host: no scheme, port or path." if odd else ""


def judge_onion(value):
    return "" if ONION.fullmatch(value) else f"is {value!r}; it must be 56 letters and digits and .onion ."


def judge_server(value, *, schemes, path=""):
    """An address of a server that may hold a password; `path` is a pattern of what may follow the host."""
    parts = split_address(value)
    if parts and parts.scheme in schemes and is_host(parts.hostname or "") and re.fullmatch(path, parts.path):
        return ""
    return "is no such address. " + IN_PASSWORDS


def judge_cache(value):
    if value == "memory:" or not judge_server(value, schemes={"redis", "rediss"}, path=r"/?\d*"):
        return ""
    return "is neither memory: nor the address of a Redis, whose path is a number."


def judge_broker(value):
    schemes = {"redis", "rediss", "amqp", "amqps", "sentinel"}
    wrong = [judge_server(one, schemes=schemes, path=".*") for one in value.split(";")]
    return next(filter(None, wrong), "")


def judge_database(value):
    parts = split_address(value)
    if parts and parts.scheme == "sqlite":
        path = unquote(parts.path[1:])
        return "" if path in {"", ":memory:"} else judge_parent(Path(path))
    if parts and parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        return ""
    if parts and parts.scheme in {"postgres", "postgresql"}:
        return "names no database after the host."
    return "must begin with postgres:// or sqlite:/// . " + IN_PASSWORDS


# --- Mail -------------------------------------------------------------------------------------


def judge_email_url(value):
    if value == "files:" or value == "files://":
        return ""
    parts = split_address(value)
    if not parts:
        return "is no such address. " + IN_PASSWORDS
    parse_email_url(value)
    if parts.scheme not in {"smtp", "smtps"}:
        return ""
    if not is_host(parts.hostname or "") or parts.path.strip("/"):
        return "names no mail server. " + IN_PASSWORDS
    unknown = set(parse_qs(parts.query, keep_blank_values=True)) - {"starttls"}
    return f"has {unknown.pop()!r} after the ?, where only starttls may stand." if unknown else ""


def judge_webhook(value):
    build_anymail({}, webhook=value)
    return ""


def judge_mailbox(value):
    return "" if MAILBOX.fullmatch(value) else f"is {value!r}, which is no mail address."


def judge_sender(value):
    return "" if MAILBOX.fullmatch(parseaddr(value)[1]) else f"is {value!r}, which is no mail address."


def judge_mailboxes(value):
    odd = [one for one in split_list(value) if not MAILBOX.fullmatch(one)]
    return f"has {odd[0]!r}, which is no mail address." if odd else ""


# --- Folders ----------------------------------------------------------------------------------


def judge_parent(path):
    """What will be made there needs a folder that is there."""
    if not path.absolute().parent.is_dir():
        return f"is in {path.absolute().parent}, and there is no such folder."
    return ""


def judge_folder(value):
    path = Path(value)
    if not path.is_absolute():
        return f"is {value!r}; it must be a whole path, from / on."
    if path.exists() and not path.is_dir():
        return f"is {value!r}, which is a file; it must be a folder."
    if path.is_dir() and not os.access(path, os.W_OK | os.X_OK):
        return f"is {value!r}, in which this account may not write."
    return judge_parent(path)


def judge_data(value):
    return judge_folder(str(Path(value).absolute())) if Path(value).exists() else ""


def judge_media(value):
    parts = split_address(value)
    if parts and parts.scheme == "file" and not parts.netloc:
        return judge_folder(parts.path)
    if parts and parts.scheme == "s3" and BUCKET.fullmatch(parts.netloc):
        return ""
    return "must begin with s3:// and the name of a bucket, or with file:/// and a folder."


# --- Words and numbers ------------------------------------------------------------------------


def split_list(value):
    return [part.strip() for part in value.split(",") if part.strip()]


def judge_number(value, *, least=0, most=10**9):
    if value.isascii() and value.isdigit() and least <= int(value) <= most:
        return ""
    return f"is {value!r}; it must be a whole number, {least} or more."


def judge_port(value):
    return "" if not judge_number(value, least=1, most=65535) else f"is {value!r}; it must be a number from 1 to 65535."


def judge_languages(value):
    codes = readers.get_list("LANGUAGES", choices=LANGUAGES)
    return "" if codes and len(codes) == len(set(codes)) else "must name each language once, and one at least."


def judge_choice(value, *, choices):
    return "" if value in choices else f"is {value!r}; it must be one of: {', '.join(choices)}."


def judge_flag(value):
    words = {"1", "true", "yes", "on", "0", "false", "no", "off"}
    return "" if value.lower() in words else f"is {value!r}; it must be on or off."


def judge_old_secrets(value):
    short = [number for number, key in enumerate(split_list(value), start=1) if len(key) < 50]
    return f"has a key (number {short[0]}) of less than 50 characters." if short else ""


def accept(value):
    return ""
