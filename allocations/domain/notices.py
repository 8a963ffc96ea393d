"""Who is told of what. Nothing is done by a notice: it says what happened and where to look."""

from enum import StrEnum


class NoticeKind(StrEnum):
    TO_APPROVE = "to_approve"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    PAUSED = "paused"
    SETTLED = "settled"
    UNKNOWN = "unknown"


class MailState(StrEnum):
    """What became of a notice's mail. SENDING and UNSURE may have arrived, so they are never sent again."""

    NONE = "none"
    WANTED = "wanted"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    GIVEN_UP = "given_up"


# Entries of the trail that somebody is told of. UNKNOWN is no event: time passes.
KIND_OF = {
    "batch submitted": NoticeKind.TO_APPROVE,
    "batch sent back": NoticeKind.SENT_BACK,
    "batch approved": NoticeKind.APPROVED,
    "run pause": NoticeKind.PAUSED,
    "run settle": NoticeKind.SETTLED,
}
MOST_TRIES = 8


def readers(
    kind: NoticeKind, *, makers: frozenset[int], approvers: frozenset[int], approved_by: int | None, actor: int | None
) -> frozenset[int]:
    """Everybody whom it concerns but the person who did it."""
    decided = frozenset() if approved_by is None else frozenset({approved_by})
    concerned = {
        NoticeKind.TO_APPROVE: approvers - makers,
        NoticeKind.SENT_BACK: makers,
        NoticeKind.APPROVED: makers,
        NoticeKind.PAUSED: makers | decided,
        NoticeKind.SETTLED: makers | decided,
        NoticeKind.UNKNOWN: makers | decided,
    }
    return concerned[kind] - {actor}
