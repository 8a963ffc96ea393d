"""The server's half of the envelope {"request": base64}: AES-128-ECB with PKCS#7 padding.

The key is the first 16 bytes of SHA-256 of the shared secret, as the payouts guide of EnKash describes it.
"""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK_BITS = 128


def _cipher(secret: str) -> Cipher[modes.ECB]:
    key = hashlib.sha256(secret.encode()).digest()[:16]
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - EnKash's documented scheme


def wrap(plain: bytes, *, secret: str) -> bytes:
    """The envelope around the bytes."""
    padder = PKCS7(BLOCK_BITS).padder()
    encryptor = _cipher(secret).encryptor()
    padded = padder.update(plain) + padder.finalize()
    sealed = encryptor.update(padded) + encryptor.finalize()
    return json.dumps({"request": base64.b64encode(sealed).decode()}).encode()


def unwrap(envelope: bytes, *, secret: str) -> bytes:
    """The bytes inside the envelope, or ValueError."""
    document = json.loads(envelope)
    if not isinstance(document, dict) or list(document) != ["request"] or not isinstance(document["request"], str):
        raise ValueError("not an envelope")
    sealed = base64.b64decode(document["request"], validate=True)
    decryptor = _cipher(secret).decryptor()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    padded = decryptor.update(sealed) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()
