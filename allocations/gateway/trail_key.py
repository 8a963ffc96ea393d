"""The key that seals the trail: an Ed25519 private key in a file of its own, outside of the database."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def sealing_key() -> Ed25519PrivateKey | None:
    """None when no file is configured: then nothing is sealed. Raises ImproperlyConfigured for an unusable file."""
    if not settings.TRAIL_KEY_FILE:
        return None
    path = Path(settings.TRAIL_KEY_FILE)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"TRAIL_KEY_FILE cannot be read as a key: {error}. `manage.py make_trail_key` makes one."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured("TRAIL_KEY_FILE holds a key of another kind. `manage.py make_trail_key` makes one.")
    return key


def make(path: Path) -> Ed25519PrivateKey:
    """A new key in a file that only this user reads. Raises FileExistsError rather than replace one."""
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    return key


def public_hex(key: Ed25519PrivateKey) -> str:
    """The 32 bytes that check a seal, hexadecimal: what an outsider pins."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
