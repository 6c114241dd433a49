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
from tests.support.environment import build_environment

NOT_BENCHMARKS = {"__main__", "databases", "frame", "mail_sink", "sender", "site", "lighthouse"}
# Several processes that write at once queue for SQLite's one lock, so this is always measured on PostgreSQL.
ON_POSTGRES = {"newsletter_workers"}


def list_benchmarks():
    return [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in NOT_BENCHMARKS]


def prepare_empty_site():
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def run_benchmark(name):
    """Runs one benchmark in this process, on an empty site; returns whether its bounds were kept."""
    prepare_empty_site()
    kept = True
    for figure in importlib.import_module(f"benchmarks.{name}").measure():
        print(figure, flush=True)
        kept = kept and figure.kept
    return kept


def run_benchmark_apart(name, *, database):
    print(f"{name} ({database})", flush=True)
    cluster = open_postgres() if database == "PostgreSQL" else nullcontext("")
    with tempfile.TemporaryDirectory(prefix="ohrm-bench-") as place, cluster as database_url:
        command = [sys.executable, "-m", "benchmarks", "--here", name]
        return subprocess.run(command, env=build_environment(place, DATABASE_URL=database_url)).returncode == 0


def open_postgres():
    url = os.environ.get("DATABASE_URL", "")
    named = databases.is_postgres(url)
    return databases.temporary_database(url, f"ohrm_bench_{os.getpid()}") if named else servers.running_postgres()


def main(arguments):
    if arguments[:1] == ["--site"]:
        prepare_empty_site()
        return importlib.import_module("benchmarks.site").serve(int(arguments[1]))
    if arguments[:1] == ["--here"]:
        return 0 if run_benchmark(arguments[1]) else 1
    chosen = [name for name in arguments if name != "--postgres"] or list_benchmarks()
    unknown = set(chosen) - set(list_benchmarks())
    if unknown:
        sys.exit(f"No benchmark is called {', '.join(sorted(unknown))}; there are: {', '.join(list_benchmarks())}.")
    everywhere = "--postgres" in arguments or databases.is_postgres(os.environ.get("DATABASE_URL", ""))
    places = ["PostgreSQL" if everywhere or name in ON_POSTGRES else "SQLite" for name in chosen]
    outcomes = [run_benchmark_apart(name, database=database) for name, database in zip(chosen, places, strict=True)]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
