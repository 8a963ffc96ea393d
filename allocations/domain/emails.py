"""E-mail addresses: optional, one per row; the domain is lower-cased, the part before the @ kept."""

import re

from allocations.domain.problems import Problem, error, quoted

FIELD = "email"
LONGEST = 254
_LABEL = "[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff-]{0,61}[a-z0-9\u00a1-\uffff])?"
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_TOP = "(?:[a-z\u00a1-\uffff]{2,63}|xn--[a-z0-9-]{2,59})"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_LOCAL}@(?:{_LABEL}\.)+{_TOP}")


def clean_email(text: str) -> tuple[str, Problem | None]:
    """Return the address, "" when there is none, or "" and the error. `text` is tidied."""
    local, at, domain = text.rpartition("@")
    address = f"{local}{at}{domain.lower()}"
    if not text or (len(address) <= LONGEST and _ADDRESS.fullmatch(address)):
        return address, None
    sentence = f"is not one e-mail address ({quoted(text)}). Enter one, such as asha@example.com, or none."
    return "", error("email_invalid", FIELD, text, sentence)


def email_key(address: str) -> str:
    """The form under which two addresses are the same person's."""
    return address.casefold()
