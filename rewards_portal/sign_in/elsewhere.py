"""Signing in at the company's own provider (OIDC). It opens the door only for people whom the portal has already."""

import logging

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import render

from allocations.services import sign_ins
from rewards_portal.sign_in.origins import origin

logger = logging.getLogger(__name__)


class ElsewhereAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 - the interface
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Known by the provider's own id for the person; the first time by an address that the provider verified."""
        if not sociallogin.is_existing:
            known = _person_of(sociallogin)
            if known is None:
                sign_ins.note_failure(user=None, origin=origin(request), what="signed in elsewhere, not known here")
                raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", status=403))
            sociallogin.connect(request, known)
            sign_ins.note("linked to a sign-in elsewhere", user=known, origin=origin(request))
        # What the provider tells of the person is not kept.
        SocialAccount.objects.filter(pk=sociallogin.account.pk).update(extra_data={})

    def on_authentication_error(
        self, *_: object, error: object = None, exception: Exception | None = None, **__: object
    ) -> None:
        """django-allauth then shows its page; the log has the cause."""
        logger.warning("signing in elsewhere failed: %s %s", error, type(exception).__name__ if exception else "")


def _person_of(sociallogin: SocialLogin) -> User | None:
    """None as well where two people have the address, for nobody can say who of them it is."""
    addresses = {one.email.lower() for one in sociallogin.email_addresses if one.verified and one.email}
    found = [user for address in addresses for user in User.objects.filter(email__iexact=address, is_active=True)[:2]]
    return found[0] if len(found) == 1 else None
