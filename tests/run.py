"""Runs every test, on SQLite and then on PostgreSQL, and says at the end what was left out.

`python -m tests.run [arguments for pytest]`; exit 0 means that everything ran that could, and passed.
With CI=true nothing may be left out.
"""

import os
import random
import signal
import subprocess
import sys
import time

from tests.support import machine, servers

# Neighbours stay together in one process: what a module makes once for its tests is made once.
PARALLEL = ["-n", "auto", "--maxprocesses=4", "--dist", "worksteal"]
NOTHING_COLLECTED = 5  # a code of pytest: fine where somebody chose tests that are all about the other database


def choose_order(arguments):
    """Options that run the tests in another order than last time, the same on both databases."""
    chosen = any("randomly" in argument for argument in arguments)
    return [] if chosen else [f"--randomly-seed={random.randrange(2**32)}"]  # noqa: S311 - no secret


def run_pytest(arguments, *, order, database, url):
    """One pass over the tests; returns a sentence about it and whether it went well."""
    print(f"\n=== {database} ===", flush=True)
    environment = os.environ | {"DATABASE_URL": url}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # each process would compile every module anew
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", *PARALLEL, *order, *arguments]
    code = subprocess.run(command, env=environment).returncode
    well = code == 0 or (code == NOTHING_COLLECTED and bool(arguments))
    return f"{database}: {'passed' if well else 'FAILED'} after {time.monotonic() - begun:.0f} s.", well


def run_both(arguments, *, order, with_postgres):
    outcomes = [run_pytest(arguments, order=order, database="SQLite", url="")]
    if with_postgres:
        with servers.running_postgres() as url:
            outcomes.append(run_pytest(arguments, order=order, database="PostgreSQL", url=url))
    return outcomes


# What `depends_on_database` in conftest.py denies.
ONCE = "Tests in a browser, unless marked `walk`, and tests that may not ask a database ran on SQLite alone."


def build_summary(outcomes, left_out, *, order):
    lines = [sentence for sentence, _well in outcomes]
    lines += [ONCE] if len(outcomes) > 1 else []
    lines += [f"The order was that of {option}." for option in order]
    lines += [f"LEFT OUT: {need.serves}, for want of {need.package}." for need in left_out]
    return [*lines, "" if left_out else "Nothing was left out."]


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the cluster is taken down with us
    left_out = machine.install_missing(machine.FOR_TESTS)
    if left_out and machine.is_ci():
        names = ", ".join(need.package for need in left_out)
        sys.exit(f"With CI=true nothing may be left out, but this machine lacks: {names}.")
    order = choose_order(arguments)
    outcomes = run_both(arguments, order=order, with_postgres=bool(machine.find_postgres_programs()))
    print("\n" + "\n".join(build_summary(outcomes, left_out, order=order)))
    return 0 if all(well for _sentence, well in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
