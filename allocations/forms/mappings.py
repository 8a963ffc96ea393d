"""Which column of a list means which field."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from allocations.domain.cells import FIELDS

REQUIRED = ("name", "mobile", "amount")
LABELS = {
    "title": "Title",
    "name": "Name",
    "email": "E-mail",
    "mobile": "Mobile",
    "amount": "Points",
    "remarks": "Remarks",
    "client_reference": "Your reference",
}
IGNORE = ""
CHOICES = [(IGNORE, "Ignore this column"), *((field, LABELS[field]) for field in FIELDS)]


class MappingForm(forms.Form):
    """One choice per column of the file: `column_0`, `column_1`, ..."""

    def __init__(self, *args: Any, header: Sequence[str], mapping: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_column = {index: field for field, index in mapping.items()}
        for index in range(len(header)):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                choices=CHOICES,
                required=False,
                initial=by_column.get(index, IGNORE),
                widget=forms.Select(attrs={"class": "form-select", "aria-labelledby": f"header-{index}"}),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        counts = Counter(field for field in data.values() if field)
        for field, count in counts.items():
            if count > 1:
                self.add_error(None, f"{LABELS[field]} is chosen for {count} columns. Choose one of them.")
        missing = [LABELS[field] for field in REQUIRED if not counts[field]]
        if missing:
            self.add_error(None, f"No column is {' or '.join(missing)}. Choose one for each.")
        return data

    @property
    def mapping(self) -> dict[str, int]:
        """Field -> column, 0 being the first. Only after is_valid()."""
        return {field: int(name.removeprefix("column_")) for name, field in self.cleaned_data.items() if field}
