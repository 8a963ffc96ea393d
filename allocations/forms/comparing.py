"""Which changes between two batches a page shows."""

from django import forms

from allocations.selectors.comparing import Change


class ChangesForm(forms.Form):
    """What the address asks for; anything that cannot be is as if nothing were asked."""

    show = forms.ChoiceField(choices=[(change.value, change.value) for change in Change], required=False)
    after = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    @property
    def change(self) -> Change:
        """New people first: of them the approver knows least."""
        self.is_valid()
        return Change(self.cleaned_data.get("show") or Change.NEW)

    @property
    def page_after(self) -> int:
        self.is_valid()
        return self.cleaned_data.get("after") or 0
