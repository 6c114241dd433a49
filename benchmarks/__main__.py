"""`python -m benchmarks [--postgres] [name ...]`: each benchmark in a process of its own, on an empty site.

Exit 1 for a broken bound. The site is a temporary one, on SQLite or a temporary PostgreSQL, whatever DATABASE_URL says.
"""

import importlib
import pkgutil
import subprocess
import sys
import tempfile
from contextlib import nullcontext

import django
from django.core.management import call_command

import benchmarks
from tests import servers
from tests.environment import environment

FRAME = {"__main__", "frame", "mail_sink", "sender", "lighthouse"}
# Several processes that write at once queue for SQLite's one lock, so this is always measured on PostgreSQL.
ON_POSTGRES = {"newsletter_workers"}


def names():
    return [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in FRAME]


def measure(name):
    """Runs one benchmark in this process, on an empty site; returns whether its bounds were kept."""
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    kept = True
    for figure in importlib.import_module(f"benchmarks.{name}").measure():
        print(figure, flush=True)
        kept = kept and figure.kept
    return kept


def measure_apart(name, *, database):
    print(f"{name} ({database})", flush=True)
    cluster = servers.postgres() if database == "PostgreSQL" else nullcontext("")
    with tempfile.TemporaryDirectory(prefix="ohrm-bench-") as place, cluster as database_url:
        command = [sys.executable, "-m", "benchmarks", "--here", name]
        return subprocess.run(command, env=environment(place, DATABASE_URL=database_url)).returncode == 0


def main(arguments):
    if arguments[:1] == ["--here"]:
        return 0 if measure(arguments[1]) else 1
    chosen = [name for name in arguments if name != "--postgres"] or names()
    unknown = set(chosen) - set(names())
    if unknown:
        sys.exit(f"No benchmark is called {', '.join(sorted(unknown))}; there are: {', '.join(names())}.")
    everywhere = "--postgres" in arguments
    databases = ["PostgreSQL" if everywhere or name in ON_POSTGRES else "SQLite" for name in chosen]
    outcomes = [measure_apart(name, database=database) for name, database in zip(chosen, databases, strict=True)]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
