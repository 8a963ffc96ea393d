"""A token for a program."""

from django import forms

from allocations.domain.api_tokens import LONGEST_NAME, MEANS, MOST_DAYS, Scope


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        error_messages={"required": "Empty. Name the program that uses the token, for example “Payroll”."},
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        initial=90,
        error_messages={
            "required": "Empty. Type for how many days the token works.",
            "invalid": "This is no number. Type for how many days the token works.",
            "min_value": "A token works for one day at least.",
            "max_value": f"A token works for {MOST_DAYS} days at most. Make a new one in time.",
        },
    )
    scopes = forms.TypedMultipleChoiceField(
        choices=[(scope.value, means) for scope, means in MEANS.items()],
        coerce=Scope,
        error_messages={
            "required": "None chosen. A token that may do nothing is of no use.",
            "invalid_choice": "There is no such scope. Choose among those shown.",
        },
    )
