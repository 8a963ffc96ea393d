"""Somebody whom an owner invites, and one role."""

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from allocations.domain.policy import Role

ROLES = [(role.value, role.value.capitalize()) for role in Role]


class InviteForm(forms.Form):
    first_name = forms.CharField(max_length=150, error_messages={"required": _("Empty. Type what they are called.")})
    last_name = forms.CharField(max_length=150, required=False)
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]*$",
        max_length=150,
        error_messages={
            "required": _("Empty. They sign in with it."),
            "invalid": _("Only small letters, digits, dots, hyphens and underscores, such as asha.rao."),
        },
    )
    email = forms.EmailField(
        error_messages={
            "required": _("Empty. New passwords and notices go there."),
            "invalid": _("This is no e-mail address. Write it like asha.rao@example.com."),
        }
    )
    roles = forms.MultipleChoiceField(
        choices=ROLES,
        error_messages={
            "required": _("None chosen. Without a role nothing is open to them."),
            "invalid_choice": _("There is no such role. Choose among those shown."),
        },
    )

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("Somebody has this user name already. Choose another one."))
        if username.startswith("demo-"):
            raise ValidationError(_("Names that begin with demo- are kept for the demo. Choose another one."))
        return username

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("Somebody has this address already. One address belongs to one person."))
        return email


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=ROLES, coerce=Role)
