"""What happens at the door, told to the trail and to the session."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from allocations.actors import note_proof, renew
from allocations.services import sign_ins
from rewards_portal.sign_in import ageing
from rewards_portal.sign_in.origins import origin

_PROOF_OF = {"password": "password", "mfa": "factor", "socialaccount": "elsewhere"}


@receiver(account.authentication_step_completed)
def shown(request: HttpRequest, user: User, method: str, **_: Any) -> None:
    if method in _PROOF_OF:
        note_proof(request.session, user, _PROOF_OF[method], at=timezone.now())


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    ageing.begin(request.session)
    sign_ins.note("signed in", user=user, origin=origin(request))


@receiver(account.user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        sign_ins.note("signed out", user=user, origin=origin(request))


@receiver(account.password_changed)
def password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    sign_ins.note("password changed", user=user, origin=origin(request))


@receiver(account.password_reset)
def password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    sign_ins.note("password reset by mail", user=user, origin=origin(request))


@receiver(mfa.authenticator_added)
def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Adding one takes a code or a touch, so it was shown as well."""
    note_proof(request.session, user, "factor", at=timezone.now())
    sign_ins.note("second factor added", user=user, origin=origin(request), kind=authenticator.type)


@receiver(mfa.authenticator_removed)
def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    sign_ins.note("second factor removed", user=user, origin=origin(request), kind=authenticator.type)


@receiver(mfa.authenticator_reset)
def codes_made_anew(request: HttpRequest, user: User, **_: Any) -> None:
    sign_ins.note("recovery codes made anew", user=user, origin=origin(request))


@receiver(mfa.authenticator_used)
def factor_used(
    request: HttpRequest, user: User, authenticator: Authenticator, *, reauthenticated: bool, **_: Any
) -> None:
    if reauthenticated:
        sign_ins.note("shown again who it is", user=user, origin=origin(request), by=authenticator.type)
        renew(request.session)


@receiver(mfa.authentication_failed)
def factor_failed(request: HttpRequest, user: User, **_: Any) -> None:
    sign_ins.note_failure(user=user, origin=origin(request), what="second factor")
