"""EnKash's sealed bodies: `{"request": "<base64 of AES-128-ECB>"}`, for requests and answers alike.

The scheme is the vendor's, from its shared payout guide. ECB has no integrity and shows repeats, so TLS
carries the secrecy and a sealed answer is believed no more than a plain one.
"""

import base64
import hashlib
import json
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7

from allocations.enkash.strict_json import Json

SEAL_KEY: Final = "request"
_KEY_BYTES: Final = 16


class NotSealed(ValueError):
    """The text does not open with this key."""


def seal(plain: bytes, key: str) -> bytes:
    """The request body that carries `plain` (UTF-8 JSON) under the secret `key`."""
    padder = PKCS7(AES.block_size).padder()
    encryptor = _cipher(key).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    return json.dumps({SEAL_KEY: base64.b64encode(sealed).decode()}).encode()


def open_sealed(text: str, key: str) -> bytes:
    """What `text` (base64) carries. Raises NotSealed for another key, a cut text or no base64."""
    decryptor = _cipher(key).decryptor()
    unpadder = PKCS7(AES.block_size).unpadder()
    try:
        padded = decryptor.update(base64.b64decode(text, validate=True)) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise NotSealed("The sealed text does not open with this key.") from error


def sealed_text(value: Json) -> str | None:
    """The base64 text if `value` is nothing but a sealed envelope."""
    if isinstance(value, dict) and value.keys() == {SEAL_KEY}:
        text = value[SEAL_KEY]
        return text if isinstance(text, str) else None
    return None


def _cipher(key: str) -> Cipher[ECB]:
    derived = hashlib.sha256(key.encode()).digest()[:_KEY_BYTES]
    return Cipher(AES(derived), ECB())  # noqa: S305  the vendor's scheme, see above
