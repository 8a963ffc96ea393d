"""Reward accounts: balances, lanes, adding and removing one."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor, check_manage_accounts, check_try_login
from allocations.forms.accounts import AccountForm, LanesForm
from allocations.models import Account
from allocations.presenters.numbers import counted, points
from allocations.presenters.refusals import reason_of
from allocations.selectors import wallets
from allocations.selectors.contract import open_counts
from allocations.selectors.logins import blocked_login
from allocations.services import accounts as account_service
from allocations.services import balances
from allocations.services.balances import BalanceUnavailable
from allocations.views.gates import action, form_page


@form_page
def accounts(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = AccountForm(request.POST) if request.method == "POST" else AccountForm()
    if form.is_bound:
        check_manage_accounts(actor)
        if form.is_valid():
            account = account_service.add_account(actor, **form.cleaned_data)
            messages.info(request, _("“%(name)s” is added. Its balance is not read yet.") % {"name": account.name})
            return redirect("allocations:accounts")
    context = {
        "wallets": [wallets.wallet(account) for account in wallets.accounts()],
        "lanes": [(account, _lanes_form(account, lanes)) for account, lanes in wallets.lanes_of_accounts()],
        "unused": wallets.unused_accounts(),
        "form": form,
        "against": reason_of(check_manage_accounts, actor),
        "open_differences": sum(open_counts()),
        "login": blocked_login(),
        "login_against": reason_of(check_try_login, actor),
        "needs_password": cast("User", request.user).has_usable_password(),
    }
    return render(request, "allocations/accounts/page.html", context, status=422 if form.is_bound else 200)


def _lanes_form(account: Account, lanes: int) -> LanesForm:
    return LanesForm(initial={"lanes": lanes}, auto_id=f"{account.pk}-%s")


@action
def set_lanes(request: HttpRequest, actor: Actor, account_id: int) -> HttpResponse:
    form = LanesForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("Choose a number of lanes from 1 to 16.")
    account = account_service.set_lanes(actor, account_id=account_id, **form.cleaned_data)
    said = {"name": account.name, "lanes": counted(form.cleaned_data["lanes"], "lane")}
    messages.info(request, _("“%(name)s” has %(lanes)s now.") % said)
    return redirect("allocations:accounts")


@action
def remove(request: HttpRequest, actor: Actor, account_id: int) -> HttpResponse:
    name = account_service.remove_account(actor, account_id=account_id)
    messages.info(request, _("“%(name)s” is removed.") % {"name": name})
    return redirect("allocations:accounts")


@action
def refresh_balance(request: HttpRequest, actor: Actor, account_id: int) -> HttpResponse:
    """Asks EnKash; the former reading stays where it does not answer."""
    try:
        account = balances.refresh_balance(actor, account_id=account_id)
    except BalanceUnavailable as error:
        messages.warning(request, error.sentence)
    else:
        said = {"points": points(account.balance), "name": account.name}
        messages.info(request, _("EnKash reports %(points)s in “%(name)s”.") % said)
    return redirect("allocations:accounts" if request.POST.get("from") == "accounts" else "allocations:home")
