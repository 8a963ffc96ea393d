"""Notices: the trail is their outbox. Each change wrote its entry in its own transaction; nobody who changes something
has to think of telling it, and nothing is told that did not happen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from allocations.domain.approver_groups import waits_for_group
from allocations.domain.notices import KIND_OF, MailState, NoticeKind, readers
from allocations.domain.policy import Actor, Role
from allocations.domain.states import RunState
from allocations.gateway import database_now
from allocations.models import Batch, Chunk, MutedMail, Notice, NoticeCursor, Run, TrailEntry
from allocations.selectors.approvals import facts_of
from allocations.selectors.approver_groups import members_of
from allocations.selectors.votes import approvals_of, asked_of, holding_of_group


@dataclass(frozen=True, slots=True)
class _Event:
    kind: NoticeKind
    key: str
    batch: Batch
    run_id: int | None
    entry: TrailEntry | None


def collect(*, now: datetime) -> int:
    """Tells of what the trail got since the last time, and of rows that have been unknown too long; how many notices.

    Only linked entries count: they have a gapless order, so that none is passed over that was committed late.
    """
    with transaction.atomic(durable=True):
        NoticeCursor.objects.get_or_create(pk=1)
        cursor = NoticeCursor.objects.select_for_update().get(pk=1)
        end = TrailEntry.objects.aggregate(end=Max("number"))["end"] or 0
        told = _tell([*_told_by_trail(after=cursor.number, to=end), *_unknown_too_long(now)], now=now)
        if end != cursor.number:
            NoticeCursor.objects.filter(pk=1).update(number=end)
    return told


def _told_by_trail(*, after: int, to: int) -> Iterable[_Event]:
    if to <= after:
        return
    entries = TrailEntry.objects.filter(number__gt=after, number__lte=to, event__in=KIND_OF, batch__isnull=False)
    for entry in entries.select_related("batch").order_by("number"):
        run_id = entry.object_id if entry.object_type == "run" else None
        yield _Event(KIND_OF[entry.event], f"entry {entry.pk}", cast("Batch", entry.batch), run_id, entry)


def _unknown_too_long(now: datetime) -> Iterable[_Event]:
    """Once a run."""
    old = now - timedelta(minutes=settings.UNKNOWN_ROWS_MINUTES)
    waiting = Chunk.objects.filter(unknown__gt=0, quiet_since__lt=old).exclude(run__state=RunState.SETTLED)
    told = Notice.objects.filter(kind=NoticeKind.UNKNOWN).values("run")
    for run in Run.objects.filter(pk__in=waiting.values("run")).exclude(pk__in=told).select_related("batch"):
        yield _Event(NoticeKind.UNKNOWN, f"unknown {run.pk}", run.batch, run.pk, None)


def _tell(events: list[_Event], *, now: datetime) -> int:
    if not events:
        return 0
    approvers = frozenset(
        User.objects.filter(is_active=True, groups__name=Role.APPROVER.value).values_list("pk", flat=True)
    )
    muted = set(MutedMail.objects.values_list("person_id", "kind"))
    made = [
        notice
        for event in events
        for notice in _notices(event, approvers=approvers, muted=muted, now=now)
        if not Notice.objects.filter(key=notice.key, person_id=notice.person_id).exists()
    ]
    return len(Notice.objects.bulk_create(made))


def _notices(
    event: _Event, *, approvers: frozenset[int], muted: set[tuple[int, str]], now: datetime
) -> Iterable[Notice]:
    told = readers(
        event.kind,
        makers=facts_of(event.batch).maker_ids,
        approvers=_who_could_count(event, approvers, now=now),
        voters=frozenset(approvals_of(event.batch).values_list("voted_by_id", flat=True)),
        actor=event.entry.actor_id if event.entry else None,
        asker=event.entry.data.get("asked_by") if event.entry else None,
    )
    for person in User.objects.filter(pk__in=told, is_active=True).order_by("pk"):
        by_mail = bool(person.email) and (person.pk, event.kind.value) not in muted
        yield Notice(
            kind=event.kind,
            key=event.key,
            person=person,
            batch=event.batch,
            run_id=event.run_id,
            entry=event.entry,
            at=event.entry.at if event.entry else now,
            mail=MailState.WANTED if by_mail else MailState.NONE,
            mail_next_at=now if by_mail else None,
        )


def _who_could_count(event: _Event, approvers: frozenset[int], *, now: datetime) -> frozenset[int]:
    """Where only somebody of a group can approve next, the others are not asked to."""
    if event.kind is not NoticeKind.TO_APPROVE or not event.batch.approvers_group:
        return approvers
    holding = list(holding_of_group(event.batch, now=now).values())
    of_group = waits_for_group(asked_of(event.batch), holding)
    return approvers & members_of(event.batch.approvers_group) if of_group else approvers


def mark_read(actor: Actor) -> None:
    """One's own, all of them."""
    Notice.objects.filter(person_id=actor.id, read_at__isnull=True).update(read_at=database_now())


@transaction.atomic
def choose_mails(actor: Actor, *, wanted: frozenset[NoticeKind]) -> None:
    """Mails of these kinds and no others, from now on."""
    MutedMail.objects.filter(person_id=actor.id).delete()
    MutedMail.objects.bulk_create(MutedMail(person_id=actor.id, kind=kind) for kind in NoticeKind if kind not in wanted)
