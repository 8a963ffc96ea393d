"""What callers read and write, under one name."""

from allocations.enkash.account_answer import AccountDetails
from allocations.enkash.answer import AnswerKind
from allocations.enkash.bulk_answer import BulkAnswer, BulkReport, CreditLine, FailureLine, read_bulk_answer
from allocations.enkash.single_call import (
    Direction,
    SingleAnswer,
    SingleOrder,
    read_single_answer,
    single_body,
)
from allocations.enkash.transaction_answer import Transaction
from allocations.enkash.transport import RawAnswer

__all__ = [
    "AccountDetails",
    "AnswerKind",
    "BulkAnswer",
    "BulkReport",
    "CreditLine",
    "Direction",
    "FailureLine",
    "RawAnswer",
    "SingleAnswer",
    "SingleOrder",
    "Transaction",
    "read_bulk_answer",
    "read_single_answer",
    "single_body",
]
