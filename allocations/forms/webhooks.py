"""An address that is told of events."""

from django import forms
from django.utils.translation import gettext_lazy as _

from allocations.domain.webhooks import LONGEST_URL, MEANS, Event


class WebhookForm(forms.Form):
    url = forms.CharField(
        max_length=LONGEST_URL,
        error_messages={
            "required": _("Empty. Type the address that takes the events, such as https://hr.example.com/rewards.")
        },
    )
    events = forms.TypedMultipleChoiceField(
        choices=[(event.value, means) for event, means in MEANS.items()],
        coerce=Event,
        error_messages={
            "required": _("None chosen. Choose what the address is told of."),
            "invalid_choice": _("There is no such event. Choose among those shown."),
        },
    )
