"""One cell of a row, typed anew."""

from typing import Any

from django import forms


class CellForm(forms.Form):
    """`seen` proves which content the person had before them. What they type is cleaned as the import cleans it."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    text = forms.CharField(required=False, strip=False, max_length=1000)

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label = label
        field.widget = forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "maxlength": 1000, "aria-describedby": "cell-hint"}
        )


class PutBackForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
