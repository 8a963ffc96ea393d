"""The number of one row, posted by a button beside it."""

from django import forms
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput


class RowNumberForm(forms.Form):
    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    @property
    def row(self) -> int | None:
        """None where no number was posted. Raises InvalidInput for one that no row can have."""
        if not self.is_valid():
            raise InvalidInput(_("This is not the number of a row. Open the page again and use its button."))
        number: int | None = self.cleaned_data["number"]
        return number

    @property
    def required_row(self) -> int:
        if self.row is None:
            raise InvalidInput(_("No row was named. Open the page again and use the button beside the row."))
        return self.row
