"""django-allauth's forms for passkeys, where what is no passkey at all is a wrong one and not our defect."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm

# What the library that reads passkeys raises over something malformed.
_MALFORMED = (KeyError, AttributeError, TypeError)


class AddForm(AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except _MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AuthenticateForm(AuthenticateWebAuthnForm):
    def clean_credential(self) -> Any:  # noqa: ANN401 - an authenticator
        try:
            return super().clean_credential()
        except _MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class ReauthenticateForm(AuthenticateForm, ReauthenticateWebAuthnForm):
    pass
