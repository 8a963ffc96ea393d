"""A reward account that an owner adds, and the number of its lanes."""

from django import forms
from django.utils.translation import gettext_lazy as _

_LANES = [(number, str(number)) for number in range(1, 17)]
_FEW = _("Choose a number from 1 to 16.")
_NEEDED = _("Empty. Copy it from EnKash's onboarding mail.")
_LETTERS = _("Only letters and digits, as EnKash wrote it.")


class AccountForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        error_messages={"required": _("Empty. Give the account a name that people will know it by.")},
    )
    company_id = forms.RegexField(
        r"^[A-Za-z0-9]+$",
        max_length=32,
        error_messages={"required": _NEEDED, "invalid": _LETTERS},
    )
    card_account_id = forms.RegexField(
        r"^[A-Za-z0-9]+$",
        max_length=32,
        error_messages={"required": _NEEDED, "invalid": _LETTERS},
    )
    chunk_size = forms.IntegerField(
        min_value=1,
        max_value=1000,
        initial=50,
        error_messages={
            "required": _("Empty. 50 is a good start."),
            "invalid": _("Not a whole number. Enter 1 to 1,000."),
            "min_value": _("Below 1. Enter 1 to 1,000."),
            "max_value": _("Above 1,000. Enter 1 to 1,000."),
        },
    )
    lanes = forms.TypedChoiceField(
        coerce=int, choices=_LANES, initial=1, error_messages={"required": _FEW, "invalid_choice": _FEW}
    )


class LanesForm(forms.Form):
    lanes = forms.TypedChoiceField(coerce=int, choices=_LANES)
