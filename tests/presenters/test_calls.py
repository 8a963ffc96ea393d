import pytest

from allocations.presenters.calls import CallLine, call_lines
from allocations.selectors.runs import call_counts, latest_attempts
from tests.factories.lists import RowFactory
from tests.factories.runs import AttemptFactory, AttemptRowFactory, ChunkFactory

pytestmark = pytest.mark.django_db


def test_each_call_says_what_it_did_itself_and_no_credit_is_told_twice():
    chunk = ChunkFactory(row_count=6, credited=4, failed=1, unknown=1)
    lost = AttemptFactory(chunk=chunk, number=1, state="unknown", result="server_error", row_count=5)
    again = AttemptFactory(chunk=chunk, number=2, result="rows", row_count=2)
    on_its_way = AttemptFactory(chunk=chunk, number=3, state="intent", answered_at=None, body=None, row_count=1)
    became = [
        ("credited", "look_up"),
        ("credited", "look_up"),
        ("failed", "people"),
        ("unknown", ""),
        ("credited", "answer"),
    ]
    rows = [
        RowFactory(
            batch=chunk.run.batch,
            number=number,
            chunk=chunk,
            state=state,
            evidence=evidence,
            credited_amount=500,
            payload_hash="ab" * 32,
        )
        for number, (state, evidence) in enumerate(became, start=2)
    ]
    for row in rows:
        AttemptRowFactory(attempt=lost, row=row, outcome="unknown", evidence="")
    AttemptRowFactory(attempt=again, row=rows[-1])
    refused = RowFactory(batch=chunk.run.batch, number=9, chunk=chunk, state="failed", payload_hash="ab" * 32)
    AttemptRowFactory(attempt=again, row=refused, outcome="failed")

    latest = list(latest_attempts(chunk.run, 10))

    since = "Since then: 2 credited by look-up, 1 decided by people, 1 sent again, 1 still open"
    assert call_lines(latest, call_counts(latest)) == [
        CallLine(on_its_way, "being sent", None, None, None, ""),
        CallLine(again, "answered, row by row", 1, 1, 0, ""),
        CallLine(lost, "EnKash's server failed", 0, 0, 5, since),
    ]


def test_a_call_whose_rows_are_all_as_open_as_it_left_them_says_no_more():
    lost = AttemptFactory(state="unknown", result="no_answer", row_count=1)
    row = RowFactory(batch=lost.chunk.run.batch, chunk=lost.chunk, state="unknown", payload_hash="ab" * 32)
    AttemptRowFactory(attempt=lost, row=row, outcome="", evidence="")
    assert call_lines([lost], call_counts([lost])) == [CallLine(lost, "no answer", 0, 0, 1, "")]
