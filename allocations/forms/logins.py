"""One more try of EnKash's login: the person known again."""

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class TryLoginForm(forms.Form):
    password = forms.CharField(
        strip=False, max_length=256, error_messages={"required": _("Empty. Type the password you sign in with.")}
    )

    def __init__(self, data: QueryDict | None = None, *, person: User) -> None:
        super().__init__(data)
        self._person = person
        if not person.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self._person.check_password(password):
            raise ValidationError(_("This is not your password. Type the one you sign in with; it is case-sensitive."))
        return password
