"""How a list is to be read, as chosen from what it offers."""

from collections.abc import Mapping
from typing import Any

from django import forms

from allocations.domain.readings import Choice


class ReadingForm(forms.Form):
    """A sheet, or the row of the header; what is missing stays as it was chosen before."""

    sheet = forms.CharField(required=False, max_length=100, strip=False)
    header_row = forms.IntegerField(required=False, min_value=1, max_value=100)

    def choice(self, *, before: Mapping[str, Any]) -> Choice:
        """What is not readable is not offered either, and is refused as such."""
        data = self.cleaned_data if self.is_valid() else {}
        if data.get("sheet"):
            return Choice(sheet=data["sheet"])
        return Choice(sheet=before.get("sheet", ""), header_row=data.get("header_row") or 1)


class QuestionForm(forms.Form):
    """Which question is confirmed."""

    code = forms.SlugField(max_length=40)
