"""Sent rows and the lines of an answer, for the tests of matching. Every person is invented."""

from dataclasses import replace
from decimal import Decimal

from allocations.domain.answers import AccountIds, Classified, Sent
from allocations.domain.matching import classify
from allocations.enkash.bulk_answer import BulkReport, CreditLine, FailureLine

ACCOUNT = AccountIds("CEKDEMO001", "CADEMO1")
EXISTS = "The transaction associated with the given Unique reference Number already exists"
POOR = "Insufficient balance in card account"


def sent(number: int = 1, **fields) -> Sent:
    row = Sent(number, f"REF{number}", f"987650{number:04}", f"p{number}@example.com", 100)
    return replace(row, **fields)


def credit(number: int = 1, **fields) -> CreditLine:
    row = sent(number)
    line = CreditLine(
        reference="",
        mobile=row.mobile,
        email=row.email,
        name="",
        amount=Decimal(100),
        company_id=ACCOUNT.company_id,
        card_account_id=ACCOUNT.card_account_id,
        transaction_id=f"ECT{number}",
        card_id=f"EKC{number}",
        user_id=f"EK{number}",
        account_balance=Decimal(900),
        user_balance=Decimal(100),
    )
    return replace(line, **fields)


def failure(number: int = 1, reason: str = "Blocked", **fields) -> FailureLine:
    row = sent(number)
    line = FailureLine("", row.mobile, row.email, "", Decimal(100), reason)
    return replace(line, **fields)


def report(*lines: CreditLine | FailureLine, rows: int, **counts) -> BulkReport:
    credits_ = tuple(line for line in lines if isinstance(line, CreditLine))
    failures = tuple(line for line in lines if isinstance(line, FailureLine))
    whole = BulkReport(credits_, failures, len(credits_), len(failures), rows, ())
    return replace(whole, **counts)


def read(*lines: CreditLine | FailureLine, rows: list[Sent] | None = None, taken=None, **counts) -> Classified:
    rows = [sent()] if rows is None else rows
    return classify(report(*lines, rows=len(rows), **counts), rows, account=ACCOUNT, taken=taken)


def outcomes(classified: Classified) -> list[tuple[str, str | None]]:
    return [(verdict.outcome.value, verdict.reason and verdict.reason.value) for verdict in classified.verdicts]
