"""What a search found, in sentences, and what it looked for."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allocations.domain.searching import SHORTEST_NAME, Meant
from allocations.domain.states import RowState
from allocations.models import Batch, Row
from allocations.presenters import people
from allocations.presenters.numbers import counted, grouped, points
from allocations.presenters.row_lines import remark
from allocations.presenters.statuses import Status, row_status
from allocations.presenters.stories import person
from allocations.presenters.times import moment

COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Hit:
    """A row: `head` names it, `parts` tell the rest, each a few words."""

    row: Row
    head: str
    status: Status
    parts: tuple[str, ...]


def hits(rows: Iterable[Row], revealed: Container[int] = ()) -> list[Hit]:
    """`revealed`: ids of the rows that the reader sees in full."""
    return [_hit(row, in_full=row.pk in revealed) for row in rows]


def _hit(row: Row, *, in_full: bool) -> Hit:
    name = people.for_reader(row.name, in_full) or _("Row without a name")
    # Nobody approved a row that was left out, although its batch was.
    is_out = row.state == RowState.LEFT_OUT
    head = f"{name}, {points(row.amount)}" if row.amount else _("%(name)s, no amount") % {"name": name}
    parts = (
        _("Batch %(batch)s, %(purpose)s, row %(row)s")
        % {"batch": row.batch_id, "purpose": row.batch.purpose, "row": grouped(row.number)},
        people.mobile(row.mobile) if in_full else people.masked_mobile(row.mobile),
        row.email if in_full else "",
        moment(row.outcome_at) if row.outcome_at else "",
        people.for_reader(remark(row), in_full) if row.state != RowState.PENDING else "",
        row.transaction_id or "",
        _("approved by %(names)s") % {"names": _approvers(row.batch)} if row.batch.approved_by and not is_out else "",
    )
    return Hit(row, head, row_status(RowState(row.state)), tuple(part for part in parts if part and part != "–"))


def _approvers(batch: Batch) -> str:
    if batch.approvers == 1:
        return person(batch.approved_by)
    signed = [vote for vote in batch.votes.all() if (vote.digest, vote.decision) == (batch.digest, "approve")]
    return ", ".join(person(vote.voted_by) for vote in signed)


def many(count: int | None) -> str:
    """How many rows a search found, on all its pages; "" where nobody counted."""
    if not count:
        return ""
    if count > COUNTED:
        return _("more than %(rows)s rows") % {"rows": grouped(COUNTED)}
    return counted(count, "row")


def tried(meant: Meant, text: str, *, rows_only: bool) -> str:
    """What was looked for in vain: “batch 214, mobile 98765 43210”. `rows_only`: no batch was missed."""
    tries = (
        (_("batch %(batch)s") % {"batch": meant.batch}, meant.batch is not None and not rows_only),
        (_("mobile %(mobile)s") % {"mobile": people.mobile(meant.mobile)}, meant.mobile),
        (_("e-mail %(email)s") % {"email": meant.email}, meant.email),
        (_("reference, transaction or card id %(code)s") % {"code": meant.code}, meant.code),
        (_("digest %(digest)s") % {"digest": text}, meant.digest and not rows_only),
        (_("names that begin with “%(name)s”") % {"name": meant.name}, meant.name),
        (_("batches with “%(text)s” in their purpose") % {"text": text}, text and not rows_only),
    )
    return ", ".join(words for words, was_tried in tries if was_tried)


def advice(meant: Meant) -> str:
    """What else to try after nothing was found."""
    if meant.name or meant.email:
        return _("Names are found by how they begin, e-mail addresses only whole.")
    if meant.code and not meant.mobile and not meant.digest:
        return _("Mobiles have ten digits, ids are found only whole, names from %(number)s letters on.") % {
            "number": SHORTEST_NAME
        }
    return _("Mobiles and ids are found only whole, in whatever way they are written.")
