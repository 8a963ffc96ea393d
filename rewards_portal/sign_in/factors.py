"""django-allauth's adapter for second factors, and the square that an authenticator app reads."""

from dataclasses import dataclass

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext_lazy as _
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from allocations.gateway import secrets

_QUIET = 4


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and seeds of recovery codes are encrypted as everything else is."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not right, or was used before. Wait for the next code and type that."),
    }

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text.encode()).decode()


@dataclass(frozen=True, slots=True)
class Square:
    """A QR code as the path of an SVG whose units are modules."""

    side: int
    path: str


def square(text: str) -> Square:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return Square(side=len(rows), path="".join(dark))
