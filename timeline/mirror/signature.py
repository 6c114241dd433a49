"""The list of all files of a mirror with their sums, its signature, and how both are checked without the site.

Ed25519 (RFC 8032) with MIRROR_KEY over the bytes of `manifest.json`. `SHA256SUMS` says the same for those who have
nothing but coreutils and OpenSSL. Not here: what is in a mirror (`build.py`).
"""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.template.loader import render_to_string

MANIFEST_FILE, SIGNATURE_FILE, PUBLIC_KEY_FILE, CHECKSUM_FILE, INSTRUCTIONS_FILE = (
    "manifest.json", "manifest.json.sig", "public-key.pem", "SHA256SUMS", "VERIFY.txt"
)  # fmt: skip


def load_private_key(text):
    return Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(text))


def load_public_key(text):
    """A public key as `encode_public_key` writes it; raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(text.strip()))


def encode_public_key(public_key):
    """32 bytes as URL-safe base64: short enough to be read out on the telephone."""
    return urlsafe_b64encode(public_key.public_bytes_raw()).decode()


def compute_checksums(folder):
    """Path inside the folder -> (SHA-256 as hex, size), of every file but manifest and signature."""
    found = {}
    for place, _folders, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            inside = path.relative_to(folder).as_posix()
            if inside not in {MANIFEST_FILE, SIGNATURE_FILE}:
                with open(path, "rb") as file:
                    found[inside] = (hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
    return dict(sorted(found.items()))


def sign_mirror(folder, *, key, **facts):
    """Writes the manifest, with `facts` in front of its files, and all that goes with it; returns how many files."""
    public = key.public_key()
    (folder / PUBLIC_KEY_FILE).write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    context = {**facts, "key": encode_public_key(public)}
    (folder / INSTRUCTIONS_FILE).write_text(render_to_string("timeline/mirror_verify.txt", context), encoding="utf-8")
    lines = [f"{digest}  {path}\n" for path, (digest, _size) in compute_checksums(folder).items()]
    (folder / CHECKSUM_FILE).write_text("".join(lines), encoding="utf-8")
    sums = compute_checksums(folder)
    files = [{"path": path, "sha256": digest, "size": size} for path, (digest, size) in sums.items()]
    manifest = json.dumps({"format": 1, **facts, "files": files}, ensure_ascii=False, indent=1).encode()
    (folder / MANIFEST_FILE).write_bytes(manifest)
    (folder / SIGNATURE_FILE).write_bytes(key.sign(manifest))
    return len(files)


def find_mirror_faults(folder, *, public_key):
    """Sentences about everything that is not as it was signed; an empty list if nothing is."""
    try:
        manifest, signature = ((folder / name).read_bytes() for name in (MANIFEST_FILE, SIGNATURE_FILE))
    except OSError as error:
        return [f"{Path(error.filename).name}: {error.strerror}."]
    try:
        public_key.verify(signature, manifest)
    except InvalidSignature:
        return ["The signature is not by this key, or manifest.json was changed. Nothing else was looked at."]
    told = {row["path"]: (row["sha256"], row["size"]) for row in json.loads(manifest)["files"]}
    found = compute_checksums(folder)
    faults = [f"{path}: missing." for path in told.keys() - found.keys()]
    faults += [f"{path}: not part of the mirror." for path in found.keys() - told.keys()]
    faults += [f"{path}: changed." for path in told.keys() & found.keys() if told[path] != found[path]]
    return sorted(faults)


def read_manifest_facts(folder):
    """What the manifest of a mirror says besides its files; {} where there is none that can be read."""
    try:
        told = json.loads((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in told.items() if name != "files"}
