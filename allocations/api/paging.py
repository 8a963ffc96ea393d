"""Pages by key: each continues where the one before it ended, whatever came in between."""

from typing import Annotated

from ninja import Field, Path, Schema

# What every primary key is; anything else names nothing.
_LARGEST = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=_LARGEST)]
# Of a row, as in the file.
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Newer(Schema):
    """In order, from behind `after`."""

    after: int = Field(0, ge=0, le=_LARGEST)
    limit: int = Field(100, ge=1, le=1000)


class Older(Schema):
    """Newest first, from below `before`."""

    before: int | None = Field(None, ge=1, le=_LARGEST)
    limit: int = Field(50, ge=1, le=200)


class Page(Schema):
    """`next`: what the next page is asked for with; null on the last one."""

    next: int | None
