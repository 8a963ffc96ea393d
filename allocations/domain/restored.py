"""Batches that came back with a backup: their references are all that links them to what may have been sent."""

from allocations.domain.errors import StateConflict
from allocations.domain.marks import gettext_noop
from allocations.domain.states import BatchState

READ_IN_LOST_TIME = (
    "This list was still being read when the backup was made from which the portal was restored. It may have been "
    "approved and sent in the time that was lost. Compare it with EnKash's statement since the backup, and upload it "
    "again only if nobody in it got these points."
)

TO_THE_APPROVER = gettext_noop(
    "Its rows may have been sent already. Each is looked up at EnKash before it is sent, and what was given is not "
    "given again. But another list may have been sent in its place after the backup: compare EnKash's statement first."
)

MAY_BE_TAKEN_BACK = (
    "What was taken back from this row after the backup is not known here, and EnKash would take it once more. Compare "
    "EnKash's statement since the backup first."
)
MAY_BE_REVERSED = gettext_noop(
    "The portal was restored from a backup after this was asked for: it may have been approved and sent in the time "
    "that was lost. Look for its reference in EnKash's statement. Where it is listed, have the reversal approved: it "
    "is looked up first, and the points are not taken twice. Close it only where it is not listed, and say that you "
    "looked."
)
MAY_BE_REPLACED = (
    "Rows that were replaced after the backup look as if they were not, and EnKash would credit a second replacement. "
    "Compare EnKash's statement since the backup first."
)


def reason_to_keep(batch_id: int, state: BatchState) -> str:
    """Why the rows of such a batch are neither read anew nor left out, and what to do."""
    as_it_is = (
        "Submit the batch as it is: every row is looked up at EnKash before it is sent. If the list is wrong, or "
        "another one was uploaded for this batch after the backup,"
    )
    return (
        f"Batch {batch_id} came back with a backup, so its rows may have been sent already, under the references that "
        "they have. If they were read anew or left out, EnKash would no longer recognise them and could give the "
        f"points twice. {as_it_is if state is BatchState.REVIEW else 'To begin anew,'} "
        "compare EnKash's statement since the backup with the list, and have the person who runs the portal take its "
        f"rows out (manage.py empty_batch {batch_id})."
    )


def check_compared(*, came_from_a_backup: bool, compared: bool) -> None:
    """Before a reversal is called not taken back. `compared`: somebody says EnKash's statement does not list it."""
    if came_from_a_backup and not compared:
        raise StateConflict(MAY_BE_REVERSED)


def check_emptiable(batch_id: int, state: BatchState, *, may_have_been_sent: bool) -> None:
    if state not in {BatchState.DRAFT, BatchState.REVIEW}:
        raise StateConflict(f"Batch {batch_id} is “{state}”: rows can be taken out only of a draft or in review.")
    if not may_have_been_sent:
        raise StateConflict(
            f"Batch {batch_id} has no rows that came back with a backup. An admin can change it on its page."
        )
