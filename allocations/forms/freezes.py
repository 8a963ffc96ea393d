"""Why all sending is to stop."""

from django import forms


class FreezeForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        error_messages={
            "required": "Empty. Say why sending is to stop, for those who decide about the release.",
            "max_length": "Longer than 500 characters. Shorten it.",
        },
    )
