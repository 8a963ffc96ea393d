"""Rules for passwords beyond Django's own. Nothing is asked outside of this machine."""

import hashlib
import re
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_LETTER = re.compile(r"[^\W\d_]")
_LEET = str.maketrans("0134578@$!", "oleastbasi")


class DressedUpValidator(CommonPasswordValidator):
    """Refuses a common password behind digits and signs, written twice or with digits for letters: Password2024!

    Django's list has 20,000 entries, of which few have twelve characters: alone it would catch almost nothing here.
    """

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 - the interface
        plain = _undressed(password.lower())
        half = plain[: len(plain) // 2]
        cores = {plain, plain.translate(_LEET), half if half * 2 == plain else plain}
        if not plain or cores & self.passwords:
            raise ValidationError(
                _(
                    "This is a common password with something around it. Take several words that do not belong "
                    "together."
                ),
                code="password_dressed_up",
            )

    def get_help_text(self) -> str:
        return "No common password with digits or signs around it."


def _undressed(text: str) -> str:
    """From the first letter to the last one."""
    first, last = _LETTER.search(text), _LETTER.search(text[::-1])
    return text[first.start() : len(text) - last.start()] if first and last else ""


class BreachedValidator:
    """Refuses what BREACHED_PASSWORDS_FILE lists: SHA-1 hashes in capitals, one a line, sorted, as such lists come."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 - the interface
        name = settings.BREACHED_PASSWORDS_FILE
        if name and is_listed(Path(name), password):
            raise ValidationError(
                _("This password is in a list of stolen ones, so it will be tried. Take another."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "No password from the installed list of stolen ones." if settings.BREACHED_PASSWORDS_FILE else ""


def is_listed(path: Path, password: str) -> bool:
    """Bisects the sorted file, which may have a billion lines."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    # The line, if it is there, begins at `low` or behind it and before `high`.
    low, high = 0, path.stat().st_size
    with path.open("rb") as file:
        while low < high:
            middle = (low + high) // 2
            file.seek(max(middle - 1, 0))
            if middle:
                file.readline()
            begins, line = file.tell(), file.readline()
            if begins >= high or line[:40] > wanted:
                high = middle
            elif line[:40] == wanted:
                return True
            else:
                low = file.tell()
    return False
