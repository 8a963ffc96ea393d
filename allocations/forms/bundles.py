"""What somebody asks a bundle for: whether with recipients' details, and of which batches."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

_IST = ZoneInfo("Asia/Kolkata")


class BundleForm(forms.Form):
    personal_data = forms.BooleanField(label=_("With the recipients' details"), required=False)
    reason = forms.CharField(label=_("Why you need the details"), required=False, max_length=500)


class PeriodForm(BundleForm):
    """Batches by the day of their approval in IST, both days included."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("last", _("The last day is before the first. Choose a later one."))
        return cleaned

    def instants(self) -> tuple[datetime, datetime]:
        """From the first day's beginning up to the last day's end, which is not included."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=_IST)
