"""Asks a name server for text and mail records (RFC 1035), or reads them from a file of prepared answers.

Over TCP, so that no answer is cut off. Not here: what the records should say (`domain_check.py`).
"""

import re
import secrets
import socket
import struct
from contextlib import closing
from pathlib import Path

TXT, MX = 16, 15
TIMEOUT = 5  # seconds
RECORD_PATTERN = re.compile(r'(\S+)\s+(TXT|MX)\s+"?(.*?)"?\s*')


class NameServerError(Exception):
    """The name server could not be asked, so nothing is known."""


def read_zone_file(path):
    """A `lookup` from a file with a line for each record, such as `example.org TXT "v=spf1 -all"`."""
    lines = (RECORD_PATTERN.fullmatch(line.strip()) for line in Path(path).read_text().splitlines())
    records = [(found[1].lower().rstrip("."), found[2], found[3]) for found in lines if found]

    def lookup(name, kind):
        return [value for owner, type_, value in records if (owner, type_) == (name.lower(), kind)]

    return lookup


def lookup_records(name, kind):
    """The records of a name as text: all strings of a TXT joined, the host of an MX. Raises NoAnswer."""
    number = {"TXT": TXT, "MX": MX}[kind]
    return [
        value for type_, value in parse_dns_answers(send_dns_query(build_dns_query(name, number))) if type_ == number
    ]


def get_name_server():
    """The first name server of this machine."""
    found = re.search(r"(?m)^\s*nameserver\s+(\S+)", Path("/etc/resolv.conf").read_text())
    return found[1] if found else "127.0.0.1"


def build_dns_query(name, number):
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.rstrip(".").split("."))
    head = struct.pack("!HHHHHH", secrets.randbits(16), 0x0100, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack("!HH", number, 1)


def send_dns_query(asked):
    try:
        with closing(socket.create_connection((get_name_server(), 53), timeout=TIMEOUT)) as connection:
            connection.sendall(struct.pack("!H", len(asked)) + asked)
            with connection.makefile("rb") as answer:
                (length,) = struct.unpack("!H", answer.read(2))
                return answer.read(length)
    except (OSError, struct.error) as error:
        raise NameServerError(f"The name server {get_name_server()} does not answer.") from error


def parse_dns_answers(packet):
    """(type, value) of each record that answers."""
    _id, flags, questions, count = struct.unpack("!HHHH", packet[:8])
    if flags & 0xF not in {0, 3}:  # 3: there is no such name, which is an answer
        raise NameServerError(f"The name server refuses to answer (code {flags & 0xF}).")
    at = 12
    for _ in range(questions):
        at = decode_dns_name(packet, at)[1] + 4
    for _ in range(count):
        at = decode_dns_name(packet, at)[1]
        type_, _class, _ttl, length = struct.unpack("!HHIH", packet[at : at + 10])
        at += 10
        if type_ == TXT:
            yield type_, decode_txt_record(packet[at : at + length])
        elif type_ == MX:
            yield type_, decode_dns_name(packet, at + 2)[0]
        at += length


def decode_txt_record(data):
    """The strings of a TXT record, each after its length, as one."""
    parts = []
    while data:
        parts.append(data[1 : 1 + data[0]])
        data = data[1 + data[0] :]
    return b"".join(parts).decode("ascii", "replace")


def decode_dns_name(packet, at):
    """The name that begins there, and where it ends; a name may end with a pointer to an earlier one."""
    labels, end = [], None
    for _ in range(128):
        length = packet[at]
        if length >= 0xC0:
            end = end or at + 2
            at = struct.unpack("!H", packet[at : at + 2])[0] & 0x3FFF
        elif length:
            labels.append(packet[at + 1 : at + 1 + length].decode("ascii", "replace"))
            at += 1 + length
        else:
            break
    return ".".join(labels), end or at + 1
