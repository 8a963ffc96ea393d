"""A proposed decision about rows, and the second person's rejection."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.base import File
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from allocations.domain.answers import LONGEST_ID
from allocations.domain.decisions import EVIDENCE_MAX_BYTES, EVIDENCE_SUFFIXES, LONGEST_STATEMENT, MOST_ROWS, Decision
from allocations.domain.errors import InvalidInput
from allocations.domain.numerals import grouped
from allocations.forms.row_filters import number
from allocations.models import Row
from allocations.services.proposals import Said


def row_numbers(query: QueryDict) -> list[int]:
    """The numbers of ticked rows. Raises InvalidInput where none is ticked or one is no number."""
    found = [number(text) for text in query.getlist("row")[: MOST_ROWS + 1]]
    known = sorted({one for one in found if one})
    if not known or len(known) != len(set(found)):
        raise InvalidInput("No row is chosen. Tick the rows first.")
    if len(known) > MOST_ROWS:
        raise InvalidInput(f"At most {MOST_ROWS} rows can be chosen at once.")
    return known


class DecisionForm(forms.Form):
    """Outcome, statement and evidence; one field for the transaction id of each row."""

    form_key = forms.UUIDField()
    outcome = forms.ChoiceField(
        choices=[(one.value, one.value) for one in Decision],
        error_messages={"required": _("Not chosen. Say whether the points were credited or not.")},
    )
    statement = forms.CharField(
        max_length=LONGEST_STATEMENT,
        error_messages={"required": _("Empty. Say how you know it: the second person and the auditor read it.")},
    )
    file = forms.FileField(
        required=False,
        max_length=255,
        error_messages={"empty": _("The file is empty. Choose the file that shows what became of the rows.")},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, Any] | None" = None,
        *,
        rows: Sequence[Row],
        form_key: UUID | None = None,
    ) -> None:
        super().__init__(data, files, initial={"form_key": form_key})
        self.rows = rows
        for row in rows:
            self.fields[_field(row)] = forms.CharField(required=False, max_length=LONGEST_ID)

    def clean_file(self) -> "File[bytes] | None":
        file: File[bytes] | None = self.cleaned_data["file"]
        if file is None:
            return None
        if PurePath(file.name or "").suffix.lower() not in EVIDENCE_SUFFIXES:
            kinds = ", ".join(EVIDENCE_SUFFIXES)
            raise forms.ValidationError(
                _("This kind of file is not kept as evidence. Attach one of: %(kinds)s.") % {"kinds": kinds}
            )
        if file.size > EVIDENCE_MAX_BYTES:
            size, limit = grouped(file.size), grouped(EVIDENCE_MAX_BYTES)
            raise forms.ValidationError(
                _("The file has %(size)s bytes; at most %(limit)s are kept. Attach an extract.")
                % {"size": size, "limit": limit}
            )
        return file

    @property
    def lines(self) -> "list[tuple[Row, forms.BoundField]]":
        return [(row, self[_field(row)]) for row in self.rows]

    @property
    def said(self) -> Said:
        """Only after is_valid()."""
        file = self.cleaned_data["file"]
        return Said(
            decision=Decision(self.cleaned_data["outcome"]),
            statement=self.cleaned_data["statement"],
            transaction_ids={row.number: self.cleaned_data[_field(row)].strip() for row in self.rows},
            form_key=self.cleaned_data["form_key"],
            file_name=(file.name or "evidence") if file else "",
        )


def _field(row: Row) -> str:
    return f"transaction_{row.number}"


class RefuseForm(forms.Form):
    reason = forms.CharField(
        max_length=1000,
        error_messages={"required": _("Empty. Say what is missing or wrong, so that somebody can propose anew.")},
    )
