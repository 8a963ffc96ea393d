"""What people can do. One table: a new action is a function that calls a service, and a line with its weight.

A DomainError means that the portal refused, which is no violation; any other error is one. Whatever stops or holds a
run needs its counterpart in `People.look_after_runs`, or the run stays stopped and V5 breaks.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.files.base import ContentFile
from django.db.models import Q

from allocations.domain.decisions import Decision
from allocations.models import Batch, ContractDifference, Freeze, Proposal, Row, Run
from allocations.services import cancelling, contract, freezes, logins, proposals, reruns, runs

if TYPE_CHECKING:
    from tests.simulation.people import People

Action = Callable[["People"], None]


def pause(people: "People") -> None:
    runs.pause_run(people.maker, run_id=_some_run(people).pk)


def resume(people: "People") -> None:
    resume_one(people, _some_run(people))


def look_at_contract(people: "People") -> None:
    """An owner asks EnKash what happened to its answers, and is told that it is put right, or that it stays so."""
    for one in ContractDifference.objects.filter(mark="open").order_by("pk"):
        mark = people.world.rng.choice(("known", "mended"))
        contract.mark_difference(people.owner, difference_id=one.pk, mark=mark, reason="EnKash said so.")


def resume_one(people: "People", run: Run) -> None:
    if run.pause_code in {"login", "contract"} and run.state == "paused":
        people.world.watch.allow_login()
    runs.resume_run(people.maker, run_id=run.pk)


def rerun(people: "People") -> None:
    failed = list(Row.objects.filter(state="failed").order_by("batch_id").values_list("batch_id", flat=True).distinct())
    # Without a failed row somebody tries it all the same, and is refused.
    batches = failed or list(Batch.objects.order_by("pk").values_list("pk", flat=True))
    reruns.rerun_failed_rows(people.maker, batch_id=people.world.rng.choice(batches))


def top_up(people: "People") -> None:
    people.world.provider.top_up(sum(row.amount for row in people.world.watch.rows.values()))


def stop_after_chunk(people: "People") -> None:
    runs.stop_after_chunk(people.maker, run_id=_some_run(people).pk)


def cancel(people: "People") -> None:
    cancelling.cancel_run(people.maker, run_id=_some_run(people).pk)


def freeze(people: "People") -> None:
    freezes.freeze_sending(people.approver, reason="Something looks wrong.")


def release(people: "People") -> None:
    """Whoever is there: the first proposes, the second confirms."""
    found = open_freeze()
    if found is None:
        return
    if found.release_proposed_by_id is None:
        freezes.propose_release(people.approver, freeze_id=found.pk)
    else:
        freezes.confirm_release(people.second, freeze_id=found.pk)


def open_freeze() -> Freeze | None:
    return Freeze.objects.filter(is_open=True).first()


def doubtful_rows() -> Sequence[Row]:
    waits = Q(state__in=("conflict", "anomaly")) | Q(state="unknown", chunk__state="people")
    return list(Row.objects.filter(waits).order_by("pk"))


def decide(people: "People") -> None:
    """Somebody compares with EnKash's statement, which lists what is in the ledger at this moment."""
    rows = doubtful_rows()
    if not rows:
        return
    ledger = {entry.reference: entry.transaction_id for entry in people.world.provider.entries}
    first = people.world.rng.choice(rows)
    credited = first.reference in ledger
    alike = [row for row in rows if row.batch_id == first.batch_id and (row.reference in ledger) == credited]
    said = proposals.Said(
        decision=Decision.CREDITED if credited else Decision.FAILED,
        statement="As in EnKash's statement.",
        transaction_ids={row.number: ledger.get(row.reference, "") for row in alike},
        form_key=UUID(int=people.world.rng.getrandbits(128)),
        file_name="" if credited else "statement.csv",
    )
    file = None if credited else ContentFile(b"statement")
    proposals.propose(people.maker, batch_id=first.batch_id, said=said, file=file)


def confirm(people: "People") -> None:
    for proposal in Proposal.objects.filter(state="open").order_by("pk"):
        proposals.confirm(people.second, proposal_id=proposal.pk)


def try_login(people: "People") -> None:
    people.world.watch.allow_login()
    logins.try_login_once(people.maker)


def _some_run(people: "People") -> Run:
    return people.world.rng.choice(people.runs())


ACTIONS: Mapping[str, tuple[Action, float]] = {
    "pause": (pause, 3),
    "resume": (resume, 3),
    "re-run": (rerun, 3),
    "top up": (top_up, 1),
    "stop after chunk": (stop_after_chunk, 1.5),
    "cancel": (cancel, 0.7),
    "freeze": (freeze, 1),
    "release": (release, 1),
    "decide": (decide, 1),
    "look at contract": (look_at_contract, 0.5),
    "confirm": (confirm, 1),
    # Nobody tries it for the fun of it.
    "try login": (try_login, 0),
}
