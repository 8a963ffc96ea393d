"""What the review grid is asked for in its address. A wrong value is not an error there, it is ignored."""

from django import forms

from allocations.selectors.review import Show, Window

_LARGEST = 2**31 - 1


class GridForm(forms.Form):
    show = forms.ChoiceField(choices=[(show.value, show.value) for show in Show], required=False)
    problem = forms.SlugField(max_length=40, required=False)
    after = forms.IntegerField(min_value=0, max_value=_LARGEST, required=False)
    before = forms.IntegerField(min_value=0, max_value=_LARGEST, required=False)
    row = forms.IntegerField(min_value=1, max_value=_LARGEST, required=False)

    def _value(self, name: str) -> object:
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def window(self) -> Window:
        """“Go to row 12” is the page that begins there."""
        row, after, before = self._value("row"), self._value("after"), self._value("before")
        if isinstance(row, int):
            return Window(after=row - 1)
        if isinstance(before, int):
            return Window(before=before)
        return Window(after=after if isinstance(after, int) else None)

    @property
    def code(self) -> str:
        return str(self._value("problem") or "")

    def chosen(self, *, otherwise: Show) -> Show:
        return Show(str(self._value("show") or otherwise))
