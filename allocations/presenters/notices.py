"""A notice in words, for its line in the portal and for its mail. No recipient of points is named in either."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from allocations.domain.notices import NoticeKind
from allocations.domain.pauses import Pause, sentence
from allocations.models import Notice
from allocations.presenters.numbers import counted, points
from allocations.presenters.stories import person
from allocations.services.mailing import Mail

LABELS = {
    NoticeKind.TO_APPROVE: "A batch waits for my approval",
    NoticeKind.SENT_BACK: "My batch was sent back",
    NoticeKind.APPROVED: "My batch was approved",
    NoticeKind.PAUSED: "The run of my batch paused",
    NoticeKind.SETTLED: "The run of my batch ended",
    NoticeKind.UNKNOWN: "Rows of my batch have been unknown for long",
    NoticeKind.QUESTION: "An approver asks about my batch",
    NoticeKind.ANSWER: "My question was answered",
}
_HEADS = {
    NoticeKind.TO_APPROVE: "To approve",
    NoticeKind.SENT_BACK: "Sent back",
    NoticeKind.APPROVED: "Approved",
    NoticeKind.PAUSED: "Run paused",
    NoticeKind.SETTLED: "Run ended",
    NoticeKind.UNKNOWN: "Unknown rows",
    NoticeKind.QUESTION: "Question",
    NoticeKind.ANSWER: "Answered",
}


@dataclass(frozen=True, slots=True)
class Line:
    notice: Notice
    title: str
    detail: str
    address: str


def line(notice: Notice) -> Line:
    batch, kind = notice.batch, NoticeKind(notice.kind)
    title = f"{_HEADS[kind]}: batch {batch.pk}, {batch.purpose}"
    return Line(notice, title, _detail(notice, kind), _address(notice, kind))


def mail(notice: Notice) -> Mail:
    told = line(notice)
    where = f"{settings.PORTAL_URL.rstrip('/')}{told.address}"
    text = (
        f"{told.detail}\n\nSee it in the rewards portal: {where}\n\nThis mail does nothing by itself: you sign in and "
        "decide there. Which mails you get is chosen on the page Notices.\n"
    )
    return Mail(" ".join(told.title.split()), text)


def _detail(notice: Notice, kind: NoticeKind) -> str:
    rows = counted(notice.batch.row_count - notice.batch.left_out_count, "row")
    data = notice.entry.data if notice.entry else {}
    match kind:
        case NoticeKind.TO_APPROVE | NoticeKind.APPROVED:
            return f"{rows}, {points(notice.batch.points_total)}.{_approvals(data)}"
        case NoticeKind.SENT_BACK:
            return f"The reason: {data.get('reason', '')}"
        case NoticeKind.PAUSED:
            return sentence(Pause(data["why"])) if data.get("why") else "Its page says why."
        case NoticeKind.SETTLED:
            return "Every row has its outcome. The page of the batch shows what was credited and what failed."
        case NoticeKind.UNKNOWN:
            minutes = counted(settings.UNKNOWN_ROWS_MINUTES, "minute")
            return f"Rows have been unknown for more than {minutes}. They are not sent again before EnKash was asked."
        case NoticeKind.QUESTION | NoticeKind.ANSWER:
            return _about_question(notice, kind)


def _about_question(notice: Notice, kind: NoticeKind) -> str:
    """Without its words: they may name somebody."""
    who = person(notice.entry.actor if notice.entry else None)
    if kind is NoticeKind.QUESTION:
        return f"{who} asked about the list. Nobody can approve it before its makers answer."
    return f"{who} answered. Read it on the page of the approval."


def _approvals(data: Mapping[str, Any]) -> str:
    """What of two approvals was there when it was told."""
    if data.get("needed"):
        return f" {data['approvals']} of {data['needed']} approvals is given; it waits for another approver."
    return " It needs two approvers." if data.get("approvers") == 2 else ""


def _address(notice: Notice, kind: NoticeKind) -> str:
    if kind in {NoticeKind.TO_APPROVE, NoticeKind.ANSWER}:
        return reverse("allocations:batch-approval", args=[notice.batch_id])
    if kind is NoticeKind.QUESTION:
        return f"{reverse('allocations:batch', args=[notice.batch_id])}#questions"
    if notice.run_id and kind is not NoticeKind.SETTLED:
        return reverse("allocations:run", args=[notice.run_id])
    return reverse("allocations:batch", args=[notice.batch_id])
