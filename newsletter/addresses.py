"""How an e-mail address is written, sealed and found again.

An address is kept only as AES-256-GCM ciphertext bound to its row, and looked up by a keyed hash. Both
keys are derived from each of SUBSCRIBER_KEYS, which never stand in the database: a copy of it names nobody.
The newest key seals; older ones still open, so that keys can be changed while the site runs.
Not here: who may see an address, and when.
"""

import hashlib
import hmac
import os
import re
import unicodedata
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LONGEST = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
FORMAT = b"\x01"
NAME_BYTES, NONCE_BYTES = 4, 12

LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


class AddressError(ValueError):
    """This is not an address that mail can be sent to."""


class SealError(Exception):
    """None of our keys opens this address, or it was sealed for another row."""


# --- How an address is written ----------------------------------------------------------------


def looks_like_address(text):
    """Whether a person may have meant this as an address; says nothing about whether its domain can exist."""
    local, at, domain = text.rpartition("@")
    odd = any(character.isspace() or not character.isprintable() for character in text)
    return bool(at and domain and LOCAL_PART.fullmatch(local)) and len(local) <= 64 and len(text) <= LONGEST and not odd


def normalise(text):
    """The form in which an address is written to: domain in lower case and ASCII (IDNA), the rest as typed.

    Raises AddressError for anything that no mail can reach.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not looks_like_address(text):
        raise AddressError(_REFUSED)
    local, _at, domain = text.rpartition("@")
    domain = ascii_domain(domain)
    if len(local) + 1 + len(domain) > LONGEST:
        raise AddressError(_REFUSED)
    return f"{local}@{domain}"


_REFUSED = "not an address that mail can be sent to"  # never the text itself, which would end in a log


def ascii_domain(domain):
    try:
        domain = domain.rstrip(".").encode("idna").decode().lower()
    except UnicodeError as error:
        raise AddressError(_REFUSED) from error
    labels = domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(map(DOMAIN_LABEL.fullmatch, labels)):
        raise AddressError(_REFUSED)
    return domain


def mask(address):
    """Enough for its owner to know it again: m•••@example.org."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


# --- How it is kept ---------------------------------------------------------------------------


def seal(address, *, row):
    """The bytes to store in row `row`; they open in no other row."""
    key = subscriber_keys()[0]
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + key_name(key) + nonce + cipher(key).encrypt(nonce, address.encode(), bound_to(row))


def open_sealed(sealed, *, row):
    """The address; raises SealError if it cannot be opened here."""
    sealed = bytes(sealed)
    name = sealed[1 : 1 + NAME_BYTES]
    nonce, secret = sealed[1 + NAME_BYTES :][:NONCE_BYTES], sealed[1 + NAME_BYTES + NONCE_BYTES :]
    for key in subscriber_keys():
        if sealed[:1] == FORMAT and hmac.compare_digest(name, key_name(key)):
            try:
                return cipher(key).decrypt(nonce, secret, bound_to(row)).decode()
            except InvalidTag:
                break
    raise SealError(f"The address in row {row} cannot be opened with the keys in SUBSCRIBER_KEYS.")


def is_sealed_with_newest(sealed):
    return bytes(sealed)[1 : 1 + NAME_BYTES] == key_name(subscriber_keys()[0])


def fingerprint(address):
    """The blind index of an address under the newest key, as hex; equal for every way to write its case."""
    return fingerprints(address)[0]


def fingerprints(address):
    """The blind index under each key, newest first; a row written before a change of keys has an older one."""
    plain = address.lower().encode()
    return [hmac.new(derive(key, "index"), plain, hashlib.sha256).hexdigest() for key in subscriber_keys()]


# --- Keys -------------------------------------------------------------------------------------


def subscriber_keys():
    if not settings.SUBSCRIBER_KEYS:
        raise ImproperlyConfigured("SUBSCRIBER_KEYS is not set; manage.py new_key prints a key.")
    return settings.SUBSCRIBER_KEYS


@lru_cache(maxsize=64)
def derive(key, purpose):
    """32 bytes for one purpose alone, from one of SUBSCRIBER_KEYS (HKDF, RFC 5869)."""
    secret = key.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ohrm newsletter {purpose}".encode()).derive(secret)


@lru_cache(maxsize=16)
def cipher(key):
    return AESGCM(derive(key, "address"))


@lru_cache(maxsize=16)
def key_name(key):
    """Says which key sealed an address, and nothing about the key."""
    return derive(key, "name")[:NAME_BYTES]


def bound_to(row):
    return b"subscriber" + row.to_bytes(8, "big")
