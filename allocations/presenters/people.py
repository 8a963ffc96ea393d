"""Personal data as it may be shown. Masks are those of exports: two kinds together would show what each one hides."""

from allocations.presenters import masking


def mobile(digits: str) -> str:
    """98765 43210; anything that is not ten characters stays as it is."""
    return f"{digits[:5]} {digits[5:]}" if len(digits) == 10 else digits


def masked_mobile(digits: str) -> str:
    """******3210: enough to recognise a number that one knows, not enough to call it."""
    return masking.masked_mobile(digits) if len(digits) == 10 else "–"


def masked_email(address: str) -> str:
    """a***@example.com"""
    return masking.masked_email(address) if "@" in address else "–"


def for_reader(text: str, in_full: bool) -> str:  # noqa: FBT001 - a template filter has no keywords
    """A name, a remark or a text of EnKash: for whom it is not in full, what is personal in it is masked."""
    return text if in_full else masking.masked_text(text)
