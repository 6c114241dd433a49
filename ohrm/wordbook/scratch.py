"""A site of its own in a temporary folder, for the time that the book takes: no database, file or mail of the real one.

Nothing of the environment goes along but what a program needs to run at all. It speaks all languages that we ship,
since the demo does.
"""

import os
import subprocess
import sys
import tempfile

from django.conf import settings

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")


def run_in_scratch_site(*commands):
    """Runs commands of manage.py there, each a list of words, until one fails; says whether all succeeded."""
    with tempfile.TemporaryDirectory(prefix="wordbook-") as folder:
        environment = build_scratch_environment(folder)
        return all(
            subprocess.run(  # noqa: S603 (our own program)
                [sys.executable, str(settings.BASE_DIR / "manage.py"), *words], env=environment, check=False
            ).returncode
            == 0
            for words in commands
        )


def build_scratch_environment(folder):
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | {
        "DJANGO_SETTINGS_MODULE": "ohrm.settings",
        "DEBUG": "1",  # secrets are made up; its address is that of a real site, since pages say so
        "SITE_URL": "https://example.org",
        "DATA_DIR": folder,
    }
