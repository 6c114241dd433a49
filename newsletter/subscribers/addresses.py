"""How an e-mail address is written, sealed and found again.

An address is kept only as AES-256-GCM ciphertext bound to its row, and looked up by a keyed hash. Both
keys are derived from each of SUBSCRIBER_KEYS, which never stand in the database: a copy of it names nobody.
The newest key seals; older ones still open, so that keys can be changed while the site runs.

With SUBSCRIBER_SEAL, a public key, confirmed addresses are sealed so that only the private key opens them, which is
kept elsewhere and given when an edition is sent: whoever takes the server with all its keys reads none of them.
Not here: who may see an address, and when.
"""

import hashlib
import hmac
import os
import re
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from urllib.parse import unquote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from publishing.text.characters import INVISIBLE_PATTERN

MAX_ADDRESS_LENGTH = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
# How a sealed address begins: one of SUBSCRIBER_KEYS and its id; the public key of SUBSCRIBER_SEAL; the same, with the
# id of the key under which the address is found again.
SYMMETRIC_FORMAT, UNINDEXED_FORMAT, PUBLIC_KEY_FORMAT = b"\x01", b"\x02", b"\x03"
KEY_ID_BYTES, NONCE_BYTES, PUBLIC_KEY_BYTES = 4, 12, 32

LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# What stands around an address that was copied out of a text, and is never its first or last character.
ADDRESS_FRAME = ' \t\r\n,;:.<>()[]{}"«»“”„‘’،؛。、'
MAILTO = re.compile(r"[\s<(\"]*mailto:", re.I)
BRACKETED = re.compile(r"<\s*([^<>\s]+\s?@\s?[^<>\s]+)\s*>[\s,;.]*$")
AROUND_AT = re.compile(r"[ \t]*@[ \t]*")
DOMAIN_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# Letters that may stand in a domain since IDNA 2008 (RFC 5894, 7.2); Python's older rules would make another one of it.
IDNA_2008_LETTERS = re.compile("[ßς]")


class AddressError(ValueError):
    """This is not an address that mail can be sent to."""


class SealError(Exception):
    """None of our keys opens this address, or it was sealed for another row."""


# --- How an address is written ----------------------------------------------------------------


def tidy_address(text):
    """What a person meant who pasted an address with what stood around it: marks that show nothing, another width,
    “mailto:”, a name and angle brackets, quotation marks, the comma of a list."""
    text = unicodedata.normalize("NFKC", INVISIBLE_PATTERN.sub("", text)).strip()
    if found := MAILTO.match(text):
        text = unquote(text[found.end() :].partition("?")[0])
    if found := BRACKETED.search(text):
        text = found[1]
    return AROUND_AT.sub("@", text.strip(ADDRESS_FRAME))


def looks_like_address(text):
    """Whether a person may have meant this as an address; says nothing about whether its domain can exist."""
    local, at, domain = text.rpartition("@")
    odd = any(character.isspace() or not character.isprintable() for character in text)
    return (
        bool(at and domain and LOCAL_PART.fullmatch(local))
        and len(local) <= 64
        and len(text) <= MAX_ADDRESS_LENGTH
        and not odd
    )


def normalise_address(text):
    """The form in which an address is written to: domain in lower case and ASCII (IDNA), the rest as typed.

    Raises AddressError for anything that no mail can reach.
    """
    text = INVISIBLE_PATTERN.sub("", unicodedata.normalize("NFKC", text)).strip()
    if not looks_like_address(text):
        raise AddressError(_INVALID_ADDRESS)
    local, _at, domain = text.rpartition("@")
    domain = encode_domain(domain)
    if len(local) + 1 + len(domain) > MAX_ADDRESS_LENGTH:
        raise AddressError(_INVALID_ADDRESS)
    return f"{local}@{domain}"


_INVALID_ADDRESS = "not an address that mail can be sent to"  # never the text itself, which would end in a log


def encode_domain(domain):
    try:
        domain = (
            ".".join(map(encode_domain_label, domain.rstrip(".").lower().split("."))).encode("idna").decode().lower()
        )
    except UnicodeError as error:
        raise AddressError(_INVALID_ADDRESS) from error
    labels = domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(map(DOMAIN_LABEL.fullmatch, labels)):
        raise AddressError(_INVALID_ADDRESS)
    return domain


def encode_domain_label(label):
    return "xn--" + label.encode("punycode").decode() if IDNA_2008_LETTERS.search(label) else label


def mask_address(address):
    """Enough for its owner to know it again: m•••@example.org."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


# --- How it is kept ---------------------------------------------------------------------------


def seal_address(address, *, row):
    """The bytes to store in row `row`; they open in no other row."""
    key = get_subscriber_keys()[0]
    nonce = os.urandom(NONCE_BYTES)
    return (
        SYMMETRIC_FORMAT
        + compute_key_id(key)
        + nonce
        + get_address_cipher(key).encrypt(nonce, address.encode(), build_associated_data(row))
    )


def seal_confirmed_address(address, *, row):
    """As `seal_address`; with SUBSCRIBER_SEAL for the private key alone."""
    if not settings.SUBSCRIBER_SEAL:
        return seal_address(address, row=row)
    once = X25519PrivateKey.generate()
    point = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(urlsafe_b64decode(settings.SUBSCRIBER_SEAL)))
    nonce = os.urandom(NONCE_BYTES)
    return (
        PUBLIC_KEY_FORMAT
        + compute_key_id(get_subscriber_keys()[0])
        + point
        + nonce
        + build_one_time_cipher(shared, point).encrypt(nonce, address.encode(), build_associated_data(row))
    )


def unseal_address(sealed, *, row, private_key=None):
    """The address; raises SealError if it cannot be opened here."""
    sealed = bytes(sealed)
    try:
        if sealed[:1] == PUBLIC_KEY_FORMAT and private_key:
            return unseal_with_private_key(sealed[1 + KEY_ID_BYTES :], row, private_key)
        if sealed[:1] == UNINDEXED_FORMAT and private_key:
            return unseal_with_private_key(sealed[1:], row, private_key)
        if sealed[:1] == SYMMETRIC_FORMAT:
            return unseal_with_server_key(sealed[1:], row)
    except InvalidTag:
        pass
    raise SealError(f"The address in row {row} cannot be opened with the keys that are here.")


def unseal_with_server_key(sealed, row):
    name, nonce, secret = split_ciphertext(sealed, KEY_ID_BYTES)
    for key in get_subscriber_keys():
        if hmac.compare_digest(name, compute_key_id(key)):
            return get_address_cipher(key).decrypt(nonce, secret, build_associated_data(row)).decode()
    raise InvalidTag


def unseal_with_private_key(sealed, row, private_key):
    point, nonce, secret = split_ciphertext(sealed, PUBLIC_KEY_BYTES)
    shared = private_key.exchange(X25519PublicKey.from_public_bytes(point))
    return build_one_time_cipher(shared, point).decrypt(nonce, secret, build_associated_data(row)).decode()


def split_ciphertext(sealed, length):
    return sealed[:length], sealed[length : length + NONCE_BYTES], sealed[length + NONCE_BYTES :]


def is_sealed_as_of_today(sealed):
    """Whether it would be sealed, and found again, in the same way today."""
    wanted = PUBLIC_KEY_FORMAT if settings.SUBSCRIBER_SEAL else SYMMETRIC_FORMAT
    return bytes(sealed[:1]) in {wanted, PUBLIC_KEY_FORMAT} and is_of_current_key(sealed)


def is_of_current_key(sealed):
    """Whether the newest key seals it, or finds it again."""
    sealed = bytes(sealed)
    named = sealed[:1] in {SYMMETRIC_FORMAT, PUBLIC_KEY_FORMAT}
    return named and sealed[1 : 1 + KEY_ID_BYTES] == compute_key_id(get_subscriber_keys()[0])


def compute_fingerprint(address):
    """The blind index of an address under the newest key, as hex; equal for every way to write its case."""
    return compute_fingerprints(address)[0]


def compute_fingerprints(address):
    """The blind index under each key, newest first; a row written before a change of keys has an older one."""
    plain = address.lower().encode()
    return [hmac.new(derive_key(key, "index"), plain, hashlib.sha256).hexdigest() for key in get_subscriber_keys()]


# --- Keys -------------------------------------------------------------------------------------


def get_subscriber_keys():
    keys = settings.SUBSCRIBER_KEYS
    if not keys:
        raise ImproperlyConfigured("SUBSCRIBER_KEYS is not set; manage.py new_key prints a key.")
    return keys


@lru_cache(maxsize=64)
def derive_key(key, purpose):
    """32 bytes for one purpose alone, from one of SUBSCRIBER_KEYS (HKDF, RFC 5869)."""
    secret = key.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ohrm newsletter {purpose}".encode()).derive(secret)


def parse_private_key(text):
    """The private key of SUBSCRIBER_SEAL from its text; raises SealError if it is another one or none."""
    try:
        private_key = X25519PrivateKey.from_private_bytes(urlsafe_b64decode(text.strip()))
    except ValueError as error:
        raise SealError("This is not a private key: 32 bytes as URL-safe base64.") from error
    if private_key.public_key().public_bytes_raw() != urlsafe_b64decode(settings.SUBSCRIBER_SEAL):
        raise SealError("This private key does not belong to SUBSCRIBER_SEAL.")
    return private_key


def generate_key_pair():
    """A new (public, private) pair, each 32 bytes as URL-safe base64."""
    private_key = X25519PrivateKey.generate()
    pair = private_key.public_key().public_bytes_raw(), private_key.private_bytes_raw()
    return tuple(urlsafe_b64encode(half).decode() for half in pair)


def build_one_time_cipher(shared, point):
    """The cipher of one address: every address has a key of its own."""
    info = b"ohrm newsletter seal" + point
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(shared))


@lru_cache(maxsize=16)
def get_address_cipher(key):
    return AESGCM(derive_key(key, "address"))


@lru_cache(maxsize=16)
def compute_key_id(key):
    """Says which key sealed an address, and nothing about the key."""
    return derive_key(key, "name")[:KEY_ID_BYTES]


def build_associated_data(row):
    return b"subscriber" + row.to_bytes(8, "big")
