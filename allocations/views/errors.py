"""DomainErrors as answers: one place decides the status, the sentence stays as it was raised."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from allocations.domain.errors import DomainError, InvalidInput, NotAllowed, StateConflict


def status_of(error: DomainError) -> int:
    if isinstance(error, StateConflict):
        return 409
    if isinstance(error, NotAllowed):
        return 403
    if isinstance(error, InvalidInput):
        return 422
    # What is none of the three is no refusal of ours: something outside did not answer.
    return 503


def refusal(request: HttpRequest, error: DomainError, *, back: str = "") -> HttpResponse:
    """The page, or for htmx the message, that says `error`. `back` is where the person finds the present state."""
    status = status_of(error)
    context = {"sentence": error.sentence, "back": back}
    if getattr(request, "htmx", False):
        response = render(request, "components/refusal.html", context, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
        return response
    return render(request, f"{status}.html", context, status=status)
