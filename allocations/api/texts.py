"""Texts as every database takes them."""

from typing import Annotated

from pydantic import AfterValidator, StrictStr


def _storable(text: str) -> str:
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("has a character that cannot be stored: NUL, or half of one")
    return text


Text = Annotated[StrictStr, AfterValidator(_storable)]
