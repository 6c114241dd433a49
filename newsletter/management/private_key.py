"""How commands are given the private key of SUBSCRIBER_SEAL, which never comes to rest on the server."""

import sys
from pathlib import Path

from django.core.management.base import CommandError

from newsletter.subscribers.addresses import SealError, parse_private_key


def read_private_key(path):
    try:
        return parse_private_key(sys.stdin.read() if path == "-" else Path(path).read_text())
    except (OSError, UnicodeDecodeError, SealError) as error:
        raise CommandError(f"{path}: {error}") from error
