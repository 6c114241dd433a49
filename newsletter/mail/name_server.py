"""Asks the name servers of this machine for text and mail records, or reads prepared answers from a file.

Not here: what the records should say (`domain_check.py`).
"""

import re
from pathlib import Path

from dns import resolver
from dns.exception import DNSException

LIFETIME = 10  # seconds for one question, all name servers of the machine together
RECORD_PATTERN = re.compile(r'(\S+)\s+(TXT|MX)\s+"?(.*?)"?\s*')


class NameServerError(Exception):
    """No name server could be asked, so nothing is known."""


def read_zone_file(path):
    """A `lookup` from a file with a line for each record, such as `example.org TXT "v=spf1 -all"`."""
    lines = (RECORD_PATTERN.fullmatch(line.strip()) for line in Path(path).read_text().splitlines())
    records = [(found[1].lower().rstrip("."), found[2], found[3]) for found in lines if found]

    def lookup(name, kind):
        return [value for owner, type_, value in records if (owner, type_) == (name.lower(), kind)]

    return lookup


def lookup_records(name, kind):
    """The records of a name as text: all strings of a TXT joined, the host of an MX; no such name has none.

    Raises NameServerError.
    """
    try:
        answer = resolver.resolve(name, kind, lifetime=LIFETIME, raise_on_no_answer=False, search=False)
    except resolver.NXDOMAIN:
        return []
    except DNSException as error:
        raise NameServerError(f"The name servers could not be asked about {name}: {error}") from error
    return [READERS[kind](record) for record in answer]


READERS = {
    "TXT": lambda record: b"".join(record.strings).decode("ascii", "replace"),
    "MX": lambda record: record.exchange.to_text(omit_final_dot=True),
}
