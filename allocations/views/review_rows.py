"""What htmx gets in answer to a changed row: the row, those around it, and every number on the page that follows."""

from collections.abc import Collection, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext

from allocations.domain.policy import Actor
from allocations.presenters import review, review_grid
from allocations.presenters.numbers import grouped
from allocations.selectors import review as reads
from allocations.selectors.approvals import facts_of
from allocations.selectors.batch_pages import batches_with_people
from allocations.views.review_tops import top_of


def changed_rows(
    request: HttpRequest,
    actor: Actor,
    batch_id: int,
    numbers: Collection[int],
    *,
    said: str,
    editor: Mapping[str, object] | None = None,
) -> HttpResponse:
    """`numbers`: rows that the person's page shows. `said`: what a screen reader hears. `editor`: of a cell that
    somebody else changed meanwhile, so that nothing was stored."""
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    upload = reads.newest_upload(batch_id)
    top = top_of(actor, batch, facts_of(batch), upload=upload)
    query = request.GET.urlencode()
    rows = reads.rows_by_number(batch_id, numbers)
    left = ngettext("Errors: %(rows)s row left.", "Errors: %(rows)s rows left.", batch.error_rows)
    sentences = [said] if editor else [said, left % {"rows": grouped(batch.error_rows)}]
    context = {
        **top,
        "lines": review_grid.lines(
            rows,
            upload=upload,
            unmasked=bool(top["in_full"]),
            can_change=bool(top["can_change"]),
            kept=bool(top["kept_because"]),
            query=query,
        ),
        "tabs": review.tabs(batch),
        "query": query,
        "said": " ".join(sentences),
        "editor": editor,
    }
    response = render(request, "allocations/review/_changed.html", context, status=409 if editor else 200)
    # Everything in the answer names its own place.
    response["HX-Reswap"] = "none"
    return response
