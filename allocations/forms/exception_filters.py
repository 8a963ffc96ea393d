"""Filters of the inbox of rows that wait for people, as they stand in its address."""

from dataclasses import dataclass

from django.http import QueryDict

from allocations.forms.row_filters import number
from allocations.selectors.exceptions import KINDS, WantedExceptions

MINE, NOBODY = "mine", "nobody"


@dataclass(frozen=True, slots=True)
class ExceptionFilter:
    """`kind` is a key of KINDS or "", `owner` MINE, NOBODY or ""; `after` is a row id."""

    batch: int | None = None
    kind: str = ""
    owner: str = ""
    after: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.batch or self.kind or self.owner)

    @property
    def query(self) -> str:
        """The filter as an address, without the place."""
        return _address(self._named())

    @property
    def here(self) -> str:
        """The filter with the place: for the way back to this very page."""
        return _address({**self._named(), "after": str(self.after or "")})

    def _named(self) -> dict[str, str]:
        return {"batch": str(self.batch or ""), "kind": self.kind, "owner": self.owner}

    def wanted(self, *, person_id: int) -> WantedExceptions:
        return WantedExceptions(
            batch_id=self.batch,
            kind=self.kind,
            owner_id=person_id if self.owner == MINE else None,
            unowned=self.owner == NOBODY,
        )


def _address(named: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in named.items() if value})
    return query.urlencode()


def exception_filter(query: QueryDict) -> ExceptionFilter:
    kind, owner = query.get("kind", ""), query.get("owner", "")
    return ExceptionFilter(
        batch=number(query.get("batch", "")),
        kind=kind if kind in KINDS else "",
        owner=owner if owner in {MINE, NOBODY} else "",
        after=number(query.get("after", "")),
    )
