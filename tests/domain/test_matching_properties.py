"""What holds of every answer, however mad."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.outcomes import Outcome
from allocations.domain.pauses import Pause
from tests.domain.bulk_lines import ACCOUNT, EXISTS, POOR, credit, failure, read, sent

NUMBERS = st.integers(min_value=1, max_value=5)
REFERENCES = st.sampled_from(["", "", "REF1", "REF2", "REF9"])
MOBILES = st.sampled_from(["9876500001", "+919876500002", "9876500003", "", "XXXXXX0001", "9999999999"])
EMAILS = st.sampled_from(["", "p1@example.com", "p3@example.com", "other@example.com"])
CREDITS = st.builds(
    credit,
    NUMBERS,
    reference=REFERENCES,
    mobile=MOBILES,
    email=EMAILS,
    amount=st.sampled_from([Decimal(100), Decimal("100.0"), Decimal(99), None]),
    card_account_id=st.sampled_from(["", ACCOUNT.card_account_id, "CAOTHER"]),
    transaction_id=st.sampled_from(["", "ECT1", "ECT2", "ECT3", "ECT4"]),
)
FAILURES = st.builds(
    failure, NUMBERS, st.sampled_from(["", EXISTS, POOR, "Blocked"]), reference=REFERENCES, mobile=MOBILES, email=EMAILS
)
LINES = st.lists(st.one_of(CREDITS, FAILURES), max_size=8)
ROWS = st.lists(st.booleans(), min_size=1, max_size=5).map(
    lambda befores: [sent(number, sent_before=before) for number, before in enumerate(befores, start=1)]
)
TAKEN = st.dictionaries(st.sampled_from(["ECT1", "ECT2"]), st.integers(1, 9))
COUNTS = st.fixed_dictionaries({}, optional={"success_count": st.integers(0, 3), "total_count": st.none()})


@given(lines=LINES, rows=ROWS, taken=TAKEN, counts=COUNTS)
def test_classify_gives_every_sent_row_exactly_one_verdict(lines, rows, taken, counts) -> None:
    verdicts = read(*lines, rows=rows, taken=taken, **counts).verdicts
    assert [verdict.row_id for verdict in verdicts] == [row.row_id for row in rows]


@given(lines=LINES, rows=ROWS, taken=TAKEN, counts=COUNTS, data=st.data())
def test_classify_does_not_depend_on_the_order_of_lines(lines, rows, taken, counts, data) -> None:
    mixed = data.draw(st.permutations(lines))
    assert read(*lines, rows=rows, taken=taken, **counts) == read(*mixed, rows=rows, taken=taken, **counts)


@given(lines=LINES, rows=ROWS, taken=TAKEN, counts=COUNTS)
def test_classify_credits_only_with_a_line(lines, rows, taken, counts) -> None:
    found = read(*lines, rows=rows, taken=taken, **counts)
    for row, verdict in zip(rows, found.verdicts, strict=True):
        if verdict.outcome is not Outcome.CREDITED:
            continue
        assert verdict.amount == row.amount
        assert any(getattr(line, "transaction_id", "") == verdict.transaction_id != "" for line in lines)
        assert taken.get(verdict.transaction_id, row.row_id) == row.row_id


@given(lines=LINES, rows=ROWS, taken=TAKEN, counts=COUNTS)
def test_classify_never_gives_one_transaction_to_two_rows(lines, rows, taken, counts) -> None:
    found = read(*lines, rows=rows, taken=taken, **counts)
    ids = [v.transaction_id for v in found.verdicts if v.outcome is Outcome.CREDITED and v.transaction_id]
    assert len(ids) == len(set(ids))


@given(lines=LINES, rows=ROWS, taken=TAKEN, counts=COUNTS)
def test_classify_fails_a_row_only_for_a_line_of_its_own(lines, rows, taken, counts) -> None:
    found = read(*lines, rows=rows, taken=taken, **counts)
    failed = [verdict for verdict in found.verdicts if verdict.outcome is Outcome.FAILED]
    assert all(any(getattr(line, "reason", None) == verdict.text for line in lines) for verdict in failed)
    assert not failed or found.pause is not Pause.COUNTS


@given(lines=LINES, rows=ROWS, taken=TAKEN, counts=COUNTS)
def test_classify_stops_the_run_at_every_contradiction(lines, rows, taken, counts) -> None:
    found = read(*lines, rows=rows, taken=taken, **counts)
    if any(verdict.outcome is Outcome.ANOMALY for verdict in found.verdicts):
        assert found.pause is Pause.IMPOSSIBLE
