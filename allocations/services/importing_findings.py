"""What the whole list showed, added to rows that are stored already, in sets and never row by row."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from allocations.domain.policy import Role
from allocations.domain.problems import Problem as Finding
from allocations.domain.problems import error
from allocations.gateway import database_now
from allocations.models import Batch, Problem, Row, Upload
from allocations.services.importing import Claim, note_progress
from allocations.services.importing_rows import write_problems

_BLOCK = 5_000
# The join takes every batch's references at once: a look-up per row turns quadratic inside a large import.
_USED = """
SELECT mine.number, old.batch_id, old.number, old.state
FROM allocations_row mine
JOIN (
    SELECT mine.id AS id, MIN(other.id) AS first_id
    FROM allocations_row mine
    JOIN allocations_row other ON other.client_reference = mine.client_reference
    WHERE mine.batch_id = %s AND other.batch_id <> %s
    -- SQLite uses the partial index only for a query that spells its condition alike.
    AND mine.client_reference > '' AND other.client_reference > ''
    GROUP BY mine.id
) used ON used.id = mine.id
JOIN allocations_row old ON old.id = used.first_id
ORDER BY mine.number
"""


def people_in_charge(batch_id: int) -> dict[str, str]:
    """Addresses of those who made the list or may approve it, and who they are."""
    makers = Q(pk__in=Upload.objects.filter(batch_id=batch_id).values("uploaded_by"))
    makers |= Q(pk__in=Batch.objects.filter(pk=batch_id).values("uploaded_by"))
    approvers = Q(groups__name=Role.APPROVER.value, is_active=True)
    people = {user.email: f"{_name(user)}, an approver" for user in User.objects.filter(approvers).exclude(email="")}
    uploaders = User.objects.filter(makers).exclude(email="")
    return people | {user.email: f"{_name(user)}, who uploaded this list" for user in uploaders}


def _name(user: User) -> str:
    return user.get_full_name() or user.username


def used_references(claim: Claim) -> Iterator[tuple[int, Finding]]:
    """Rows whose client reference an earlier batch has, in whatever state; the first such row is named."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, [claim.batch_id, claim.batch_id])
        for number, batch, old_number, state in cursor.fetchall():
            yield number, used_before(batch, old_number, state)


def used_before(batch_id: int, number: int, state: str) -> Finding:
    """Of a client reference; the row that used it first."""
    sentence = f"was already used in batch {batch_id}, row {number} ({state.replace('_', ' ')})."
    return error("reference_used_before", "client_reference", "", f"{sentence} Give the row a new one.")


def add_findings(claim: Claim, findings: Iterable[tuple[int, Finding]]) -> None:
    """Store findings by row number, block by block, and bring the rows' counts up to date."""
    rest = iter(findings)
    while block := list(islice(rest, _BLOCK)):
        _add_block(claim, block, now=database_now())


def _add_block(claim: Claim, block: list[tuple[int, Finding]], *, now: datetime) -> None:
    with transaction.atomic():
        note_progress(claim, now=now)
        numbers = {number for number, _ in block}
        known = Row.objects.filter(batch_id=claim.batch_id, number__in=numbers)
        ids = dict(known.values_list("number", "pk"))
        write_problems(claim.batch_id, [(ids[number], number, finding) for number, finding in block])
        count_problems(Row.objects.filter(pk__in=ids.values()))


def count_problems(rows: QuerySet[Row]) -> None:
    rows.update(error_count=_counted("error"), warning_count=_counted("warning"))
    # What has an error is not sent, so it has no fingerprint of a request.
    rows.filter(error_count__gt=0).update(payload_hash="")


def _counted(severity: str) -> Coalesce:
    own = Problem.objects.filter(row=OuterRef("pk"), severity=severity).order_by().values("row")
    return Coalesce(Subquery(own.annotate(number_of=Count("pk")).values("number_of")), 0)
