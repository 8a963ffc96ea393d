"""What the list of batches is asked for in its address. A wrong value is not an error there, it is ignored."""

from django import forms
from django.utils.translation import gettext_lazy as _

from allocations.domain.states import BatchState

TABS = (
    ("", _("All"), frozenset[BatchState]()),
    ("open", _("Not submitted"), frozenset({BatchState.DRAFT, BatchState.CHECKING, BatchState.REVIEW})),
    ("submitted", _("Awaiting approval"), frozenset({BatchState.SUBMITTED})),
    ("approved", _("Approved"), frozenset({BatchState.APPROVED})),
)


class BatchFilterForm(forms.Form):
    q = forms.CharField(max_length=120, required=False)
    state = forms.ChoiceField(choices=[(name, label) for name, label, _states in TABS], required=False)
    before = forms.IntegerField(min_value=1, max_value=2**62, required=False)

    def _value(self, name: str) -> object:
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def text(self) -> str:
        return str(self._value("q") or "")

    @property
    def tab(self) -> str:
        return str(self._value("state") or "")

    @property
    def states(self) -> frozenset[BatchState]:
        """Those of the chosen tab; none means all."""
        return next(states for name, _label, states in TABS if name == self.tab)

    @property
    def older_than(self) -> int | None:
        """The batch number that the page before ended with."""
        value = self._value("before")
        return value if isinstance(value, int) else None
