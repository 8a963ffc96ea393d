"""Who is told of what. Nothing is done by a notice: it says what happened and where to look."""

from enum import StrEnum


class NoticeKind(StrEnum):
    TO_APPROVE = "to_approve"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    PAUSED = "paused"
    SETTLED = "settled"
    UNKNOWN = "unknown"
    QUESTION = "question"
    ANSWER = "answer"


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
    "batch approval given": NoticeKind.TO_APPROVE,
    "batch sent back": NoticeKind.SENT_BACK,
    "batch approved": NoticeKind.APPROVED,
    "run pause": NoticeKind.PAUSED,
    "run settle": NoticeKind.SETTLED,
    "question asked": NoticeKind.QUESTION,
    "question answered": NoticeKind.ANSWER,
}
MOST_TRIES = 8


def readers(
    kind: NoticeKind,
    *,
    makers: frozenset[int],
    approvers: frozenset[int],
    voters: frozenset[int],
    actor: int | None,
    asker: int | None = None,
) -> frozenset[int]:
    """Everybody whom it concerns but the person who did it. `approvers`: whose approval could count; `voters`: who
    approved the content as it is now; `asker`: whose question was answered."""
    concerned = {
        NoticeKind.TO_APPROVE: approvers - makers - voters,
        NoticeKind.SENT_BACK: makers,
        NoticeKind.APPROVED: makers,
        NoticeKind.PAUSED: makers | voters,
        NoticeKind.SETTLED: makers | voters,
        NoticeKind.UNKNOWN: makers | voters,
        NoticeKind.QUESTION: makers,
        NoticeKind.ANSWER: frozenset() if asker is None else frozenset({asker}),
    }
    return concerned[kind] - {actor}
