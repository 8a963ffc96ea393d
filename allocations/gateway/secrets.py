"""What is stored encrypted: access tokens and the raw bytes of EnKash's answers."""

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.DATA_KEY])


def encrypt(plain: bytes) -> bytes:
    """Encrypted with the first key of DATA_KEY."""
    return _keys().encrypt(plain)


def decrypt(stored: bytes | memoryview) -> bytes:
    """Raises cryptography.fernet.InvalidToken when no key of DATA_KEY fits."""
    return _keys().decrypt(bytes(stored))
