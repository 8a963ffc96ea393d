"""When a submitted batch is to run, as a date and a time in India."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput

IST = ZoneInfo("Asia/Kolkata")


class StartForm(forms.Form):
    # What a browser's date and time field sends; it names no zone.
    start = forms.RegexField(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$", required=False)

    @property
    def start_at(self) -> datetime | None:
        """UTC; None where nothing was chosen. Raises InvalidInput for what is no time."""
        typed: str = self.cleaned_data["start"] if self.is_valid() else "?"
        if not typed:
            return None
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=IST).astimezone(UTC)
        except ValueError:
            said = _("The start is no date and time. Write it like 2026-11-25T14:05, in IST.")
            raise InvalidInput(said) from None
