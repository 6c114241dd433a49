"""Whether the catalogues under locale/ hold exactly the messages of the source, are compiled, and keep the glossary.

`python -m tests.catalogues`; exit 1 names each catalogue and message that is behind, and each sentence that breaks a
rule of `ohrm/catalogue_checks.py`.
"""

import gettext
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from ohrm import catalogue_checks, catalogues
from tests.support import machine

PROJECT_DIR = Path(__file__).resolve().parent.parent
IGNORED = shutil.ignore_patterns(".*", "var", "node_modules", "__pycache__", "tests", "benchmarks")


def regenerate_catalogues(place):
    """A copy of the house under `place` whose catalogues makemessages has just written."""
    copy = place / "house"
    shutil.copytree(PROJECT_DIR, copy, ignore=IGNORED)
    domains = {catalogue.stem for catalogue in copy.glob("locale/*/LC_MESSAGES/*.po")}
    for domain in domains:
        command = [sys.executable, "-m", "django", "makemessages", "--all", "--no-obsolete", "--domain", domain]
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
    return copy


def run_gettext(*command, source=None):
    return subprocess.run(command, check=True, capture_output=True, input=source).stdout


def read_compiled(compiled):
    return dict(gettext.GNUTranslations(BytesIO(compiled))._catalog)


def read_messages(catalogue):
    """The messages of a .po file, untranslated and fuzzy ones included: makemessages guesses at what looks alike."""
    filled = run_gettext("msgen", "-", source=run_gettext("msgattrib", "--clear-fuzzy", catalogue))
    return set(read_compiled(run_gettext("msgfmt", "-", "-o", "-", source=filled))) - {""}


def is_compiled(catalogue):
    """Whether the .mo beside a .po says the same; compared by content, since gettext's versions differ in bytes."""
    beside = catalogue.with_suffix(".mo")
    return beside.exists() and read_compiled(run_gettext("msgfmt", catalogue, "-o", "-")) == read_compiled(
        beside.read_bytes()
    )


def breaches_of_wording():
    """A line for each rule that a message breaks, in any language; English is what the messages are found by."""
    for code, path in catalogues.read_catalogues(catalogue_checks.LOCALE).items():
        for message in catalogues.Catalogue(path).messages.values():
            english = replace(message, forms=(message.source, *filter(None, [message.plural])))
            for language, judged in ((code, message), ("en", english)):
                yield from (
                    f"{language}: {message.source!r} {fault}"
                    for fault in catalogue_checks.find_faults(language, judged)
                )


def find_faults():
    with tempfile.TemporaryDirectory(prefix="ohrm-catalogues-") as place:
        copy = regenerate_catalogues(Path(place))
        for catalogue in sorted(PROJECT_DIR.glob("locale/*/LC_MESSAGES/*.po")):
            name = catalogue.relative_to(PROJECT_DIR)
            written, wanted = read_messages(catalogue), read_messages(copy / name)
            yield from (f"{name} lacks {message!r}" for message in sorted(map(str, wanted - written)))
            yield from (f"{name} still holds {message!r}" for message in sorted(map(str, written - wanted)))
            if not is_compiled(catalogue):
                yield f"{name} is not compiled (manage.py compilemessages)"


def main():
    found = sorted(set(breaches_of_wording()))
    lacking = machine.install_missing(machine.FOR_CATALOGUES)
    if lacking:
        print("\n".join([*found, f"LEFT OUT: {lacking[0].serves}, for want of {lacking[0].package}."]))
        return 1 if found or machine.is_ci() else 0
    found += find_faults()
    print("\n".join(found) or "Catalogues are up to date, and keep the glossary.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
