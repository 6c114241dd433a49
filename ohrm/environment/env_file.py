"""The file `ohrm.env`: where it lies, how it is read and written.

A line is NAME=VALUE or NAME='VALUE', as systemd's EnvironmentFile and Docker's env_file read it too; # begins a
comment.
Not here: what the values mean (`settings.py`), which of them a new site needs (`first_setup.py`).
"""

import os
import re
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")
QUOTED = re.compile(r"""(['"])(.*)\1""", re.DOTALL)
PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./?&\[\]~-]*")


class UnreadableEnvFile(ImproperlyConfigured):  # a sentence that names the file and the line
    """The file is there, and cannot be used."""


def find_path():
    """Where the file is or would be: what OHRM_ENV names, else beside the checkout. None where OHRM_ENV is empty."""
    named = os.environ.get("OHRM_ENV")
    if named is None:
        return BASE_DIR / "ohrm.env"
    return Path(named).absolute() if named else None


def parse_lines(text, *, source):
    """{name: value} of the text of such a file; the last of a name counts. Raises `UnreadableEnvFile`."""
    found = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            # Not the line itself: it may hold a password.
            raise UnreadableEnvFile(f"{source}, line {number}: it must be like NAME=VALUE.")
        found[match[1]] = unquote(match[2].strip())
    return found


def unquote(value):
    match = QUOTED.fullmatch(value)
    if match is None:
        return value
    return match[2] if match[1] == "'" else re.sub(r"\\(.)", r"\1", match[2])


def quote(value):
    if PLAIN.fullmatch(value):
        return value
    if "'" not in value:
        return f"'{value}'"
    return '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


def read_values(path):
    """{name: value} of the file at `path`; nothing where there is none. Raises `UnreadableEnvFile`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if "OHRM_ENV" in os.environ:
            raise UnreadableEnvFile(f"OHRM_ENV: there is no file {path}.") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableEnvFile(f"{path}: it cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    return parse_lines(text, source=path)


def load():
    """Puts what the file says into the environment of this process; what is there already wins, NAME_FILE included."""
    path = find_path()
    for name, value in (read_values(path) if path else {}).items():
        plain = name.removesuffix("_FILE")
        if not {plain, f"{plain}_FILE"} & os.environ.keys():
            os.environ[name] = value


def main(command):
    """Becomes the command, what the file says in its environment: `python -m ohrm.environment.env_file COMMAND`."""
    try:
        load()
    except UnreadableEnvFile as error:
        sys.exit(str(error))
    os.execvp(command[0], command)  # noqa: S606 - what the Makefile names


if __name__ == "__main__":
    main(sys.argv[1:])
