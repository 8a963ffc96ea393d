from decimal import Decimal

import pytest

from allocations.domain.states import RowState
from allocations.exports.cells import OUTCOMES, Kind, Reader, cells

FULL = Reader(reasons={"kyc": "The KYC is missing."}, evidence={"answer": "EnKash's answer"}, masked=False)
MASKED = Reader(reasons={}, evidence={})

SHOWN = [
    (Kind.CODE, [None, "ECT1"], ["", "ECT1"]),
    (Kind.WORDS, ["call 9876543210"], ["call 9876543210"]),
    (Kind.MOBILE, ["9876543210"], ["9876543210"]),
    (Kind.REASON, ["kyc", "new_code", ""], ["The KYC is missing.", "new_code", ""]),
    (Kind.EVIDENCE, ["answer", ""], ["EnKash's answer", ""]),
    # As SQLite and as PostgreSQL write it.
    (Kind.INSTANT, ["2026-11-11 08:35:00.120000", None], ["2026-11-11T14:05:00+05:30", ""]),
    (Kind.INSTANT, ["2026-11-11 08:35:00", "2026-11-11 08:35:00.12+00"], ["2026-11-11T14:05:00+05:30"] * 2),
    (Kind.WHOLE, [0, 500, None], [0, 500, ""]),
    (Kind.POINTS, [Decimal("500.00"), Decimal("0.50"), None], [500, Decimal("0.50"), ""]),
]
HIDDEN = [
    (Kind.WORDS, ["call 9876543210"], ["call ******3210"]),
    (Kind.MOBILE, ["9876543210"], ["******3210"]),
    (Kind.EMAIL, ["john@example.com"], ["j***@example.com"]),
    (Kind.PAYLOAD_HASH, ["ab" * 32], [""]),
    (Kind.CODE, ["ECT9876543210"], ["ECT9876543210"]),
]


@pytest.mark.parametrize(("kind", "stored", "shown"), SHOWN)
def test_cells_of_each_kind(kind, stored, shown):
    assert list(cells(kind, stored, FULL)) == shown


@pytest.mark.parametrize(("kind", "stored", "shown"), HIDDEN)
def test_cells_masked(kind, stored, shown):
    assert list(cells(kind, stored, MASKED)) == shown


def test_cells_know_a_word_for_every_row_state():
    assert set(OUTCOMES) == set(RowState)
    assert list(cells(Kind.OUTCOME, list(RowState), FULL)) == [OUTCOMES[state] for state in RowState]


def test_cells_never_call_the_undecided_failed_or_credited():
    undecided = {OUTCOMES[state] for state in (RowState.UNKNOWN, RowState.CONFLICT, RowState.ANOMALY)}

    assert undecided == {"unknown", "conflict"}
