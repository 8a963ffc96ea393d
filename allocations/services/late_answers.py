"""Late answers that are stored and not read yet: whoever stored them ended in between, so somebody else reads them."""

from django.db.models import Q, QuerySet

from allocations.domain.states import AttemptState
from allocations.gateway import Gateway
from allocations.models import Attempt, Reversal, ReversalAttempt, Run
from allocations.services import answering, reversal_answers

# What is read gets a result in the transaction that believes it.
_UNREAD = Q(state=AttemptState.RESOLVED, body__isnull=False, result="")


def unread() -> QuerySet[Attempt]:
    """Attempts with an answer that may yet prove a credit."""
    return Attempt.objects.filter(_UNREAD)


def runs_to_read() -> QuerySet[Run]:
    """Whatever state they are in: a proof of a credit always counts."""
    return Run.objects.filter(pk__in=unread().values("chunk__run_id")).order_by("pk")


def reversals_to_read() -> QuerySet[Reversal]:
    """As for runs."""
    stored = ReversalAttempt.objects.filter(_UNREAD).values("reversal_id")
    return Reversal.objects.filter(pk__in=stored).order_by("pk")


def read_of_run(run_id: int, *, gateway: Gateway) -> None:
    """Believes what the run's unread answers prove. Harmless beside the worker that stored one and still lives."""
    for attempt_id in list(unread().filter(chunk__run_id=run_id).values_list("pk", flat=True)):
        answering.apply_answer(attempt_id, gateway=gateway, late=True)


def read_of_reversal(reversal_id: int, *, gateway: Gateway) -> None:
    """As for a run's."""
    stored = ReversalAttempt.objects.filter(_UNREAD, reversal_id=reversal_id)
    for attempt_id in list(stored.values_list("pk", flat=True)):
        reversal_answers.apply_answer(attempt_id, gateway=gateway)
