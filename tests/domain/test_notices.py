import pytest

from allocations.domain.notices import NoticeKind, readers

MAKERS, APPROVERS = frozenset({1, 2}), frozenset({2, 3, 4})


@pytest.mark.parametrize(
    ("kind", "actor", "told"),
    [
        (NoticeKind.TO_APPROVE, 1, {4}),
        (NoticeKind.SENT_BACK, 3, {1, 2}),
        (NoticeKind.APPROVED, 3, {1, 2}),
        (NoticeKind.PAUSED, None, {1, 2, 3}),
        (NoticeKind.PAUSED, 2, {1, 3}),
        (NoticeKind.SETTLED, None, {1, 2, 3}),
        (NoticeKind.UNKNOWN, None, {1, 2, 3}),
        (NoticeKind.QUESTION, 4, {1, 2}),
        (NoticeKind.ANSWER, 1, {4}),
        (NoticeKind.ANSWER, 4, set()),
    ],
)
def test_it_is_told_to_whom_it_concerns(kind, actor, told):
    assert readers(kind, makers=MAKERS, approvers=APPROVERS, voters=frozenset({3}), actor=actor, asker=4) == told


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_batch_that_nobody_approved_has_nobody_more(kind):
    assert None not in readers(kind, makers=MAKERS, approvers=APPROVERS, voters=frozenset(), actor=None)
