"""Every rule of "Matching DTOs to rows" of the protocol, by its number, and faults F42 to F45."""

from dataclasses import replace
from decimal import Decimal

import pytest

from allocations.domain.answers import Verdict
from allocations.domain.matching import last_ten
from allocations.domain.outcomes import Evidence, Outcome, Reason
from allocations.domain.pauses import Pause
from tests.domain.bulk_lines import EXISTS, POOR, credit, failure, outcomes, read, sent

CREDITED = [("credited", None)]


def test_classify_credit_gives_ids_and_balances() -> None:
    assert read(credit()).verdicts == (
        Verdict(
            1,
            Outcome.CREDITED,
            Evidence.ANSWER,
            transaction_id="ECT1",
            card_id="EKC1",
            user_id="EK1",
            amount=Decimal(100),
            account_balance=Decimal(900),
            user_balance=Decimal(100),
        ),
    )


@pytest.mark.parametrize(
    ("line", "expected", "pause"),
    [
        (credit(reference="ref1", mobile="", email=""), "credited", None),
        (credit(reference=" REF1 "), "credited", None),
        (credit(reference="REF9"), "unknown", Pause.IMPOSSIBLE),
        (failure(reference="REF9"), "unknown", None),
        (failure(reference="REF1", mobile=""), "failed", None),
    ],
)
def test_classify_rule_1_believes_a_reference_first(line, expected, pause) -> None:
    found = read(line)
    assert (found.verdicts[0].outcome, found.pause) == (expected, pause)


@pytest.mark.parametrize(
    "mobile", ["9876500001", "+91 98765 00001", "09876500001", "+91-98765-00001", "(91)9876500001"]
)
def test_classify_rule_2_finds_the_mobile_in_any_notation(mobile: str) -> None:
    assert outcomes(read(credit(mobile=mobile))) == CREDITED


@pytest.mark.parametrize("mobile", ["XXXXXX0001", "0001", "98765०0001", "9876500009", "987650000\ud8001"])
def test_classify_rule_2_never_guesses_a_mobile(mobile: str) -> None:
    found = read(credit(mobile=mobile))
    assert (outcomes(found), found.pause) == ([("unknown", "not_in_answer")], Pause.IMPOSSIBLE)


def test_classify_rule_2_falls_back_on_the_email_without_a_mobile() -> None:
    assert outcomes(read(credit(mobile="", email=" P1@Example.com "))) == CREDITED


def test_classify_rule_2_takes_two_candidates_for_none() -> None:
    rows = [sent(1, email="same@example.com"), sent(2, email="same@example.com")]
    found = read(credit(mobile="", email="same@example.com"), rows=rows)
    assert (outcomes(found), found.pause) == ([("unknown", "not_in_answer")] * 2, Pause.IMPOSSIBLE)


@pytest.mark.parametrize("line", [credit(mobile="", email=""), failure(mobile="", email="")])
def test_classify_rule_2_finds_nobody_without_any_key(line) -> None:
    assert outcomes(read(line, rows=[sent(email="")])) == [("unknown", "not_in_answer")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"email": "other@example.com"}, Reason.EMAIL_DIFFERS),
        ({"amount": Decimal(101)}, Reason.AMOUNT_DIFFERS),
        ({"amount": Decimal("100.5")}, Reason.AMOUNT_DIFFERS),
        ({"company_id": "CEKOTHER"}, Reason.ACCOUNT_DIFFERS),
        ({"card_account_id": "CAOTHER"}, Reason.ACCOUNT_DIFFERS),
        ({"reference": "REF1", "mobile": "9999999999"}, Reason.PERSON_DIFFERS),
    ],
)
def test_classify_rule_3_stops_at_a_contradiction(changes, reason) -> None:
    found = read(credit(**changes))
    assert (outcomes(found), found.pause) == ([("anomaly", reason.value)], Pause.IMPOSSIBLE)


def test_classify_rule_3_keeps_the_amount_that_enkash_says() -> None:
    assert read(credit(amount=Decimal(101))).verdicts[0].amount == Decimal(101)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": None}, Reason.AMOUNT_MISSING),
        ({"transaction_id": ""}, Reason.NO_TRANSACTION_ID),
        ({"transaction_id": "E" * 65}, Reason.NO_TRANSACTION_ID),
    ],
)
def test_classify_rule_3_takes_half_a_proof_for_none(changes, reason) -> None:
    found = read(credit(**changes))
    assert (outcomes(found), found.pause) == ([("unknown", reason.value)], None)


def test_classify_rule_3_refuses_an_id_that_another_row_has() -> None:
    found = read(credit(), taken={"ECT1": 7})
    assert (outcomes(found), found.pause) == ([("anomaly", "transaction_reused")], Pause.IMPOSSIBLE)


def test_classify_rule_3_accepts_the_id_that_the_row_has_already() -> None:
    assert outcomes(read(credit(), taken={"ECT1": 1})) == CREDITED


def test_classify_rule_3_refuses_one_id_for_two_rows() -> None:
    found = read(credit(1), credit(2, transaction_id="ECT1"), rows=[sent(1), sent(2)])
    assert outcomes(found) == [("anomaly", "transaction_reused")] * 2


@pytest.mark.parametrize(
    "changes", [{"email": ""}, {"company_id": "", "card_account_id": ""}, {"email": "P1@EXAMPLE.COM"}]
)
def test_classify_rule_3_does_not_need_every_field(changes) -> None:
    assert outcomes(read(credit(**changes))) == CREDITED


def test_classify_rule_4_finds_a_failure_by_mobile() -> None:
    found = read(credit(1), failure(2), rows=[sent(1), sent(2)])
    assert outcomes(found) == [("credited", None), ("failed", "other")]


def test_classify_rule_5_trusts_a_credit_beside_already_exists() -> None:
    assert outcomes(read(credit(), failure(reason=EXISTS))) == CREDITED


def test_classify_rule_5_distrusts_a_row_in_both_lists() -> None:
    found = read(credit(), failure())
    assert (outcomes(found), found.pause) == ([("anomaly", "both_lists")], Pause.IMPOSSIBLE)


def test_classify_rule_6_reads_a_repeated_line_once() -> None:
    found = read(credit(), credit())
    assert (outcomes(found), found.notes) == (CREDITED, ("1 rows have more than one success line.",))


def test_classify_rule_6_stops_at_two_credits_and_counts_both() -> None:
    found = read(credit(), credit(transaction_id="ECT9", amount=Decimal(50)))
    assert (outcomes(found), found.pause) == ([("anomaly", "double_credit")], Pause.IMPOSSIBLE)
    assert found.verdicts[0].amount == Decimal(150)


def test_classify_rule_6_distrusts_repeated_lines_that_differ() -> None:
    lines = credit(), credit(amount=Decimal(500))
    assert outcomes(read(*lines)) == outcomes(read(*reversed(lines))) == [("anomaly", "amount_differs")]


def test_classify_rule_7_knows_nothing_of_a_row_in_neither_list() -> None:
    assert outcomes(read(credit(2), rows=[sent(1), sent(2)])) == [("unknown", "not_in_answer"), ("credited", None)]


def test_classify_rule_8_stops_at_a_credit_for_nobody_asked() -> None:
    found = read(credit(1), credit(9))
    assert (outcomes(found), found.pause) == (CREDITED, Pause.IMPOSSIBLE)
    assert found.notes == ("1 success lines belong to no row of the request.",)


def test_classify_rule_8_only_notes_a_failure_of_nobody_asked() -> None:
    found = read(credit(1), failure(9))
    assert (found.pause, found.notes) == (None, ("1 failure lines belong to no row of the request.",))


@pytest.mark.parametrize(
    "counts", [{"success_count": 2}, {"failure_count": 0}, {"total_count": 1}, {"total_count": None}]
)
def test_classify_rule_9_lets_only_proofs_stand_where_counts_differ(counts) -> None:
    found = read(credit(1), failure(2), rows=[sent(1), sent(2)], **counts)
    assert (outcomes(found), found.pause) == ([("credited", None), ("unknown", "counts_differ")], Pause.COUNTS)


def test_classify_rule_9_names_all_three_counts() -> None:
    detail = "successCount 2 for 1 lines, failureCount 0 for 0 lines, totalCount 1 for 1 rows"
    assert read(credit(), success_count=2).detail == detail


def test_classify_rule_9_says_the_graver_thing_where_an_answer_is_impossible_too() -> None:
    found = read(credit(), credit(transaction_id="ECT9"), success_count=1)
    assert (found.pause, found.detail) == (Pause.IMPOSSIBLE, "")


@pytest.mark.parametrize(
    ("text", "reason", "pause"),
    [
        (POOR, "insufficient_balance", Pause.BALANCE),
        ("KYC is not uploaded or under review for the primary card. So bulk", "kyc", Pause.CONFIGURATION),
        ("Bin Type  is not mapped on PLANMASTER", "configuration", Pause.CONFIGURATION),
        ("Blocked", "other", None),
        ("  ", "no_reason", None),
    ],
)
def test_classify_rules_10_and_11_pause_where_later_rows_would_fail_too(text, reason, pause) -> None:
    found = read(failure(reason=text))
    assert (outcomes(found), found.pause) == ([("failed", reason)], pause)
    assert found.detail == (text if pause else "")


def test_classify_rule_10_quotes_the_text_that_stops_the_run() -> None:
    text = "Card Account does not exist for this partner"
    found = read(failure(1, POOR), failure(2, text), rows=[sent(1), sent(2)])
    assert (found.pause, found.detail) == (Pause.CONFIGURATION, text)


def test_classify_takes_the_same_failure_from_lines_in_any_order() -> None:
    lines = failure(reason="Blocked"), failure(reason=POOR), failure(reason="Absent")
    assert read(*lines).verdicts == read(*reversed(lines)).verdicts
    assert outcomes(read(*lines)) == [("failed", "insufficient_balance")]


@pytest.mark.parametrize(("sent_before", "outcome"), [(False, Outcome.CONFLICT), (True, Outcome.UNKNOWN)])
def test_classify_already_exists_never_proves_a_credit(sent_before, outcome) -> None:
    verdict = read(failure(reason=EXISTS), rows=[sent(sent_before=sent_before)]).verdicts[0]
    assert (verdict.outcome, verdict.evidence, verdict.text) == (outcome, None, EXISTS)
    assert verdict.reason is Reason.DUPLICATE_REFERENCE


def test_classify_f42_never_uses_names() -> None:
    assert outcomes(read(credit(name="\u202eoaR ahsA"))) == CREDITED


@pytest.mark.parametrize("amount", ["100", "100.0", "1E+2"])
def test_classify_f45_compares_amounts_as_numbers(amount: str) -> None:
    assert outcomes(read(credit(amount=Decimal(amount)))) == CREDITED


def test_classify_empty_answer_leaves_every_row_unknown() -> None:
    rows = [sent(1), sent(2)]
    found = read(rows=rows, total_count=None, success_count=None, failure_count=None)
    assert (outcomes(found), found.pause) == ([("unknown", "not_in_answer")] * 2, Pause.COUNTS)


def test_classify_cuts_ids_that_no_table_holds() -> None:
    long = replace(credit(), card_id="C" * 70, user_id="U" * 70, transaction_id="T" * 70, amount=Decimal(1))
    verdict = read(long).verdicts[0]
    assert (len(verdict.card_id), len(verdict.user_id), len(verdict.transaction_id)) == (64, 64, 64)


@pytest.mark.parametrize(
    ("text", "digits"), [("+919876500001", "9876500001"), ("987650000", ""), ("", ""), ("9876500001a", "")]
)
def test_last_ten_is_empty_when_unsure(text: str, digits: str) -> None:
    """F44."""
    assert last_ten(text) == digits
