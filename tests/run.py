"""Runs every test, on SQLite and then on PostgreSQL, and says at the end what was left out.

`python -m tests.run [arguments for pytest]`; exit 0 means that everything ran that could, and passed.
With CI=true nothing may be left out.
"""

import os
import signal
import subprocess
import sys
import time

from tests.support import machine, servers

NOTHING_COLLECTED = 5  # a code of pytest: fine where somebody chose tests that are all about the other database


def run_pytest(arguments, *, database, url):
    """One pass over the tests; returns a sentence about it and whether it went well."""
    print(f"\n=== {database} ===", flush=True)
    environment = os.environ | {"DATABASE_URL": url}
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--maxprocesses=4", *arguments]
    code = subprocess.run(command, env=environment).returncode
    well = code == 0 or (code == NOTHING_COLLECTED and bool(arguments))
    return f"{database}: {'passed' if well else 'FAILED'} after {time.monotonic() - begun:.0f} s.", well


def run_both(arguments, *, with_postgres):
    outcomes = [run_pytest(arguments, database="SQLite", url="")]
    if with_postgres:
        with servers.running_postgres() as url:
            outcomes.append(run_pytest(arguments, database="PostgreSQL", url=url))
    return outcomes


def build_summary(outcomes, left_out):
    lines = [sentence for sentence, _well in outcomes]
    lines += [f"LEFT OUT: {need.serves}, for want of {need.package}." for need in left_out]
    return [*lines, "" if left_out else "Nothing was left out."]


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the cluster is taken down with us
    left_out = machine.install_missing(machine.FOR_TESTS)
    if left_out and machine.is_ci():
        names = ", ".join(need.package for need in left_out)
        sys.exit(f"With CI=true nothing may be left out, but this machine lacks: {names}.")
    outcomes = run_both(arguments, with_postgres=bool(machine.find_postgres_programs()))
    print("\n" + "\n".join(build_summary(outcomes, left_out)))
    return 0 if all(well for _sentence, well in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
