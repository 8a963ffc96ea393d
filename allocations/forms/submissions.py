"""What a maker says about a list that repeats other batches."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from allocations.domain.accepting import LONGEST_REASON
from allocations.domain.errors import InvalidInput
from allocations.services.repeats import Answer


class RepeatForm(forms.Form):
    repeat_reason = forms.CharField(max_length=LONGEST_REASON, required=False)
    # Batches that the page has shown.
    repeat = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        shown = [value for value in data.getlist("repeat") if value.isascii() and value.isdecimal()]
        self.fields["repeat"].choices = [(value, value) for value in shown]  # type: ignore[attr-defined]

    @property
    def answer(self) -> Answer:
        if not self.is_valid():
            said = _("Write the reason in at most %(longest)s characters, and open the page again.")
            raise InvalidInput(said % {"longest": LONGEST_REASON})
        return Answer(self.cleaned_data["repeat_reason"], frozenset(self.cleaned_data["repeat"]))
