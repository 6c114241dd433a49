"""The environment of a site that lives as long as one run of the tests or of a benchmark."""

import base64
import os


def make_key(number):
    """A key that is the same in every run and good for nothing else."""
    return base64.urlsafe_b64encode(bytes(range(number, number + 32))).decode()


SETTINGS = {
    "OHRM_ENV": "",
    "DEBUG": "off",
    "SECRET_KEY": "for-tests-alone-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "",
    "LANGUAGES": "",
    "CACHE_URL": "memory:",
    "EMAIL_URL": "files:",
    "MAIL_PER_MINUTE": "",
    "TASKS": "database",
    "BROKER_URL": "",
    "SECOND_FACTOR": "optional",
    "SECOND_PERSON": "stories",
    "ONION_HOST": "",
    "MEDIA_URL_STORAGE": "",
    "SUBSCRIBER_KEYS": make_key(0),
    "MIRROR_KEY": make_key(64),
    "NAMES_KEYS": make_key(96),
    "DJANGO_SETTINGS_MODULE": "ohrm.settings",
}


def build_environment(data_dir, **more):
    """The whole environment for a process: what the machine has, none of our own variables but these.

    DATABASE_URL stays as it is: the runner of the tests chooses the database by it.
    """
    machine = {name: value for name, value in os.environ.items() if not name.endswith("_FILE")}
    return machine | SETTINGS | {"DATA_DIR": str(data_dir)} | more
