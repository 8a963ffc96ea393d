"""One cell of a row, typed anew."""

import re
from typing import Any

from django import forms

# As many rows as a page of the grid can have.
_MOST_SHOWN = 250
_NUMBER = re.compile("[0-9]{1,10}")


class _InTheGrid(forms.Form):
    """`seen` proves which content the person had before them; `shown`: which rows their page of the grid has."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    shown = forms.CharField(required=False, max_length=_MOST_SHOWN * 11)

    @property
    def shown_rows(self) -> frozenset[int]:
        """Only after is_valid(). What is no number is no row."""
        numbers = str(self.cleaned_data.get("shown", "")).split(",")[:_MOST_SHOWN]
        return frozenset(int(number) for number in numbers if _NUMBER.fullmatch(number))


class CellForm(_InTheGrid):
    """What the person types is cleaned as the import cleans it."""

    text = forms.CharField(required=False, strip=False, max_length=1000)
    # Set where somebody else changed the cell meanwhile.
    is_late = False

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label = label
        field.widget = forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "maxlength": 1000, "aria-describedby": "cell-hint"}
        )


class PutBackForm(_InTheGrid):
    pass
