"""`python -m benchmarks [--postgres] [name ...]`: each benchmark in a process of its own, on an empty site.

Exit 1 for a broken bound. The site is a temporary one: on SQLite, with --postgres on a temporary PostgreSQL, and where
DATABASE_URL names a PostgreSQL server in a new database there, deleted at the end; the one it names is not touched.
"""

import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
from contextlib import nullcontext

import django
from django.core.management import call_command

import benchmarks
from benchmarks import databases
from tests.support import servers
from tests.support.environment import environment

FRAME = {"__main__", "databases", "frame", "mail_sink", "sender", "site", "lighthouse"}
# Several processes that write at once queue for SQLite's one lock, so this is always measured on PostgreSQL.
ON_POSTGRES = {"newsletter_workers"}


def names():
    return [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in FRAME]


def empty_site():
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def measure(name):
    """Runs one benchmark in this process, on an empty site; returns whether its bounds were kept."""
    empty_site()
    kept = True
    for figure in importlib.import_module(f"benchmarks.{name}").measure():
        print(figure, flush=True)
        kept = kept and figure.kept
    return kept


def measure_apart(name, *, database):
    print(f"{name} ({database})", flush=True)
    cluster = postgres() if database == "PostgreSQL" else nullcontext("")
    with tempfile.TemporaryDirectory(prefix="ohrm-bench-") as place, cluster as database_url:
        command = [sys.executable, "-m", "benchmarks", "--here", name]
        return subprocess.run(command, env=environment(place, DATABASE_URL=database_url)).returncode == 0


def postgres():
    url = os.environ.get("DATABASE_URL", "")
    named = databases.is_postgres(url)
    return databases.beside(url, f"ohrm_bench_{os.getpid()}") if named else servers.postgres()


def main(arguments):
    if arguments[:1] == ["--site"]:
        empty_site()
        return importlib.import_module("benchmarks.site").serve(int(arguments[1]))
    if arguments[:1] == ["--here"]:
        return 0 if measure(arguments[1]) else 1
    chosen = [name for name in arguments if name != "--postgres"] or names()
    unknown = set(chosen) - set(names())
    if unknown:
        sys.exit(f"No benchmark is called {', '.join(sorted(unknown))}; there are: {', '.join(names())}.")
    everywhere = "--postgres" in arguments or databases.is_postgres(os.environ.get("DATABASE_URL", ""))
    places = ["PostgreSQL" if everywhere or name in ON_POSTGRES else "SQLite" for name in chosen]
    outcomes = [measure_apart(name, database=database) for name, database in zip(chosen, places, strict=True)]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
