"""django-allauth's account adapter: our sentences, and what the trail hears."""

import logging
from concurrent.futures import ThreadPoolExecutor
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from allocations.services import sign_ins
from rewards_portal.sign_in.known import missing_proofs
from rewards_portal.sign_in.origins import origin

logger = logging.getLogger(__name__)
TOO_OFTEN = gettext_noop(
    "Too many failed tries for this user name or from this network, so this one was not checked. "
    "Wait 15 minutes and try again, or ask for a new password."
)
MISMATCH = gettext_noop("The user name and password do not match. Passwords are case-sensitive.")


_POSTMAN = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sign-in-mail")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(MISMATCH),
        "too_many_login_attempts": _(TOO_OFTEN),
        "rate_limited": _(TOO_OFTEN),
        "enter_current_password": _(
            "This is not your password now. Type the one you sign in with; it is case-sensitive."
        ),
        "incorrect_password": _("This is not your password. Type the one you sign in with; it is case-sensitive."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the adapter's interface
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        self._anywhere = ratelimit.consume(
            request, app="allauth.account", action="login_failed_anywhere", key=_name(credentials)
        )
        if not self._anywhere:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Of a name and a network: guessing elsewhere shuts nobody out. django-allauth counts by name and Host header,
        with which a guesser begins a new count with every other port."""
        return f"{_name(credentials)} {ratelimit.get_ip(request)}"

    def _rollback_login_failed_rl_usage(self) -> None:
        """Of both counts: what was right is no guess."""
        super()._rollback_login_failed_rl_usage()
        if self._anywhere:
            self._anywhere.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        known = User.objects.filter(username=credentials.get("username", "")).first()
        sign_ins.note_failure(user=known, origin=origin(request), what="password")

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:  # noqa: ARG002 - the adapter's interface
        """django-allauth is content with either of password and second factor, we want both, each within 5 minutes."""
        request = context.request
        if missing_proofs(request, User.objects.get(pk=request.user.pk)):
            query = urlencode({"next": request.get_full_path()})
            raise ImmediateHttpResponse(HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}"))
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """Our own page asks for all that is missing; it sends on to the one for passkeys."""
        if not user.is_authenticated:
            return []
        names = {
            "reauthenticate": "account_reauthenticate",
            "mfa_reauthenticate:webauthn": "mfa_reauthenticate_webauthn",
        }
        return [{"id": key, "description": "", "url": reverse(name)} for key, name in names.items()]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the portal's own address: whoever asks for somebody else's new password chooses the Host header."""
        uid, _, secret = key.partition("-")
        address = reverse("account_reset_password_from_key", args=[uid, secret])
        return f"{settings.PORTAL_URL.rstrip('/')}{address}"

    def send_mail(self, template_prefix: str, email: str, content: dict[str, Any]) -> None:
        """Behind the answer: whether a mail goes must not show in how long the page takes, nor in an error.

        In English, as all mails: whoever asks for one may be somebody else than who reads it.
        """
        told = {"request": context.request, "email": email, **content}
        with translation.override(settings.LANGUAGE_CODE):
            message = self.render_mail(template_prefix, email, told)
        _POSTMAN.submit(_deliver, message)

    def send_password_reset_mail(self, user: User, email: str, content: dict[str, Any]) -> None:
        """Who signs in elsewhere gets no password here."""
        if user.has_usable_password():
            super().send_password_reset_mail(user, email, content)


def _name(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username", "")).lower()


def _deliver(message: EmailMessage) -> None:
    try:
        message.send()
    except (OSError, SMTPException) as error:
        logger.warning("a mail about signing in was not sent: %s", error)
