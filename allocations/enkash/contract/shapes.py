"""What a contract is made of, and what can differ from it."""

from dataclasses import dataclass
from enum import StrEnum


class Call(StrEnum):
    """The calls that the portal makes."""

    LOGIN = "login"
    BULK = "bulk"
    SINGLE = "single"
    LOOK_UP = "look_up"
    ACCOUNT = "account"


class Kind(StrEnum):
    """The type of a field, in words for people. WHOLE: our reader takes no text for it."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    OBJECT = "object"
    LIST = "list"
    ANY = "anything"


class Need(StrEnum):
    """READ: the portal decides by it. TOLD: documented, nothing depends on it. MAYBE: it may be left out or null."""

    READ = "read"
    TOLD = "told"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the documentation spells it; `also`: its other spellings. `fields`: those of an object, or of each
    object of a list; none where the documentation does not say them. `codes`: the values it may have, in capitals.
    """

    name: str
    kind: Kind
    need: Need = Need.READ
    also: tuple[str, ...] = ()
    fields: tuple["Field", ...] = ()
    codes: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        """As answers are read: lower case."""
        return tuple(name.lower() for name in (self.name, *self.also))


@dataclass(frozen=True, slots=True)
class Contract:
    """One call: the fields of its success, those of a refusal, and the failure texts it is documented to give.

    `payload` None: the success has no envelope around it. `statuses`: documented HTTP statuses.
    """

    call: Call
    success: tuple[Field, ...]
    refusal: tuple[Field, ...]
    texts: tuple[str, ...]
    statuses: frozenset[int]
    payload: Field | None = None


class Difference(StrEnum):
    """How an answer can differ."""

    MISSING_FIELD = "missing_field"
    OTHER_TYPE = "other_type"
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_TEXT = "unknown_text"


@dataclass(frozen=True, slots=True)
class Found:
    """One difference. Neither path nor detail ever holds a value of the answer, only what `names` lets through.

    `breaking`: the portal cannot rely on such an answer any more; else it is only news.
    """

    call: Call
    kind: Difference
    path: str
    detail: str = ""
    breaking: bool = False
