"""A reward account that an owner adds, and the number of its lanes."""

from django import forms

_LANES = [(number, str(number)) for number in range(1, 17)]
_FEW = "Choose a number from 1 to 16."
_NEEDED = "Empty. Copy it from EnKash's onboarding mail."


class AccountForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        error_messages={"required": "Empty. Give the account a name that people will know it by."},
    )
    company_id = forms.RegexField(
        r"^[A-Za-z0-9]+$",
        max_length=32,
        error_messages={"required": _NEEDED, "invalid": "Only letters and digits, as EnKash wrote it."},
    )
    card_account_id = forms.RegexField(
        r"^[A-Za-z0-9]+$",
        max_length=32,
        error_messages={"required": _NEEDED, "invalid": "Only letters and digits, as EnKash wrote it."},
    )
    chunk_size = forms.IntegerField(
        min_value=1,
        max_value=1000,
        initial=50,
        error_messages={
            "required": "Empty. 50 is a good start.",
            "invalid": "Not a whole number. Enter 1 to 1,000.",
            "min_value": "Below 1. Enter 1 to 1,000.",
            "max_value": "Above 1,000. Enter 1 to 1,000.",
        },
    )
    lanes = forms.TypedChoiceField(
        coerce=int, choices=_LANES, initial=1, error_messages={"required": _FEW, "invalid_choice": _FEW}
    )


class LanesForm(forms.Form):
    lanes = forms.TypedChoiceField(coerce=int, choices=_LANES)
