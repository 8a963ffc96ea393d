from datetime import timedelta

from django.urls import reverse

from allocations.domain.policy import Actor, Role
from allocations.models import Reversal
from allocations.presenters.reversal_tasks import approval_task, needy_tasks
from tests.factories.lists import NOW

APPROVER = Actor(id=2, name="Sudha", roles=frozenset({Role.APPROVER}))
AUDITOR = Actor(id=3, name="Ravi", roles=frozenset({Role.AUDITOR}))


def reversal(number: int, state: str = "proposed", **fields) -> Reversal:
    return Reversal(pk=number, state=state, amount=200, requested_by_id=1, requested_at=NOW, **fields)


def test_one_task_for_all_that_can_be_decided():
    own = reversal(9)
    own.requested_by_id = APPROVER.id
    (task,) = approval_task(APPROVER, [reversal(7), reversal(8), own], now=NOW + timedelta(hours=3))
    assert (task.title, task.detail, task.button, task.address) == (
        "2 reversals to approve, 400 points",
        "Oldest asked for 3 h ago",
        "Review 2 reversals",
        reverse("allocations:reversals"),
    )
    assert approval_task(AUDITOR, [reversal(7)], now=NOW) == []


def test_a_reversal_that_waits_for_people_says_why():
    held = reversal(7, "approved", pause_code="login", pause_text="EnKash refuses our login.")
    disputed = reversal(8, "disputed", doubt="amount_differs")
    tasks = needy_tasks(APPROVER, [held, disputed])
    assert [(task.title, task.detail) for task in tasks] == [
        ("Reversal 7, 200 points, waits for people", "EnKash refuses our login."),
        ("Reversal 8, 200 points, waits for people", "EnKash lists another amount."),
    ]
    assert needy_tasks(AUDITOR, [held, disputed]) == []
