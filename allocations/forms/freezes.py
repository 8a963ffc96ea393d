"""Why all sending is to stop."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FreezeForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        error_messages={
            "required": _("Empty. Say why sending is to stop, for those who decide about the release."),
            "max_length": _("Longer than 500 characters. Shorten it."),
        },
    )
