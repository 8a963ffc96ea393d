"""A repair that a person has looked at, on which page of it they are."""

from django import forms

_LARGEST = 2**31 - 1


class SeenRepairForm(forms.Form):
    """`seal` proves which changes the page showed. A form without one is of no page of ours."""

    seal = forms.CharField(max_length=64)

    @property
    def seen(self) -> str:
        return str(self.cleaned_data["seal"]) if self.is_valid() else ""


class RepairPageForm(forms.Form):
    after = forms.IntegerField(min_value=0, max_value=_LARGEST, required=False)

    @property
    def page_after(self) -> int:
        """A wrong number is not an error in an address, it is ignored."""
        return (self.cleaned_data.get("after") or 0) if self.is_valid() else 0
