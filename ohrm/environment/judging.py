"""Judges all that the environment says before any of it is used: every fault is told at once, without a traceback.

Each sentence has the variable, what is wrong and an example. Not here: how a value is read (`readers.py`), what makes
one good (`values.py`), and what is well written but would harm somebody (`ohrm/checks.py`).
"""

import difflib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import ImproperlyConfigured

from . import env_file, readers
from .values import (
    accept,
    judge_broker,
    judge_cache,
    judge_choice,
    judge_data,
    judge_database,
    judge_email_url,
    judge_flag,
    judge_folder,
    judge_host,
    judge_hosts,
    judge_languages,
    judge_mailbox,
    judge_mailboxes,
    judge_media,
    judge_number,
    judge_old_secrets,
    judge_onion,
    judge_port,
    judge_sender,
    judge_site_url,
    judge_webhook,
    split_address,
    split_list,
)

# Of the machine, and near to one of ours by chance.
NOT_OURS = {"LANGUAGE"}


class BadEnvironment(SystemExit):  # the sentences; Python prints them and ends with code 1
    """Nothing was started."""


@dataclass(frozen=True)
class Variable:
    """`judge(value)` gives what is wrong, to be read after the name, or nothing; or it raises ImproperlyConfigured."""

    judge: Callable
    example: str
    is_needed: bool = False


KEY = "the line that manage.py new_key prints (new_seal for SUBSCRIBER_SEAL)"
FOLDER = "/srv/ohrm/var"
REDIS = "redis://127.0.0.1:6379/0"


def keys(name):
    return Variable(lambda value: readers.get_keys(name) and "", KEY)


VARIABLES = {
    "DEBUG": Variable(judge_flag, "off"),
    "DATA_DIR": Variable(judge_data, FOLDER),
    "SITE_URL": Variable(judge_site_url, "https://example.org", is_needed=True),
    "SECRET_KEY": Variable(accept, "50 random characters or more", is_needed=True),
    "SECRET_KEY_FALLBACKS": Variable(judge_old_secrets, "the SECRET_KEY of before"),
    "ALLOWED_HOSTS": Variable(judge_hosts, "example.org,www.example.org"),
    "ONION_HOST": Variable(judge_onion, "a" * 56 + ".onion"),
    "HSTS_SECONDS": Variable(judge_number, "3600"),
    "HSTS_SUBDOMAINS": Variable(judge_flag, "off"),
    "HSTS_PRELOAD": Variable(judge_flag, "off"),
    "DATABASE_URL": Variable(judge_database, "postgres://ohrm:password@127.0.0.1:5432/ohrm"),
    "REPLICA_URL": Variable(judge_database, "postgres://ohrm:password@replica.example.org:5432/ohrm"),
    "CACHE_URL": Variable(judge_cache, REDIS),
    "TASKS": Variable(partial(judge_choice, choices=["database", "celery"]), "database"),
    "BROKER_URL": Variable(judge_broker, REDIS),
    "MEDIA_URL_STORAGE": Variable(judge_media, "s3://bucket"),
    "S3_ACCESS_KEY": Variable(accept, "the name of the key"),
    "S3_SECRET_KEY": Variable(accept, "the secret of the key"),
    "S3_REGION": Variable(accept, "eu-central-1"),
    "S3_ENDPOINT": Variable(judge_site_url, "https://s3.example.org"),
    "EMAIL_URL": Variable(judge_email_url, "smtps://user:password@mail.example.org:465"),
    "MAIL_FROM": Variable(judge_sender, "newsletter@example.org"),
    "MAIL_BOUNCES": Variable(judge_mailbox, "bounces@example.org"),
    "MAIL_WEBHOOK": Variable(judge_webhook, "NAME:PASSWORD, the password 20 characters or longer"),
    "MAIL_PER_MINUTE": Variable(judge_number, "600"),
    "MAIL_PER_MINUTE_PER_DOMAIN": Variable(judge_number, "100"),
    "MAIL_CONNECTIONS": Variable(partial(judge_number, least=1), "8"),
    "SECOND_FACTOR": Variable(partial(judge_choice, choices=["required", "optional"]), "required"),
    "SECOND_PERSON": Variable(partial(judge_choice, choices=["stories", "all", "none"]), "stories"),
    "LANGUAGES": Variable(judge_languages, "en,fr"),
    "SUBSCRIBER_KEYS": keys("SUBSCRIBER_KEYS"),
    "SUBSCRIBER_SEAL": keys("SUBSCRIBER_SEAL"),
    "SUBSCRIBER_EXPORT": Variable(judge_flag, "off"),
    "MIRROR_KEY": keys("MIRROR_KEY"),
    "NAMES_KEYS": keys("NAMES_KEYS"),
    "BACKUP_KEY": keys("BACKUP_KEY"),
    "BACKUP_TO": Variable(judge_folder, "/mnt/backups"),
    "BACKUP_KEEP": Variable(partial(judge_number, least=1), "14"),
    "MIRROR_DIR": Variable(judge_folder, "/srv/ohrm/mirror"),
    "AUDIT_WITNESSES": Variable(judge_mailboxes, "one@example.org,two@example.net"),
    "METRICS_TOKEN": Variable(accept, "30 random characters or more"),
    "LOG_FORMAT": Variable(partial(judge_choice, choices=["plain", "json"]), "plain"),
    "BIND": Variable(judge_host, "127.0.0.1"),
    "PORT": Variable(judge_port, "8000"),
    "WORKERS": Variable(partial(judge_number, least=1), "2"),
    "THREADS": Variable(partial(judge_number, least=1), "8"),
    "OHRM_ENV": Variable(accept, "/etc/ohrm/ohrm.env"),
}


# --- All of it --------------------------------------------------------------------------------


def load_environment():
    """Reads `ohrm.env` too. Raises `BadEnvironment` with every fault, a line each."""
    try:
        env_file.load()
    except env_file.UnreadableEnvFile as error:
        raise BadEnvironment(str(error)) from None
    bad = list(find_bad_values())
    told = {sentence.split()[0] for sentence in bad}
    bad += [sentence for sentence in find_contradictions() if sentence.split()[0] not in told]
    if faults := [*bad, *find_misspelt_names()]:
        raise BadEnvironment("\n".join(faults))


def get_value(name):
    try:
        return readers.get_optional(name)
    except ImproperlyConfigured:
        return ""  # its file cannot be read: told with the values


def find_bad_values():
    is_trial = get_value("DEBUG").lower() in {"1", "true", "yes", "on"}
    for name, variable in VARIABLES.items():
        try:
            wrong = judge_variable(name, variable, is_trial=is_trial)
        except ImproperlyConfigured as error:
            wrong = str(error)
        if wrong:
            yield f"{wrong} Example: {name}={variable.example}"


def judge_variable(name, variable, *, is_trial):
    value = readers.get_optional(name)
    if value:
        wrong = variable.judge(value)
        return wrong and f"{name} {wrong}"
    return f"{name} is not set." if variable.is_needed and not is_trial else ""


def find_contradictions():
    parts = split_address(get_value("SITE_URL"))
    hosts = [host.lower() for host in split_list(get_value("ALLOWED_HOSTS"))]
    has_wildcard = any(host[:1] in {"*", "."} for host in hosts)
    if hosts and not has_wildcard and parts and parts.hostname not in hosts:
        yield f"ALLOWED_HOSTS lacks {parts.hostname}, the host of SITE_URL. Example: ALLOWED_HOSTS={parts.hostname}"
    given = [name for name in ("S3_ACCESS_KEY", "S3_SECRET_KEY") if get_value(name)]
    by_boto = any(name.startswith("AWS_") for name in os.environ)
    if len(given) == 1 or (get_value("MEDIA_URL_STORAGE").startswith("s3:") and not given and not by_boto):
        yield "MEDIA_URL_STORAGE at s3:// needs two keys. Example: S3_ACCESS_KEY=name and S3_SECRET_KEY_FILE=path"


def find_misspelt_names():
    """Names that we do not read and that look like one we do: a guard may be off that somebody believes is on."""
    for given in sorted(os.environ):
        name = given.upper().removesuffix("_FILE")
        if (given == given.upper() and name in VARIABLES) or name in NOT_OURS or len(name) < 6:
            continue
        if near := difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0.86):
            yield f"{given} is no variable of ours. Did you mean this? Example: {near[0]}={VARIABLES[near[0]].example}"
