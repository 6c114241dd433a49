"""A site whose database is a file, which real processes work at: at once, and killed at any moment."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

from django.conf import settings as django_settings
from django.db import connection

from tests.support.environment import make_key


class Site:
    """A site of its own on disk, with what the test has made so far."""

    def __init__(self, place):
        self.place, self.file, self.copy = place, place / "site.sqlite3", place / "copy"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(self.file)])

    def start(self, *words, **environment):
        own = {"DATA_DIR": str(self.place), "DATABASE_URL": f"sqlite:///{self.file}", "BACKUP_KEY": make_key(128)}
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, words)],
            env=os.environ | own | environment,
            cwd=django_settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words, **environment):
        process = self.start(*words, **environment)
        out, error = process.communicate()
        assert process.returncode == 0, error
        return out

    def ask(self, question, file=None):
        with closing(sqlite3.connect(file or self.file)) as database:
            return database.execute(question).fetchall()
