"""Which programs of the machine the checks need, and how they get there. Python packages are not its matter."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def find_postgres_programs():
    """The folder of the newest PostgreSQL's programs; Debian keeps them outside the search path. None without one."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(debian, key=lambda program: float(program.parts[-3]), default=None) or shutil.which("initdb")
    return Path(newest).parent if newest else None


@dataclass(frozen=True)
class Requirement:
    package: str  # as Debian calls it
    serves: str  # what is left out without it
    find: Callable[[], object]


FOR_TESTS = [
    Requirement("postgresql", "every test on PostgreSQL", find_postgres_programs),
    Requirement("chromium", "the tests in a browser", lambda: shutil.which("chromium")),
    Requirement("redis-server", "the tests with Redis", lambda: shutil.which("redis-server")),
    Requirement("nginx", "the tests behind nginx", lambda: shutil.which("nginx")),
    Requirement("systemd", "whether the units are valid", lambda: shutil.which("systemd-analyze")),
]
FOR_CATALOGUES = [Requirement("gettext", "whether the catalogues are up to date", lambda: shutil.which("xgettext"))]


def find_missing(needs):
    return [need for need in needs if not need.find()]


def install_missing(needs):
    """Installs what is missing where that is allowed (Debian, root); returns what is still missing."""
    wanted = find_missing(needs)
    if not wanted or os.geteuid() != 0 or not shutil.which("apt-get"):
        return wanted
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    packages = [need.package for need in wanted]
    print(f"Installing {', '.join(packages)} ...", flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "--quiet", "--quiet", *command], env=environment, stdout=subprocess.DEVNULL)
    return find_missing(wanted)


def is_ci():
    return os.environ.get("CI") == "true"
