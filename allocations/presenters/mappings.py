"""The columns of a list as a person recognises them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext, gettext_noop

from allocations.domain.forensics import column_letter
from allocations.presenters.people import for_reader

# How sure the reading was of a column.
_SURE = (gettext_noop("exact"), gettext_noop("likely"), gettext_noop("chosen"))
_NONE = gettext_noop("none")


@dataclass(frozen=True, slots=True)
class Column:
    """`letter` is the one over the column in a spreadsheet, `sure` how well its name fits what it is read as."""

    index: int
    letter: str
    header: str
    samples: tuple[str, ...]
    sure: str = _NONE


def columns(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    sureness: Mapping[int, str] = MappingProxyType({}),
    *,
    in_full: bool = True,
) -> list[Column]:
    """`sample` holds the first values of each column, `sureness` a word for those that are read as something."""
    return [
        Column(
            index,
            column_letter(index),
            text,
            tuple(for_reader(value, in_full) for value in sample[index]) if index < len(sample) else (),
            gettext(sureness.get(index, _NONE)),
        )
        for index, text in enumerate(header)
    ]


def mapped(header: Sequence[str], mapping: Mapping[str, int], *, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """What each field was read from, in the order of the columns."""
    found = sorted((index, field) for field, index in mapping.items() if index < len(header))
    return [(labels.get(field, field), header[index]) for index, field in found]
