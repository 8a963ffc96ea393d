"""The terms of an approval policy as an owner types them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from allocations.domain.approval_policies import LONGEST_NOTE, TERMS, Terms, check_note, check_terms
from allocations.domain.errors import InvalidInput
from allocations.domain.numerals import english_digits
from allocations.selectors.approval_policies import ceilings, in_force


class NumberField(forms.CharField):
    """A whole number, grouped or not; empty: no such rule."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=30)

    def clean(self, value: str | None) -> int | None:
        typed = super().clean(value).replace(",", "").replace(" ", "")
        if not typed:
            return None
        if not typed.isascii() or not typed.isdecimal():
            raise ValidationError(
                f"“{value}” is no whole number. Type digits such as {_example(typed)}, or leave the field empty."
            )
        return int(typed)


def _example(typed: str) -> str:
    english = english_digits(typed)
    return english if english.isdecimal() else "500000"


class PolicyForm(forms.Form):
    """`act`: "what-if" shows what would have been, anything else proposes. Its own errors are whole sentences."""

    two_from_points = NumberField()
    two_from_rows = NumberField()
    most_points_batch = NumberField()
    most_points_day = NumberField()
    most_points_row = NumberField()
    note = forms.CharField(required=False, max_length=2000)

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.is_trial = data is not None and data.get("act") == "what-if"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            check_terms(self.terms, now=in_force().terms, **ceilings())
        except InvalidInput as error:
            raise ValidationError(error.sentence) from error
        if not self.is_trial:
            try:
                check_note(cleaned["note"].strip())
            except InvalidInput as error:
                self.add_error("note", error.sentence)
        return cleaned

    @property
    def terms(self) -> Terms:
        return Terms(**{name: self.cleaned_data[name] for name in TERMS})

    @property
    def longest_note(self) -> int:
        return LONGEST_NOTE
