"""The start is refused with settings that would harm somebody, and the setting is named."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from ohrm.checks import check_second_person

KEY = "b25seS10ZXN0cy11c2UtdGhpcy1rZXktLS0tLS0tLTE="
OTHER = "b25seS10ZXN0cy11c2UtdGhpcy1rZXktLS0tLS0tLTI="
GOOD = {
    "SITE_URL": "https://example.org",
    "SECRET_KEY": "a-long-secret-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    "SUBSCRIBER_KEYS": KEY,
    "MIRROR_KEY": OTHER,
}


def load_application(tmp_path, **environment):
    """What the production server does first: loads the application. Returns its exit code and last words."""
    base = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    run = subprocess.run(
        [sys.executable, "-c", "import ohrm.wsgi"],
        env={**base, "DATA_DIR": str(tmp_path), **GOOD, **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    return run.returncode, run.stderr


def test_good_settings_start(tmp_path):
    code, words = load_application(tmp_path)
    assert code == 0, words


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"DEBUG": "on"}, "DEBUG is on"),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"SITE_URL": "example.org"}, "SITE_URL is 'example.org'"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS has a wildcard"),
        ({"SECOND_FACTOR": "optional"}, "SECOND_FACTOR is not required"),
        ({"SUBSCRIBER_KEYS": ""}, "SUBSCRIBER_KEYS is not set"),
        ({"SUBSCRIBER_KEYS": "abc"}, "SUBSCRIBER_KEYS: key 1"),
        ({"MIRROR_KEY": ""}, "MIRROR_KEY is not set"),
        ({"MIRROR_KEY": KEY}, "MIRROR_KEY is also a subscriber key"),
        ({"BACKUP_KEY": OTHER}, "BACKUP_KEY is also the key of something else"),
        ({"EMAIL_URL": "smtp://user:password@mail.example.org:25"}, "EMAIL_URL would send its password in clear"),
        ({"NAMES_KEYS": "abc"}, "NAMES_KEYS: key 1"),
        ({"EMAIL_URL": "gopher://x"}, "EMAIL_URL must begin with"),
        ({"LANGUAGES": "en,xx"}, "LANGUAGES: 'xx'"),
        ({"CACHE_URL": "memcached://x"}, "CACHE_URL is"),
        ({"MEDIA_URL_STORAGE": "ftp://x"}, "MEDIA_URL_STORAGE must begin with"),
        ({"SECOND_PERSON": "maybe"}, "SECOND_PERSON is 'maybe'"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE: cannot read /nowhere/key"),
    ],
)
def test_a_bad_setting_stops_the_start_by_its_name(tmp_path, environment, named):
    code, words = load_application(tmp_path, **environment)
    assert code != 0
    assert named in words


def test_a_secret_can_be_given_as_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(GOOD["SECRET_KEY"] + "\n")
    code, words = load_application(tmp_path, SECRET_KEY="", SECRET_KEY_FILE=str(file))
    assert code == 0, words


def test_testimonies_on_one_persons_word_are_warned_of_and_do_not_stop_the_start(settings):
    assert check_second_person() is None
    settings.SECOND_PERSON = "none"
    assert check_second_person().id == "ohrm.W001"
