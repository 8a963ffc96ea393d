"""Asking for points back, and the decision about it."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from allocations.domain.numerals import grouped
from allocations.models import Reversal

_LOOK_AGAIN = _("The reversal is not the one that the page showed. Nothing was decided. Look at it again first.")


class ReversalForm(forms.Form):
    """How many points, and why. The key makes the same form sent twice one reversal."""

    amount = forms.CharField(
        max_length=20, error_messages={"required": _("Empty. Enter how many points to take back, in digits.")}
    )
    reason = forms.CharField(
        max_length=500,
        error_messages={"required": _("Empty. Say why the points are taken back; the approver reads it.")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        typed = self.cleaned_data["amount"].replace(",", "").replace(" ", "")
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 15 and int(typed)):
            raise ValidationError(
                _("“%(typed)s” is not a whole number above 0. Enter points.") % {"typed": self.cleaned_data["amount"]}
            )
        return int(typed)


class _DecisionForm(forms.Form):
    """A decision about what the page showed."""

    digest = forms.RegexField("^[0-9a-f]{64}$")

    def __init__(self, data: QueryDict | None = None, *, reversal: Reversal) -> None:
        super().__init__(data)
        self.reversal = reversal

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("digest") != self.reversal.digest:
            raise ValidationError(_LOOK_AGAIN, code="changed")
        return cleaned


class ApproveReversalForm(_DecisionForm):
    """Approve: the points typed by hand, the password again."""

    amount = forms.CharField(
        max_length=20, error_messages={"required": _("Empty. Type the points in digits, as the sentence above says.")}
    )
    password = forms.CharField(
        strip=False, max_length=256, error_messages={"required": _("Empty. Type the password you sign in with.")}
    )

    def __init__(
        self, data: QueryDict | None = None, *, reversal: Reversal, voter: User, asks_password: bool = True
    ) -> None:
        super().__init__(data, reversal=reversal)
        self.voter = voter
        if not (asks_password and voter.has_usable_password()):
            del self.fields["password"]

    def clean_amount(self) -> str:
        typed: str = self.cleaned_data["amount"]
        if typed.replace(",", "").replace(" ", "") != str(self.reversal.amount):
            amount = grouped(self.reversal.amount)
            raise ValidationError(
                _("“%(typed)s” is not the amount: %(amount)s points are taken back. Type that number.")
                % {"typed": typed, "amount": amount}
            )
        return typed

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.voter.check_password(password):
            raise ValidationError(_("This is not your password. Type the one you sign in with; it is case-sensitive."))
        return password


class ClosingForm(forms.Form):
    """Withdraw, or part of a rejection. `compared`: after a restore, that EnKash's statement does not list it."""

    compared = forms.BooleanField(required=False)


class RejectReversalForm(ClosingForm, _DecisionForm):
    """Reject: the reason is what the person who asked reads."""

    reason = forms.CharField(
        max_length=1000, error_messages={"required": _("Empty. Say why the points are not taken back.")}
    )
