"""EnKash's login, tried once more by a person."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor, check_try_login
from allocations.forms.logins import TryLoginForm
from allocations.services.logins import LoginFailed, try_login_once
from allocations.views.gates import action
from allocations.views.step_up import count_as_guess


@action
def try_login(request: HttpRequest, actor: Actor) -> HttpResponse:
    check_try_login(actor)
    guess = count_as_guess(request)
    form = TryLoginForm(request.POST, person=cast("User", request.user))
    if not form.is_valid():
        raise InvalidInput(f"Nothing was tried. Password: {form.errors['password'][0]}")
    guess.rollback()
    try:
        try_login_once(actor)
    except LoginFailed as error:
        messages.warning(request, error.sentence)
    else:
        messages.info(request, _("EnKash accepts the login again. Resume the runs that paused for it."))
    return redirect("allocations:accounts")
