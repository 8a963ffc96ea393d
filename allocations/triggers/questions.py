"""What was asked and answered stays, and nobody approves over an open question.

A question and a vote for the same content lock its batch, so that of two at once the second sees the first.
"""

from allocations.triggers.trigger import Trigger

_LOCK = "SELECT 1 FROM allocations_batch b WHERE b.id = NEW.batch_id FOR NO KEY UPDATE"
_OPEN = (
    "EXISTS (SELECT 1 FROM allocations_question q WHERE q.batch_id = {batch} AND q.version = NEW.version"
    " AND NOT EXISTS (SELECT 1 FROM allocations_questionreply r WHERE r.question_id = q.id))"
)
# Whoever had a hand in the batch `b`.
_MAKER = (
    "({who} IN (b.uploaded_by_id, b.submitted_by_id) OR EXISTS (SELECT 1 FROM allocations_batcheditor e"
    " WHERE e.batch_id = b.id AND e.user_id = {who}))"
)
_QUESTION_KEPT = ("batch_id", "version", "digest", "sha256", "asked_by_id", "asked_at")
_REPLY_KEPT = ("question_id", "kind", "sha256", "replied_by_id", "replied_at")


def _changed(columns: tuple[str, ...], *, batch: str) -> str:
    """Anything but that the words go with the batch's other personal data."""
    kept = " AND ".join(f"NEW.{column} = OLD.{column}" for column in columns)
    erased = f"EXISTS (SELECT 1 FROM allocations_batch b WHERE b.id = {batch} AND b.erased_at IS NOT NULL)"  # noqa: S608 - our own columns
    return f"NOT (NEW.text = '' AND NEW.salt = '' AND {kept} AND {erased})"


QUESTION_TRIGGERS = (
    Trigger(
        "question_about_waiting",
        "allocations_question",
        "INSERT",
        "NEW.text = '' OR NOT EXISTS (SELECT 1 FROM allocations_batch b WHERE b.id = NEW.batch_id"  # noqa: S608 - our own columns
        " AND b.state = 'submitted' AND b.version = NEW.version AND b.digest = NEW.digest"
        f" AND NOT {_MAKER.format(who='NEW.asked_by_id')})",
        "a question is asked by no maker, and about the content that waits",
        lock=_LOCK,
    ),
    Trigger(
        "question_stays",
        "allocations_question",
        "UPDATE",
        _changed(_QUESTION_KEPT, batch="OLD.batch_id"),
        "a question is never changed",
    ),
    Trigger("question_no_delete", "allocations_question", "DELETE", "1 = 1", "a question is never deleted"),
    Trigger(
        "question_reply_fits",
        "allocations_questionreply",
        "INSERT",
        "NEW.text = '' OR NOT EXISTS (SELECT 1 FROM allocations_question q"  # noqa: S608 - our own columns
        " JOIN allocations_batch b ON b.id = q.batch_id"
        " WHERE q.id = NEW.question_id AND b.state = 'submitted' AND b.version = q.version"
        " AND NOT EXISTS (SELECT 1 FROM allocations_questionreply r WHERE r.question_id = q.id"
        " AND (r.kind = 'take_back' OR NEW.kind = 'take_back'))"
        f" AND ((NEW.kind = 'answer' AND {_MAKER.format(who='NEW.replied_by_id')})"
        " OR (NEW.kind = 'take_back' AND NEW.replied_by_id = q.asked_by_id)))",
        "a maker answers while the content waits, or who asked takes the open question back",
    ),
    Trigger(
        "question_reply_stays",
        "allocations_questionreply",
        "UPDATE",
        _changed(_REPLY_KEPT, batch="(SELECT q.batch_id FROM allocations_question q WHERE q.id = OLD.question_id)"),
        "an answer is never changed",
    ),
    Trigger("question_reply_no_delete", "allocations_questionreply", "DELETE", "1 = 1", "an answer is never deleted"),
    Trigger(
        "vote_over_no_question",
        "allocations_vote",
        "INSERT",
        _OPEN.format(batch="NEW.batch_id"),
        "nobody approves over an open question",
        only_if="NEW.decision = 'approve'",
        lock=_LOCK,
    ),
    Trigger(
        "batch_approved_over_no_question",
        "allocations_batch",
        "UPDATE",
        _OPEN.format(batch="NEW.id"),
        "a batch with an open question is not approved",
        only_if="NEW.state = 'approved' AND OLD.state <> 'approved'",
    ),
)
