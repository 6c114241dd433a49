"""The first half of `manage.py setup`: asks what a site needs, makes every key, writes `ohrm.env`.

It runs before there are settings, so it imports none. Not here: database, first account and what to do next
(`operations/management/commands/setup.py`).
"""

import argparse
import fcntl
import os
import secrets
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

from . import env_file
from .readers import generate_key

LANGUAGES = ["en", "fr", "es", "ru", "be", "ar"]
# What the process was told beside those is kept, so that the unit of the machine needs this file alone.
KEPT = [
    "DATA_DIR",
    "DATABASE_URL",
    "CACHE_URL",
    "MEDIA_URL_STORAGE",
    "TASKS",
    "BROKER_URL",
    "ONION_HOST",
    "BIND",
    "PORT",
]
# Never made anew where there is one: what was sealed or signed with it would be lost.
KEYS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "SUBSCRIBER_KEYS": generate_key,
    "MIRROR_KEY": generate_key,
    "NAMES_KEYS": generate_key,
    "BACKUP_KEY": generate_key,
}
HEADER = """\
# What this site is started with. Keep a copy of this file where this machine is not: without its keys nobody opens
# backups, subscribers' addresses and the list of names. Never send it by mail, never commit it.
"""


class SetupRefused(Exception):  # a sentence for the person at the terminal
    """Nothing was written."""


def add_arguments(parser):
    """The options of `manage.py setup`, for both of its halves."""
    parser.add_argument("--site-url", metavar="URL", help="the public address, for example https://example.org")
    parser.add_argument("--name", metavar="TEXT", help="the name of the organisation")
    parser.add_argument("--languages", metavar="LL,LL", help=f"some of {','.join(LANGUAGES)}; the first is the default")
    parser.add_argument("--email-url", metavar="URL", help="how mail leaves, for example smtps://user:password@host")
    parser.add_argument("--admin", metavar="NAME", help="the user name of the first administrator")
    parser.add_argument("--no-input", "--noinput", dest="no_input", action="store_true", help="ask nothing")


# --- What is asked ----------------------------------------------------------------------------


def check_site_url(value):
    parts = urlsplit(value)
    try:
        good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        good = False
    if not good or parts.path.strip("/") or parts.query or parts.fragment or any(map(str.isspace, value)):
        raise SetupRefused(f"{value!r} is not the address of a site; it must be like https://example.org.")
    return value.rstrip("/")


def check_languages(value):
    codes = [code.strip().lower() for code in value.split(",") if code.strip()]
    unknown = [code for code in codes if code not in LANGUAGES]
    if unknown or not codes:
        raise SetupRefused(f"Languages: {value!r} must be some of {', '.join(LANGUAGES)}, with commas between them.")
    return ",".join(dict.fromkeys(codes))


def check_email_url(value):
    if urlsplit(value).scheme not in {"files", "smtp", "smtps", "mailgun", "postmark", "sparkpost"}:
        # Not the value: it holds a password.
        raise SetupRefused(
            "Mail: the address must begin with smtps://, smtp://, mailgun://, postmark://, sparkpost://."
        )
    return value


# Variable, option, question, default (None: there must be an answer), check.
QUESTIONS = [
    ("SITE_URL", "site_url", "The public address of the site, like https://example.org", None, check_site_url),
    ("LANGUAGES", "languages", "Its languages, the first is the default", ",".join(LANGUAGES), check_languages),
    (
        "EMAIL_URL",
        "email_url",
        "How mail leaves (smtps://user:password@host); files: for now",
        "files:",
        check_email_url,
    ),
]


def get_answer(options, variable, option, question, default, check, *, known):
    """One value: as told, else as it is, else asked for; a wrong answer is asked for again."""
    told = getattr(options, option)
    if told is not None:
        return check(told)
    if known.get(variable):
        return known[variable]
    if options.no_input:
        if default is None:
            raise SetupRefused(f"--{option.replace('_', '-')} is needed: {question[0].lower()}{question[1:]}.")
        return default
    while True:
        answer = ask(f"{question}{f' [{default}]' if default else ''}: ") or default or ""
        try:
            return check(answer)
        except SetupRefused as refusal:
            say(refusal)


def ask(question):
    try:
        return input(question).strip()
    except EOFError:
        raise SetupRefused("There is nobody to ask: give the options, or --no-input.") from None


def say(sentence):
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


# --- The file ---------------------------------------------------------------------------------


@contextmanager
def hold_folder(folder):
    """Two set-ups at once would each make keys: the second waits, and finds those of the first."""
    file = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def write_file(path, values):
    """Replaces the file whole or not at all, readable by its owner alone."""
    lines = [f"{name}={env_file.quote(value)}\n" for name, value in values.items()]
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with open(part, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(HEADER + "".join(lines))
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def complete_values(options, known):
    """What the file shall say: what it said, the answers, and a key for each use that has none yet."""
    values = dict(known)
    for variable, *question in QUESTIONS:
        values[variable] = get_answer(options, variable, *question, known=known | known_to_process(variable))
    values |= {name: os.environ[name] for name in KEPT if os.environ.get(name) and name not in values}
    for name, make in KEYS.items():
        if not {name, f"{name}_FILE"} & (values.keys() | os.environ.keys()):
            values[name] = make()
    return values


def known_to_process(variable):
    return {variable: os.environ[variable]} if os.environ.get(variable) else {}


def find_target():
    path = env_file.find_path()
    if path is None:
        raise SetupRefused("OHRM_ENV is empty, so there is no file to write. Unset it, or name one.")
    return path


def read_known(path):
    try:
        return env_file.parse_lines(path.read_text(encoding="utf-8"), source=path)
    except FileNotFoundError:
        return {}


def write_env_file(options):
    """Writes `ohrm.env`, or completes the one that is there; (path, whether it changed). Raises `SetupRefused`."""
    path = find_target()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with hold_folder(path.parent):
            known = read_known(path)
            values = complete_values(options, known)
            if values != known:
                write_file(path, values)
    except env_file.UnreadableEnvFile as error:
        raise SetupRefused(f"Nothing was written. {error}") from error
    except OSError as error:
        raise SetupRefused(f"Nothing was written. {path}: {error.strerror}.") from error
    return path, values != known


def run(arguments):
    """Writes the file and returns the arguments with which the second half goes on; ends the process on a refusal."""
    parser = argparse.ArgumentParser(
        prog="manage.py setup", description="Sets up a site: settings, keys, first account."
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        if not options.no_input:
            options.name = options.name or ask("The name of the organisation (may stay empty): ")
        path, changed = write_env_file(options)
    except SetupRefused as refusal:
        sys.exit(str(refusal))
    os.environ["OHRM_ENV"] = str(path)
    say(f"{path}: {'written, readable by you alone' if changed else 'complete already'}.")
    passed = [f"--name={options.name or ''}", f"--admin={options.admin or 'admin'}"]
    return [*passed, *(["--no-input"] if options.no_input else [])]
