"""Filters of the search that a person keeps for themselves."""

from django.db import transaction

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor
from allocations.domain.searching import check_view_name
from allocations.models import Batch, SavedView

MOST = 20


def save_view(actor: Actor, *, name: str, query: str, purpose: str) -> None:
    """Under a name that is there already the new filter takes the place of the old one.

    `query`: the filter as an address, without the words that were searched. `purpose`: the part of it that was typed
    and not chosen, which has to be that of a batch: what somebody types about people is kept nowhere else.
    """
    name = name.strip()
    check_view_name(name)
    if not query:
        raise InvalidInput("There is no filter to keep. Choose one first; the words you search for are not kept.")
    if purpose and not Batch.objects.filter(purpose__icontains=purpose).exists():
        raise InvalidInput(
            f"No batch has “{purpose}” in its purpose, so the view would find nothing. Change the filter."
        )
    with transaction.atomic():
        kept = SavedView.objects.select_for_update().filter(person_id=actor.id)
        if kept.count() >= MOST and not kept.filter(name=name).exists():
            raise InvalidInput(f"You keep {MOST} views already. Delete one that you do not need.")
        SavedView.objects.update_or_create(person_id=actor.id, name=name, defaults={"query": query})


def delete_view(actor: Actor, *, view_id: int) -> None:
    """One's own; one that is gone already is no error."""
    SavedView.objects.filter(pk=view_id, person_id=actor.id).delete()
