"""The door's pages where django-allauth's own would lead somewhere that does not exist here, or lack something."""

import logging
from typing import Any, cast

from allauth.account import views as account
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.usersessions.forms import ManageUserSessionsForm
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from allocations.actors import actor_of, note_proof
from allocations.presenters.numbers import grouped
from allocations.services import sign_ins
from rewards_portal.sign_in.factors import square
from rewards_portal.sign_in.origins import origin

logger = logging.getLogger(__name__)


def change_password(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated and not request.user.has_usable_password():
        messages.info(request, _("You sign in elsewhere: there is no password of yours here to change."))
        return redirect("usersessions_list")
    return account.password_change(request)


def sign_in_elsewhere(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    try:
        return oidc.login(request, provider_id)
    except OSError:  # whatever is wrong on the way: requests' errors are all of this kind
        logger.exception("the provider of sign-ins does not answer")
        return render(request, "socialaccount/authentication_error.html", status=503)


class Security(ListUserSessionsView):
    """One page for password, second factors, recovery codes and sessions."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = list(Authenticator.objects.filter(user_id=self.request.user.pk).order_by("pk"))
        return {
            **super().get_context_data(**kwargs),
            "app": next((one for one in mine if one.type == Authenticator.Type.TOTP), None),
            "passkeys": [one for one in mine if one.type == Authenticator.Type.WEBAUTHN],
            "codes": next((one for one in mine if one.type == Authenticator.Type.RECOVERY_CODES), None),
            "withheld": sorted(actor_of(self.request.user).withheld),
        }

    def form_valid(self, _form: ManageUserSessionsForm) -> HttpResponseBase:
        """Ends every session but this one."""
        _end(self.request, [session for session in _sessions(self.request) if not session.is_current()])
        return redirect(self.get_success_url())


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponseBase:
    """End one of one's own. This one ends by signing out; one that is over, or somebody else's, is left as it is."""
    _end(request, [one for one in _sessions(request).filter(pk=session_id) if not one.is_current()])
    return redirect("usersessions_list")


def _sessions(request: HttpRequest) -> QuerySet[UserSession]:
    mine: QuerySet[UserSession] = UserSession.objects.filter(user_id=request.user.pk)
    return mine


def _end(request: HttpRequest, sessions: list[UserSession]) -> None:
    if sessions:
        sign_ins.end_sessions(sessions, user=cast("User", request.user), origin=origin(request))
        said = ngettext("%(sessions)s session has ended.", "%(sessions)s sessions have ended.", len(sessions))
        messages.info(request, said % {"sessions": grouped(len(sessions))})


class ActivateApp(ActivateTOTPView):
    """The square is drawn in the page: the policy lets no picture come from data."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "square": square(context["totp_url"])}

    def form_valid(self, form: ActivateTOTPForm) -> HttpResponseBase:
        """Whoever typed the code has just shown the factor."""
        response: HttpResponseBase = super().form_valid(form)
        note_proof(self.request.session, self.request.user, "factor", at=timezone.now())
        return response
