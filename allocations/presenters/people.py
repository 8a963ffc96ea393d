"""Personal data as it may be shown."""


def mobile(digits: str) -> str:
    """98765 43210; anything that is not ten characters stays as it is."""
    return f"{digits[:5]} {digits[5:]}" if len(digits) == 10 else digits


def masked_mobile(digits: str) -> str:
    """98400 •••52: enough to recognise a number that one knows, not enough to call it."""
    if len(digits) != 10:
        return "–"
    return f"{digits[:5]} •••{digits[-2:]}"


def masked_email(address: str) -> str:
    """a•••@example.com"""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••{at}{domain}" if at else "–"
