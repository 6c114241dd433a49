"""`python -m benchmarks.lighthouse`: Lighthouse on the demonstration site, behind the production server.

Its simulated phone on a slow line judges a timeline, an update and a testimony. Lighthouse comes from npm into a
temporary folder; the browser is Debian's Chromium. Not part of `make bench`, nor of CI: it fetches packages, and a
busy machine spoils its figures, so each page is judged three times and its best run counts.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.environment import build_environment
from tests.support.servers import find_free_port, is_listening, running_server

from .figures import Figure

PROJECT_DIR = Path(__file__).resolve().parent.parent
PACKAGE = "lighthouse@12"
PAGES = {
    "timeline": "/en/belarus/",
    "timeline, Arabic": "/ar/belarus/",
    "update": "/en/belarus/updates/widespread-torture-of-protesters/",
    "testimony": "/en/belarus/stories/a-fine-little-armchair/",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# Audit -> (what we call it, unit, the most it may be, how many of its own units are one of ours).
BOUNDS = {
    "largest-contentful-paint": ("largest paint", "s", 0.9, 1000),
    "total-blocking-time": ("blocked", "ms", 20, 1),
    "cumulative-layout-shift": ("shift of the layout", "", 0, 1),
}
RUNS = 3
BROWSER = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"


def install_lighthouse(place):
    options = ["--no-audit", "--no-fund", "--silent", "--prefix", place]
    subprocess.run([shutil.which("npm"), "install", *options, PACKAGE], check=True)
    return place / "node_modules" / ".bin" / "lighthouse"


def run_lighthouse(program, address, *, place):
    """What Lighthouse says of one page, as it writes it; None for a run in which it lost its browser."""
    told = place / "report.json"
    options = ["--quiet", "--output=json", f"--output-path={told}", f"--chrome-flags={BROWSER}"]
    chromium = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
    done = subprocess.run([program, address, *options], env=chromium)
    return json.loads(told.read_text(encoding="utf-8")) if done.returncode == 0 else None


def choose_best(reports):
    return max(reports, key=lambda one: (one["categories"]["performance"]["score"], -get_largest_paint(one)))


def get_largest_paint(one):
    return one["audits"]["largest-contentful-paint"]["numericValue"]


def build_figures(name, told):
    for category in CATEGORIES:
        score = round(100 * told["categories"][category]["score"])
        yield Figure(f"{name}: {category}", score, "", at_least=100)
    for audit, (word, unit, most, scale) in BOUNDS.items():
        value = told["audits"][audit]["numericValue"] / scale
        yield Figure(f"{name}: {word}", round(value, 3), unit, at_most=most)


def serve_demo(place, port):
    """`make serve` with the demonstration content, as a context manager."""
    variables = build_environment(place / "var", SITE_URL=f"http://127.0.0.1:{port}", DATABASE_URL="")
    for command in (["migrate", "--noinput", "--verbosity", "0"], ["demo"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=PROJECT_DIR, env=variables, check=True)
    make = ["make", "serve", f"PORT={port}", "WORKERS=1"]
    return running_server(
        make, what="make serve", ready=lambda: is_listening(port), seconds=180, cwd=PROJECT_DIR, env=variables
    )


def judge_page(name, path, *, program, place, port):
    """Whether a page keeps all its bounds; says each."""
    runs = [run_lighthouse(program, f"http://127.0.0.1:{port}{path}", place=place) for _run in range(RUNS)]
    if not any(runs):
        print(f"  {name}: no run came to its end", flush=True)
        return False
    said = list(build_figures(name, choose_best(filter(None, runs))))
    print(*said, sep="\n", flush=True)
    return all(figure.kept for figure in said)


def main():
    if missing := [name for name in ("npm", "chromium") if not shutil.which(name)]:
        sys.exit(f"Not installed: {', '.join(missing)} (on Debian: apt install npm chromium).")
    with tempfile.TemporaryDirectory(prefix="ohrm-lighthouse-") as folder:
        place, port = Path(folder), find_free_port()
        program = install_lighthouse(place)
        with serve_demo(place, port):
            kept = [judge_page(name, path, program=program, place=place, port=port) for name, path in PAGES.items()]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
