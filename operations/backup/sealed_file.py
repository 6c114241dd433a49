"""How a backup is sealed: a stream of encrypted blocks that can be neither read, changed, reordered nor cut short.

AES-256-GCM over blocks of 1 MiB, numbered, the last one marked (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár). Each file has a key of its own, derived from BACKUP_KEY and a random salt that stands in front.
Not here: what is in it (`backup.py`).
"""

import os
from base64 import urlsafe_b64decode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"OHRM backup 1\n"
SALT_BYTES, TAG_BYTES, BLOCK_SIZE = 32, 16, 1024 * 1024


class UnreadableBackup(Exception):  # a sentence for the person at the terminal
    """The file is no backup, was made with another key, or was changed."""


def derive_cipher(secret, salt):
    info = MAGIC.strip()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(urlsafe_b64decode(secret)))


def build_nonce(number, *, last):
    return number.to_bytes(11, "big") + bytes([last])


class SealedWriter:
    """Takes bytes and writes them sealed to `file`; complete only after `finish`."""

    def __init__(self, file, *, key):
        self.file, self.number, self.rest = file, 0, bytearray()
        salt = os.urandom(SALT_BYTES)
        self.head = MAGIC + salt
        self.cipher = derive_cipher(key, salt)
        file.write(self.head)

    def write(self, data):
        self.rest += data
        while len(self.rest) > BLOCK_SIZE:  # a full block stays until it is known not to be the last
            self.seal(bytes(self.rest[:BLOCK_SIZE]), last=False)
            del self.rest[:BLOCK_SIZE]
        return len(data)

    def seal(self, block, *, last):
        self.file.write(self.cipher.encrypt(build_nonce(self.number, last=last), block, self.head))
        self.number += 1

    def finish(self):
        self.seal(bytes(self.rest), last=True)
        self.rest.clear()


class SealedReader:
    """Gives the bytes of a sealed file; raises `UnreadableBackup` at the first block that is not as it was written."""

    def __init__(self, file, *, keys):
        self.file, self.number, self.plain, self.ended = file, 0, bytearray(), False
        self.head = file.read(len(MAGIC) + SALT_BYTES)
        if not self.head.startswith(MAGIC) or len(self.head) < len(MAGIC) + SALT_BYTES:
            raise UnreadableBackup("This is not a backup that this site could have made.")
        self.next = file.read(BLOCK_SIZE + TAG_BYTES)
        self.ciphers = [derive_cipher(key, self.head[len(MAGIC) :]) for key in keys]

    def read(self, size=-1):
        while not self.ended and (size < 0 or len(self.plain) < size):
            self.open_next()
        given = bytes(self.plain if size < 0 else self.plain[:size])
        del self.plain[: len(given)]
        return given

    def open_next(self):
        block, self.next = self.next, self.file.read(BLOCK_SIZE + TAG_BYTES)
        self.plain += self.opened(block, last=not self.next)
        self.number += 1
        self.ended = not self.next

    def opened(self, block, *, last):
        """The first block finds out which key it is; after that there is no choice any more."""
        for cipher in self.ciphers:
            try:
                plain = cipher.decrypt(build_nonce(self.number, last=last), block, self.head)
            except InvalidTag:
                continue
            self.ciphers = [cipher]
            return plain
        if self.number == 0:
            raise UnreadableBackup("None of the keys in BACKUP_KEY opens this file, or its beginning was changed.")
        raise UnreadableBackup(f"The file was changed or cut short, about {self.number} MiB from its beginning.")
