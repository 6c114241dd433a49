"""White space and templates: what of the layout of the files `ruff` does not see.

`python -m tests.layout [--fix] [files]`, without files all of the house; exit 1 names each fault. White space at the
end of lines and files can be mended (`--fix`), a template that Django cannot read has to be mended by hand.
"""

import os
import re
import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines

from tests.support.environment import build_environment

HOUSE = Path(__file__).resolve().parent.parent
NOT_OURS = {"__pycache__", "node_modules", "var"}
# Bytes that are no text, and catalogues: gettext's own tools write those.
NOT_TEXT = {".mo", ".po", ".png", ".jpg", ".webp", ".pdf", ".ttf", ".woff2", ".xlsx", ".zip", ".sqlite3"}
BEFORE_THE_BREAK = re.compile(r"[^\S\n]+(?=\n|\Z)")


def files(folder=HOUSE):
    """Every text file of the house."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in NOT_OURS and (path.name == ".ci" or path.name[0] != "."):
            yield from files(path)
        elif path.is_file() and path.suffix not in NOT_TEXT:
            yield path.relative_to(HOUSE)


def tidy(text):
    """The same lines, none with white space at its end, and one line break after the last."""
    text = BEFORE_THE_BREAK.sub("", text).rstrip("\n")
    return text and text + "\n"


def white_space(path, *, fix):
    """What is wrong with the white space of one file; with `fix` nothing is, afterwards."""
    text = path.read_bytes().decode()
    wanted = tidy(text)
    if text == wanted:
        return
    if fix:
        path.write_bytes(wanted.encode())
    lines = zip(text.split("\n"), wanted.split("\n"), strict=False)
    line = next((number for number, (is_, should) in enumerate(lines, 1) if is_ != should), "end")
    yield f"{path}:{line} has white space at the end of a line, or not one line break at its own end"


def template(path):
    """Why Django cannot read one template."""
    try:
        engines["django"].from_string(path.read_text(encoding="utf-8"))
    except TemplateSyntaxError as error:
        yield f"{path}: {error}"


def faults(paths, *, fix):
    for path in paths:
        yield from white_space(path, fix=fix)
        if "templates" in path.resolve().relative_to(HOUSE).parts[:-1]:
            yield from template(path)


def main(arguments):
    named = [Path(argument) for argument in arguments if argument != "--fix"]
    os.environ |= build_environment(HOUSE / ".venv" / "lint")
    django.setup()
    found = list(faults(named or files(), fix="--fix" in arguments))
    print("\n".join(found) or "White space and templates are in order.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
