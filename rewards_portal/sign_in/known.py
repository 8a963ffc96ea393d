"""Show once more who you are: password and second factor, each unless it was shown within five minutes."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from allocations.actors import has_second_factor, note_proof, proofs_of, renew
from allocations.domain.known import is_fresh
from allocations.services import sign_ins
from rewards_portal.sign_in.origins import origin


class KnownForm(forms.Form):
    """Only what is missing is asked. Right and wrong passwords and codes count towards the limits of sign-in."""

    password = forms.CharField(
        strip=False, max_length=256, error_messages={"required": _("Empty. Type your password.")}
    )
    code = forms.CharField(
        max_length=20, error_messages={"required": _("Empty. Type the code that the app shows now.")}
    )

    def __init__(self, *args: Any, request: HttpRequest, missing: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self._codes: ReauthenticateForm | None = None
        for name in {"password", "code"} - missing:
            del self.fields[name]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        adapter = get_adapter(self._request)
        person = self._request.user
        if adapter.authenticate(self._request, username=person.get_username(), password=password) != person:
            raise ValidationError(adapter.error_messages["incorrect_password"])
        return password

    def clean(self) -> dict[str, Any]:
        """A code works once: it is looked at only where the password was right."""
        if "code" in self.cleaned_data and not self.errors:
            self._codes = ReauthenticateForm({"code": self.cleaned_data["code"]}, user=self._request.user)
            if not self._codes.is_valid():
                self.add_error("code", self._codes.errors["code"].as_data())
        return self.cleaned_data

    def keep(self, person: User) -> None:
        if "password" in self.cleaned_data:
            note_proof(self._request.session, person, "password", at=timezone.now())
        if self._codes is not None:
            self._codes.save()
        else:
            sign_ins.note("shown again who it is", user=person, origin=origin(self._request), by="password")
            renew(self._request.session)


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def known(request: HttpRequest) -> HttpResponseBase:
    person = get_object_or_404(User, pk=request.user.pk)
    missing, then = missing_proofs(request, person), _then(request)
    if not missing:
        return redirect(then)
    form = KnownForm(request.POST or None, request=request, missing=missing)
    if form.is_valid():
        form.keep(person)
        return redirect(request.get_full_path() if missing_proofs(request, person) else then)
    kinds = set(Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True))
    context = {"form": form, "missing": missing, "then": then, "kinds": kinds}
    return render(request, "account/known.html", context, status=422 if form.is_bound else 200)


def missing_proofs(request: HttpRequest, person: User) -> set[str]:
    """Of password, code and elsewhere those that this person has to show and has not shown lately."""
    proofs, now = proofs_of(person, request.session), timezone.now()
    seen = {}
    if person.has_usable_password():
        seen["password"] = proofs.password_at
    if has_second_factor(person):
        seen["code"] = proofs.factor_at
    return {name for name, at in (seen or {"elsewhere": proofs.elsewhere_at}).items() if not is_fresh(at, now=now)}


def _then(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else "/"
