"""Personal data as an auditor gets it, on pages and in exports: enough to recognise, not enough to call or write to."""

import re

_MOBILE = re.compile(r"(?<!\d)(?:\+?91[\s-]?|0)?[6-9]\d{4}[\s-]?\d{5}(?!\d)", re.ASCII)
# From the beginning of a run only, or a long text without an address would take its length times its length.
_EMAIL = re.compile(r"(?<![^\s@<>(),;:\"'])[^\s@<>(),;:\"']+@[^\s@<>(),;:\"']+")


def masked_mobile(digits: str) -> str:
    """******3210; nothing stays of what is too short to hide."""
    return f"******{digits[-4:]}" if len(digits) == 10 else "*" * len(digits)


def masked_email(address: str) -> str:
    """j***@example.com"""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if at else "*" * len(address)


def masked_text(text: str) -> str:
    """Mobiles and e-mail addresses that people wrote into names, remarks and references."""
    without = _EMAIL.sub(lambda found: masked_email(found[0]), text)
    return _MOBILE.sub(lambda found: f"******{found[0][-4:]}", without)
