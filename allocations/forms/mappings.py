"""Which column of a list means which field."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.domain.cells import FIELDS

REQUIRED = ("name", "mobile", "amount")
_ENGLISH = {
    "title": gettext_noop("Title"),
    "name": gettext_noop("Name"),
    "email": gettext_noop("E-mail"),
    "mobile": gettext_noop("Mobile"),
    "amount": gettext_noop("Points"),
    "remarks": gettext_noop("Remarks"),
    "client_reference": gettext_noop("Your reference"),
}
IGNORE = ""


class _Labels(Mapping[str, str]):
    """Field -> its name in the language of the page that asks."""

    def __getitem__(self, field: str) -> str:
        return _(_ENGLISH[field])

    def __iter__(self) -> Iterator[str]:
        return iter(_ENGLISH)

    def __len__(self) -> int:
        return len(_ENGLISH)


LABELS = _Labels()


class MappingForm(forms.Form):
    """One choice per column of the file: `column_0`, `column_1`, ..."""

    def __init__(self, *args: Any, header: Sequence[str], mapping: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_column = {index: field for field, index in mapping.items()}
        choices = [(IGNORE, _("Ignore this column")), *((field, LABELS[field]) for field in FIELDS)]
        for index in range(len(header)):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                initial=by_column.get(index, IGNORE),
                widget=forms.Select(attrs={"class": "form-select", "aria-labelledby": f"header-{index}"}),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        counts = Counter(field for field in data.values() if field)
        for field, count in counts.items():
            if count > 1:
                said = _("%(field)s is chosen for %(count)s columns. Choose one of them.")
                self.add_error(None, said % {"field": LABELS[field], "count": count})
        missing = [LABELS[field] for field in REQUIRED if not counts[field]]
        if missing:
            said = _("No column is %(fields)s. Choose one for each.")
            self.add_error(None, said % {"fields": _(" or ").join(missing)})
        return data

    @property
    def mapping(self) -> dict[str, int]:
        """Field -> column, 0 being the first. Only after is_valid()."""
        return {field: int(name.removeprefix("column_")) for name, field in self.cleaned_data.items() if field}
