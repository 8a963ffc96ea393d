from decimal import Decimal

import pytest

from allocations.domain.answers import Verdict
from allocations.domain.lookups import judge, without_reuse
from allocations.domain.outcomes import Evidence, Outcome
from allocations.enkash.transaction_answer import Transaction
from tests.domain.bulk_lines import sent


def transaction(**fields) -> Transaction:
    known = {
        "reference": "REF1",
        "transaction_id": "ECT1",
        "amount": Decimal(100),
        "card_id": "EKC1",
        "user_id": "EK1",
        "mobile": "9876500001",
        "status": "SUCCESS",
        "settled": True,
        "kind": "CR",
        "balance": None,
    }
    return Transaction(**(known | fields))


FAILED = transaction(settled=False, transaction_id="ECT0")


@pytest.mark.parametrize(
    ("found", "outcome", "reason"),
    [
        ([transaction()], "credited", None),
        ([transaction(reference=" ref1 ")], "credited", None),
        ([transaction(mobile="")], "credited", None),
        ([transaction(mobile="+91 98765 00001")], "credited", None),
        ([transaction(), transaction()], "credited", None),
        ([FAILED, transaction()], "credited", None),
        ([transaction(), transaction(settled=None, transaction_id="ECT2")], "credited", None),
        ([transaction(amount=Decimal(101))], "anomaly", "amount_differs"),
        ([transaction(mobile="9999999999")], "anomaly", "person_differs"),
        ([transaction(), transaction(transaction_id="ECT2")], "anomaly", "double_credit"),
        ([transaction(amount=None)], "unknown", "undecided_at_enkash"),
        ([transaction(settled=None)], "unknown", "undecided_at_enkash"),
        ([FAILED, transaction(settled=None)], "unknown", "undecided_at_enkash"),
        ([FAILED], "failed", "other"),
        ([FAILED, FAILED], "failed", "other"),
    ],
)
def test_judge_believes_what_enkash_lists(found, outcome, reason) -> None:
    """F48."""
    verdict = judge(sent(), found)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


@pytest.mark.parametrize(
    "found", [[], [transaction(reference="REF2")], [transaction(reference="")], [transaction(kind="DR")]]
)
def test_judge_takes_nothing_for_no_proof(found) -> None:
    assert judge(sent(), found) is None


def test_judge_keeps_the_ids_of_the_transaction() -> None:
    verdict = judge(sent(), [transaction()])
    assert (verdict.evidence, verdict.transaction_id, verdict.card_id, verdict.user_id, verdict.amount) == (
        *(Evidence.LOOK_UP, "ECT1", "EKC1", "EK1"),
        Decimal(100),
    )


def test_judge_credits_without_an_id_that_no_table_holds() -> None:
    verdict = judge(sent(), [transaction(transaction_id="E" * 65)])
    assert (verdict.outcome, verdict.transaction_id) == (Outcome.CREDITED, "")


def credited(row_id: int, transaction_id: str) -> Verdict:
    return Verdict(row_id, Outcome.CREDITED, Evidence.LOOK_UP, transaction_id=transaction_id)


@pytest.mark.parametrize(
    ("verdicts", "taken", "expected"),
    [
        ([credited(1, "A"), credited(2, "B")], {}, ["credited", "credited"]),
        ([credited(1, "A"), credited(2, "A")], {}, ["anomaly", "anomaly"]),
        ([credited(1, "A")], {"A": 1}, ["credited"]),
        ([credited(1, "A")], {"A": 2}, ["anomaly"]),
        ([credited(1, ""), credited(2, "")], {}, ["credited", "credited"]),
        ([Verdict(1, Outcome.FAILED, transaction_id="A")], {"A": 2}, ["failed"]),
    ],
)
def test_without_reuse_lets_one_transaction_prove_one_row(verdicts, taken, expected) -> None:
    assert [verdict.outcome for verdict in without_reuse(verdicts, taken=taken)] == expected


def test_without_reuse_keeps_the_places_of_rows_without_a_verdict() -> None:
    assert without_reuse([None, credited(2, "B")], taken={}) == [None, credited(2, "B")]
