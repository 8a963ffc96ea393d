"""A notice in words, for its line in the portal and for its mail. No recipient of points is named in either."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from allocations.domain.notices import NoticeKind
from allocations.domain.pauses import Pause
from allocations.models import Notice
from allocations.presenters.numbers import counted, grouped, points
from allocations.presenters.pauses import advice
from allocations.presenters.stories import person
from allocations.services.mailing import Mail

LABELS = {
    NoticeKind.TO_APPROVE: gettext_noop("A batch waits for my approval"),
    NoticeKind.SENT_BACK: gettext_noop("My batch was sent back"),
    NoticeKind.APPROVED: gettext_noop("My batch was approved"),
    NoticeKind.PAUSED: gettext_noop("The run of my batch paused"),
    NoticeKind.SETTLED: gettext_noop("The run of my batch ended"),
    NoticeKind.UNKNOWN: gettext_noop("Rows of my batch have been unknown for long"),
    NoticeKind.QUESTION: gettext_noop("An approver asks about my batch"),
    NoticeKind.ANSWER: gettext_noop("My question was answered"),
}
_HEADS = {
    NoticeKind.TO_APPROVE: gettext_noop("To approve"),
    NoticeKind.SENT_BACK: gettext_noop("Sent back"),
    NoticeKind.APPROVED: gettext_noop("Approved"),
    NoticeKind.PAUSED: gettext_noop("Run paused"),
    NoticeKind.SETTLED: gettext_noop("Run ended"),
    NoticeKind.UNKNOWN: gettext_noop("Unknown rows"),
    NoticeKind.QUESTION: gettext_noop("Question"),
    NoticeKind.ANSWER: gettext_noop("Answered"),
}


@dataclass(frozen=True, slots=True)
class Line:
    notice: Notice
    title: str
    detail: str
    address: str


def line(notice: Notice) -> Line:
    batch, kind = notice.batch, NoticeKind(notice.kind)
    title = _("%(head)s: batch %(batch)s, %(purpose)s")
    said = {"head": _(_HEADS[kind]), "batch": batch.pk, "purpose": batch.purpose}
    return Line(notice, title % said, _detail(notice, kind), _address(notice, kind))


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
            said = _("%(rows)s, %(points)s.") % {"rows": rows, "points": points(notice.batch.points_total)}
            return f"{said} {_approvals(data)}".rstrip()
        case NoticeKind.SENT_BACK:
            return _("The reason: %(reason)s") % {"reason": data.get("reason", "")}
        case NoticeKind.PAUSED:
            return advice(Pause(data["why"])) if data.get("why") else _("Its page says why.")
        case NoticeKind.SETTLED:
            return _("Every row has its outcome. The page of the batch shows what was credited and what failed.")
        case NoticeKind.UNKNOWN:
            minutes = settings.UNKNOWN_ROWS_MINUTES
            return ngettext(
                "Rows have been unknown for more than %(minutes)s minute. They are not sent again before EnKash was "
                "asked.",
                "Rows have been unknown for more than %(minutes)s minutes. They are not sent again before EnKash was "
                "asked.",
                minutes,
            ) % {"minutes": grouped(minutes)}
        case NoticeKind.QUESTION | NoticeKind.ANSWER:
            return _about_question(notice, kind)


def _about_question(notice: Notice, kind: NoticeKind) -> str:
    """Without its words: they may name somebody."""
    who = person(notice.entry.actor if notice.entry else None)
    if kind is NoticeKind.QUESTION:
        said = _("%(person)s asked about the list. Nobody can approve it before its makers answer.")
    else:
        said = _("%(person)s answered. Read it on the page of the approval.")
    return said % {"person": who}


def _approvals(data: Mapping[str, Any]) -> str:
    """What of two approvals was there when it was told."""
    if data.get("needed"):
        said = _("%(given)s of %(needed)s approvals is given; it waits for another approver.")
        return said % {"given": data["approvals"], "needed": data["needed"]}
    return _("It needs two approvers.") if data.get("approvers") == 2 else ""


def _address(notice: Notice, kind: NoticeKind) -> str:
    if kind in {NoticeKind.TO_APPROVE, NoticeKind.ANSWER}:
        return reverse("allocations:batch-approval", args=[notice.batch_id])
    if kind is NoticeKind.QUESTION:
        return f"{reverse('allocations:batch', args=[notice.batch_id])}#questions"
    if notice.run_id and kind is not NoticeKind.SETTLED:
        return reverse("allocations:run", args=[notice.run_id])
    return reverse("allocations:batch", args=[notice.batch_id])
