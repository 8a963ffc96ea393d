"""What somebody may mean by the words they search for."""

import base64
import re
from dataclasses import dataclass

from allocations.domain.errors import InvalidInput
from allocations.domain.mobiles import clean_mobile
from allocations.domain.texts import tidy_code

# Fewer letters begin too many names.
SHORTEST_NAME = 3
_BATCH = re.compile("#?([0-9]{1,9})")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_CODE = re.compile("([A-Za-z2-7]{4})[- ]([A-Za-z2-7]{4})")
# As many as a mobile has.
_MANY_DIGITS = re.compile("[0-9](?:[ -]?[0-9]){9}")
_DIGEST = re.compile("[0-9a-fA-F]{10,64}")


@dataclass(frozen=True, slots=True)
class Meant:
    """All that a text can mean; an empty one is not meant.

    `batch`: a number. `mobile`: ten digits. `email` as it is typed. `code`: an id as it is typed. `digest`: the first
    hexadecimal digits, ten or more. `name`: the beginning of one.
    """

    batch: int | None = None
    mobile: str = ""
    email: str = ""
    code: str = ""
    digest: str = ""
    name: str = ""


def read_search(text: str) -> Meant:
    """Every meaning that fits: ten digits are a mobile and may be somebody's own reference too."""
    tidy, _ = tidy_code(text.strip(), "search")
    if not tidy:
        return Meant()
    mobile, _ = clean_mobile(tidy)
    number = _BATCH.fullmatch(tidy)
    is_email = bool(_EMAIL.fullmatch(tidy))
    return Meant(
        batch=int(number[1]) if number else None,
        mobile=mobile,
        email=tidy if is_email else "",
        code="" if " " in tidy else tidy,
        digest=_digest(tidy),
        name=tidy if _is_name(tidy) and not is_email else "",
    )


def kinds(meant: Meant) -> list[str]:
    """What the words were, and not which: for the trail, in which no recipient is named."""
    known = {"mobile": meant.mobile, "e-mail address": meant.email, "id": meant.code, "beginning of a name": meant.name}
    return [kind for kind, text in known.items() if text]


def _digest(text: str) -> str:
    code = _CODE.fullmatch(text)
    if code:
        return base64.b32decode(f"{code[1]}{code[2]}".upper()).hex()
    return text.lower() if _DIGEST.fullmatch(text) else ""


def _is_name(text: str) -> bool:
    return len(text) >= SHORTEST_NAME and not any(character in "0123456789#" for character in text)


def check_view_name(name: str) -> None:
    """Raise InvalidInput for a name that is none, or that could tell who somebody is: views are never erased."""
    if not name:
        raise InvalidInput("The view has no name. Give it one, for example “Failed this year”.")
    if "@" in name or _MANY_DIGITS.search(name):
        raise InvalidInput(
            "A view's name holds no mobile numbers or e-mail addresses: it stays when personal data are erased. "
            "Name it after what it filters."
        )
