"""What is wrong with the environment is told before anything starts: all of it, in sentences, without a password."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from ohrm.environment import judging
from tests.ohrm.test_start import GOOD, KEY

ONION = "a" * 56 + ".onion"
S3_KEYS = {"S3_ACCESS_KEY": "name", "S3_SECRET_KEY": "secret"}


def find_faults(monkeypatch, tmp_path, **environment):
    """The sentences about an environment that is good but for what is given; `{here}` is an empty folder."""
    given = {name: value.replace("{here}", str(tmp_path)) for name, value in environment.items()}
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(os, "environ", {"OHRM_ENV": "", "DATA_DIR": str(tmp_path), **GOOD, **given})
    try:
        judging.load_environment()
    except judging.BadEnvironment as told:
        return str(told).splitlines()
    return []


# Variable, value, what is said of it. The value is not: it may hold a password.
BAD = [
    ("DEBUG", "maybe", "must be on or off"),
    ("SITE_URL", "", "is not set"),
    ("SITE_URL", "example.org", "SITE_URL is 'example.org'"),
    ("SITE_URL", "https://exa mple.org", "an address alone"),
    ("SITE_URL", "https://example.org/path", "an address alone"),
    ("SITE_URL", "https://example.org?x=1", "an address alone"),
    ("SITE_URL", "https://example.org:99999", "an address alone"),
    ("SITE_URL", "https://example.org:0", "an address alone"),
    ("SITE_URL", "https://example.org:abc", "an address alone"),
    ("SITE_URL", "https://", "an address alone"),
    ("SITE_URL", "https://.org", "an address alone"),
    ("SITE_URL", "ftp://example.org", "an address alone"),
    ("SITE_URL", "https://ana:hunter2@example.org", "no address of a site"),
    ("SITE_URL", "https://[::1", "an address alone"),
    ("SITE_URL", "https://300.1.1.1", "an address alone"),
    ("SECRET_KEY", "", "is not set"),
    ("SECRET_KEY_FILE", "/nowhere/key", "cannot read /nowhere/key"),
    ("SECRET_KEY_FALLBACKS", "hunter2", "less than 50 characters"),
    ("ALLOWED_HOSTS", "https://example.org", "no name of a host"),
    ("ALLOWED_HOSTS", "example.org:443", "no name of a host"),
    ("ALLOWED_HOSTS", "other.example.org", "lacks example.org"),
    ("ONION_HOST", "http://" + ONION, "56 letters"),
    ("ONION_HOST", "short.onion", "56 letters"),
    ("ONION_HOST", "example.org", "56 letters"),
    ("HSTS_SECONDS", "year", "whole number"),
    ("HSTS_PRELOAD", "please", "on or off"),
    ("DATA_DIR", "{here}/file", "is a file"),
    ("MIRROR_DIR", "{here}/file", "is a file"),
    ("MIRROR_DIR", "mirror", "whole path"),
    ("MIRROR_DIR", "/nonexistent/mirror", "no such folder"),
    ("BACKUP_TO", "backups", "whole path"),
    ("BACKUP_TO", "{here}/file", "is a file"),
    ("BACKUP_KEEP", "0", "1 or more"),
    ("DATABASE_URL", "foo", "must begin with postgres://"),
    ("DATABASE_URL", "mysql://ana:hunter2@host/ohrm", "must begin with postgres://"),
    ("DATABASE_URL", "postgres://ana:hunter2/x@host/ohrm", "must begin with postgres://"),
    ("DATABASE_URL", "postgres://ana:hunter2@host:abc/ohrm", "must begin with postgres://"),
    ("DATABASE_URL", "postgres://ana:hunter2@host", "names no database"),
    ("DATABASE_URL", "sqlite:////nonexistent/x", "no such folder"),
    ("CACHE_URL", "memcached://x", "neither memory: nor"),
    ("CACHE_URL", "redis://127.0.0.1:6379/abc", "neither memory: nor"),
    ("CACHE_URL", "redis://:hunter2/x@127.0.0.1:6379/0", "neither memory: nor"),
    ("CACHE_URL", "redis://", "neither memory: nor"),
    ("BROKER_URL", "foo", "no such address"),
    ("BROKER_URL", "redis://:hunter2@127.0.0.1:abc/0", "no such address"),
    ("TASKS", "cron", "one of: database, celery"),
    ("MEDIA_URL_STORAGE", "ftp://x", "must begin with s3://"),
    ("MEDIA_URL_STORAGE", "s3:", "must begin with s3://"),
    ("MEDIA_URL_STORAGE", "s3://", "must begin with s3://"),
    ("MEDIA_URL_STORAGE", "s3:bucket", "must begin with s3://"),
    ("MEDIA_URL_STORAGE", "s3://bucket", "needs two keys"),
    ("MEDIA_URL_STORAGE", "file:///nonexistent/root", "no such folder"),
    ("MEDIA_URL_STORAGE", "file://relative/root", "must begin with s3://"),
    ("S3_ACCESS_KEY", "hunter2", "needs two keys"),
    ("S3_ENDPOINT", "s3.example.org", "an address alone"),
    ("EMAIL_URL", "gopher://x", "must begin with"),
    ("EMAIL_URL", "smtps://", "names no mail server"),
    ("EMAIL_URL", "smtps://ana:hunter2/x@mail.example.org", "no such address"),
    ("EMAIL_URL", "smtps://ana:hunter2@mail.example.org:abc", "no such address"),
    ("EMAIL_URL", "smtp://mail.example.org?startls", "'startls' after the ?"),
    ("EMAIL_URL", "postmark://", "must be like postmark://"),
    ("EMAIL_URL", "mailgun://hunter2", "must be like mailgun://"),
    ("MAIL_FROM", "not an address", "no mail address"),
    ("MAIL_BOUNCES", "bounces", "no mail address"),
    ("MAIL_WEBHOOK", "name:hunter2", "20 characters"),
    ("MAIL_PER_MINUTE", "²", "whole number"),
    ("MAIL_PER_MINUTE", "-1", "whole number"),
    ("MAIL_PER_MINUTE_PER_DOMAIN", "many", "whole number"),
    ("MAIL_CONNECTIONS", "0", "1 or more"),
    ("AUDIT_WITNESSES", "nobody", "no mail address"),
    ("AUDIT_WITNESSES", "one@example.org,nobody", "'nobody'"),
    ("SUBSCRIBER_KEYS", "hunter2", "key 1 is not 32 bytes"),
    ("SUBSCRIBER_KEYS", f"{KEY},hunter2", "key 2 is not 32 bytes"),
    ("SUBSCRIBER_SEAL", "hunter2", "key 1 is not 32 bytes"),
    ("MIRROR_KEY", "hunter2", "key 1 is not 32 bytes"),
    ("NAMES_KEYS", "hunter2", "key 1 is not 32 bytes"),
    ("BACKUP_KEY", "hunter2", "key 1 is not 32 bytes"),
    ("LANGUAGES", "en,xx", "'xx'"),
    ("LANGUAGES", ",", "one at least"),
    ("LANGUAGES", "en,fr,en", "each language once"),
    ("SECOND_PERSON", "maybe", "one of: stories, all, none"),
    ("SECOND_FACTOR", "sms", "one of: required, optional"),
    ("LOG_FORMAT", "xml", "one of: plain, json"),
    ("BIND", "http://127.0.0.1", "no name of a host"),
    ("PORT", "80000", "from 1 to 65535"),
    ("WORKERS", "two", "whole number"),
    ("THREADS", "0", "1 or more"),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD)
def test_a_bad_value_is_told_once_with_its_name_what_is_wrong_and_an_example(monkeypatch, tmp_path, name, value, said):
    (sentence,) = find_faults(monkeypatch, tmp_path, **{name: value})
    assert said in sentence
    assert re.search(r" Example: [A-Z0-9_]+=.+", sentence)
    assert "hunter2" not in sentence


GOOD_VALUES = [
    {"SITE_URL": "https://example.org/"},
    {"SITE_URL": "http://127.0.0.1:8000"},
    {"SITE_URL": "http://[::1]:8000"},
    {"SITE_URL": f"http://{ONION}"},
    {"ALLOWED_HOSTS": "example.org, www.example.org,[::1]"},
    {"ALLOWED_HOSTS": "EXAMPLE.org"},
    {"ONION_HOST": ONION},
    {"DATABASE_URL": "postgres://ohrm:p%2Fw@127.0.0.1:5432/ohrm?sslmode=require"},
    {"DATABASE_URL": "postgres://ohrm@%2Fvar%2Frun%2Fpostgresql/ohrm"},
    {"DATABASE_URL": "sqlite:///{here}/site.sqlite3"},
    {"CACHE_URL": "rediss://:p%40w@redis.example.org:6380/1"},
    {"BROKER_URL": "amqp://user:pw@broker.example.org//"},
    {"MEDIA_URL_STORAGE": "s3://a-bucket/folder", **S3_KEYS},
    {"MEDIA_URL_STORAGE": "s3://a-bucket", "AWS_PROFILE": "ours"},
    {"MEDIA_URL_STORAGE": "file://{here}/media"},
    {"MIRROR_DIR": "{here}/mirror", "BACKUP_TO": "{here}"},
    {"EMAIL_URL": "smtp://mail.example.org:25?starttls"},
    {"EMAIL_URL": "smtps://user%40example.org:p%2Fw@mail.example.org"},
    {"EMAIL_URL": "mailgun://KEY@news.example.org?region=eu"},
    {"MAIL_FROM": "Witness Line <news@example.org>"},
    {"LANGUAGE": "en_GB:en", "LANG": "C.UTF-8", "PORTS": "1", "XDG_DATA_DIRS": "/usr/share"},
    {"DEBUG": "on", "SITE_URL": "", "SECRET_KEY": ""},
]


@pytest.mark.parametrize("environment", GOOD_VALUES)
def test_what_is_odd_and_right_is_taken(monkeypatch, tmp_path, environment):
    assert find_faults(monkeypatch, tmp_path, **environment) == []


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("SITE_ULR", "SITE_URL"),
        ("SECOND_PERSN", "SECOND_PERSON"),
        ("SECOND_FACTR_FILE", "SECOND_FACTOR"),
        ("BACKUP_KEYS", "BACKUP_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("mirror_dir", "MIRROR_DIR"),
    ],
)
def test_a_misspelt_name_is_told_with_the_one_that_was_meant(monkeypatch, tmp_path, given, meant):
    (sentence,) = find_faults(monkeypatch, tmp_path, **{given: "hunter2"})
    assert sentence.startswith(f"{given} is no variable of ours.")
    assert f"Example: {meant}=" in sentence
    assert "hunter2" not in sentence


def test_a_secret_file_that_is_no_text_is_told_without_its_bytes(monkeypatch, tmp_path):
    (tmp_path / "key").write_bytes(b"hunter2\xff")
    (sentence,) = find_faults(monkeypatch, tmp_path, SECRET_KEY_FILE="{here}/key")
    assert "no text in UTF-8" in sentence
    assert "hunter2" not in sentence


def test_every_variable_that_is_read_is_judged():
    source = "".join(path.read_text() for path in (settings.BASE_DIR / "ohrm").glob("*.py"))
    read = set(re.findall(r'get_(?:text|flag|list|integer|keys|optional)\(\s*"([A-Z0-9_]+)"', source))
    assert len(read) > 30
    assert read <= set(judging.VARIABLES)


@pytest.mark.server
@pytest.mark.parametrize("command", [["manage.py", "check"], ["-c", "import ohrm.wsgi"]])
def test_all_faults_are_told_at_once_and_without_a_traceback(tmp_path, command):
    bad = {"SITE_URL": "example.org", "EMAIL_URL": "smtps://ana:hunter2/x@host", "SITE_ULR": "x", "OHRM_ENV": ""}
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **GOOD, **bad}
    options = {"cwd": settings.BASE_DIR, "env": environment, "capture_output": True, "text": True}
    told = subprocess.run([sys.executable, *command], **options)
    assert told.returncode == 1
    assert [line.split()[0] for line in told.stderr.splitlines()] == ["SITE_URL", "EMAIL_URL", "SITE_ULR"]
