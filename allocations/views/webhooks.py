"""Addresses that are told of events, for owners."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.webhooks import MEANS, check_manage
from allocations.forms.row_filters import number
from allocations.forms.webhooks import WebhookForm
from allocations.models import Webhook
from allocations.presenters.webhooks import delivery_lines, webhook_line
from allocations.selectors import webhooks as reads
from allocations.services import webhooks as services
from allocations.views.gates import action, form_page, page


@page
def webhooks(request: HttpRequest, actor: Actor) -> HttpResponse:
    check_manage(actor)
    return render(request, "allocations/webhooks/page.html", {"lines": [webhook_line(one) for one in reads.webhooks()]})


@form_page
def add_webhook(request: HttpRequest, actor: Actor) -> HttpResponse:
    check_manage(actor)
    # Before anything is typed: the page on which one shows who one is would lose it.
    check_known(actor, now=timezone.now())
    form = WebhookForm(request.POST) if request.method == "POST" else WebhookForm()
    if form.is_bound and form.is_valid():
        try:
            return _show_secret(request, *services.add_webhook(actor, **form.cleaned_data))
        except InvalidInput as refused:
            form.add_error("url", refused.sentence)
    context = {
        "form": form,
        "chosen": form["events"].value() or [],
        "means": [(event, _(means)) for event, means in MEANS.items()],
    }
    return render(request, "allocations/webhooks/make.html", context, status=422 if form.is_bound else 200)


@page
def webhook(request: HttpRequest, actor: Actor, webhook_id: int) -> HttpResponse:
    check_manage(actor)
    found = reads.webhook_of(webhook_id)
    if found is None:
        raise Http404(f"There is no webhook {webhook_id}.")
    sent, older = reads.deliveries(webhook_id, before=number(request.GET.get("before", "")))
    context = {
        "line": webhook_line(found),
        "deliveries": delivery_lines(sent, may_send=found.paused_at is None),
        "older": older,
    }
    return render(request, "allocations/webhooks/webhook.html", context)


@action
def rotate_secret(request: HttpRequest, actor: Actor, webhook_id: int) -> HttpResponse:
    return _show_secret(request, *services.rotate_secret(actor, webhook_id=webhook_id))


@action
def try_webhook(request: HttpRequest, actor: Actor, webhook_id: int) -> HttpResponse:
    services.try_webhook(actor, webhook_id=webhook_id)
    messages.info(request, _("A test event is on its way. Look at this page again in a moment to see what came back."))
    return redirect("allocations:webhook", webhook_id=webhook_id)


@action
def pause(request: HttpRequest, actor: Actor, webhook_id: int) -> HttpResponse:
    services.pause_webhook(actor, webhook_id=webhook_id)
    messages.info(request, _("Paused. What happens meanwhile is told when it goes on."))
    return redirect("allocations:webhook", webhook_id=webhook_id)


@action
def resume(request: HttpRequest, actor: Actor, webhook_id: int) -> HttpResponse:
    services.resume_webhook(actor, webhook_id=webhook_id)
    messages.info(request, _("It goes on, with what happened meanwhile."))
    return redirect("allocations:webhook", webhook_id=webhook_id)


@action
def remove(request: HttpRequest, actor: Actor, webhook_id: int) -> HttpResponse:
    services.remove_webhook(actor, webhook_id=webhook_id)
    messages.info(request, _("The webhook is removed. Nothing more is sent to it."))
    return redirect("allocations:webhooks")


@action
def send_again(request: HttpRequest, actor: Actor, delivery_id: int) -> HttpResponse:
    webhook_id = services.send_again(actor, delivery_id=delivery_id)
    messages.info(request, _("It is on its way again, as the same event."))
    return redirect("allocations:webhook", webhook_id=webhook_id)


def _show_secret(request: HttpRequest, made: Webhook, secret: str) -> HttpResponse:
    """The answer to the POST itself: the secret is shown nowhere else, so there is no page to go to."""
    return render(request, "allocations/webhooks/secret.html", {"webhook": made, "secret": secret})
