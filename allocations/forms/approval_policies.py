"""The terms of an approval policy as an owner types them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from allocations.domain.approval_policies import LONGEST_NOTE, TERMS, Terms, check_note, check_terms
from allocations.domain.errors import InvalidInput
from allocations.domain.numerals import english_digits, number_of
from allocations.domain.problems import quoted
from allocations.selectors.approval_policies import ceilings, in_force
from allocations.selectors.approver_groups import group_names


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
                _("“%(value)s” is no whole number. Type digits such as %(example)s, or leave the field empty.")
                % {"value": value, "example": _example(typed)}
            )
        return int(typed)


class AmountsField(forms.CharField):
    """Whole numbers with commas between them, each grouped or not, in any order; empty: no such rule."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=2_000)

    def clean(self, value: str | None) -> tuple[int, ...] | None:
        typed = super().clean(value)
        # A comma inside of a number has no space beside it; where nothing has one, every comma is between numbers.
        if re.search(r",\s", typed):
            words = re.split(r",\s+|\s+|,$", typed)
        elif number_of(typed) is None:
            words = re.split(r"[,\s]+", typed)
        elif "," not in typed or ",0" in typed:
            words = [typed]
        else:
            raise ValidationError(
                _(
                    "“%(typed)s” can be one amount or several. Type %(one)s if it is one, or a space after each comma "
                    "that stands between amounts."
                )
                % {"typed": typed, "one": typed.replace(",", "")}
            )
        return tuple(sorted({self._amount(word) for word in words if word})) or None

    def _amount(self, word: str) -> int:
        amount = number_of(word)
        if amount is None or (word[0] == "0" and len(word) > 1):
            english = english_digits(word)
            example = english if english != word and number_of(english) else "500, 1,000, 2,500"
            raise ValidationError(
                _(
                    "“%(word)s” is no whole number. Type digits such as %(example)s, with a comma and a space between "
                    "amounts, or leave the field empty."
                )
                % {"word": quoted(word), "example": example}
            )
        return amount


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
    most_points_person_month = NumberField()
    allowed_amounts = AmountsField()
    one_of_group = forms.CharField(required=False, max_length=200)
    two_of_group = forms.CharField(required=False, max_length=200)
    note = forms.CharField(required=False, max_length=2000)

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.is_trial = data is not None and data.get("act") == "what-if"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            check_terms(self.terms, now=in_force().terms, groups=group_names(), **ceilings())
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
