"""What a maker says to the warnings of one cause, and what the page showed of it."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from allocations.domain.accepting import LONGEST_REASON, Found
from allocations.domain.errors import InvalidInput


class ShownForm(forms.Form):
    """One cause, as the page showed it."""

    code = forms.CharField(max_length=40)
    rows = forms.IntegerField(min_value=0)
    newest = forms.IntegerField(min_value=0)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        if not self.is_valid():
            raise InvalidInput(_("The page did not say which rows are meant. Open the list again."))

    @property
    def shown(self) -> Found:
        return Found(*(self.cleaned_data[name] for name in ("code", "rows", "newest")))


class AcceptForm(ShownForm):
    # The acceptance that the page showed there.
    instead_of = forms.IntegerField(min_value=1, required=False)
    # How long it may be the service says.
    reason = forms.CharField(max_length=4 * LONGEST_REASON, required=False)


class TakeBackForm(forms.Form):
    acceptance = forms.IntegerField(min_value=1)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        if not self.is_valid():
            raise InvalidInput(_("The page did not say what is to be taken back. Open the list again."))
