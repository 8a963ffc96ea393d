"""A token for a program."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from allocations.domain.api_tokens import LONGEST_NAME, MEANS, MOST_DAYS, Scope


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        error_messages={"required": _("Empty. Name the program that uses the token, for example “Payroll”.")},
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        initial=90,
        error_messages={
            "required": _("Empty. Type for how many days the token works."),
            "invalid": _("This is no number. Type for how many days the token works."),
            "min_value": _("A token works for one day at least."),
            "max_value": format_lazy(
                _("A token works for {days} days at most. Make a new one in time."), days=MOST_DAYS
            ),
        },
    )
    scopes = forms.TypedMultipleChoiceField(
        choices=[(scope.value, means) for scope, means in MEANS.items()],
        coerce=Scope,
        error_messages={
            "required": _("None chosen. A token that may do nothing is of no use."),
            "invalid_choice": _("There is no such scope. Choose among those shown."),
        },
    )
