"""Faults in the rows of a bulk answer. They leave an answer that has no rows as it is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from allocations.enkash.simulator.answers import Answer
from allocations.enkash.simulator.drift import extended, renamed
from allocations.enkash.simulator.kind import Kind
from allocations.enkash.simulator.work import Work

SUCCESSES: Final = "successBulkEnKashCardCreateDTOs"
FAILURES: Final = "failureBulkEnKashCardCreateDTOs"
STRANGER: Final = {"mobile": "9999999999", "email": "stranger@example.com", "name": "Nobody Asked"}

Rows = list[dict[str, Any]]
P = ParamSpec("P")


def edits_payload(edit: Callable[Concatenate[dict[str, Any], P], None]) -> Callable[Concatenate[Answer, P], Answer]:
    """Lets a function that edits a bulk payload in place stand as a change of answers."""

    @wraps(edit)
    def change(answer: Answer, /, *args: P.args, **options: P.kwargs) -> Answer:
        document = answer.document
        if isinstance(document, dict) and isinstance(payload := document.get("payload"), dict):
            edit(payload, *args, **options)
        return answer

    return change


def some(rows: Rows, index: int) -> Rows:
    """The row at the index, in a list that is empty where there is none."""
    return rows[index : index + 1]


@edits_payload
def valid_prefix(payload: dict[str, Any], *, missing: str = FAILURES) -> None:
    """The answer as if cut before the named member and closed by chance."""
    names = list(payload)
    for name in names[names.index(missing) :] if missing in payload else ():
        del payload[name]


@edits_payload
def counts_wrong(payload: dict[str, Any], *, success: int = 1, failure: int = 0, total: int = 0) -> None:
    """The three numbers are added to the three counts."""
    for name, by in (("successCount", success), ("failureCount", failure), ("totalCount", total)):
        payload[name] = payload.get(name, 0) + by


@edits_payload
def row_in_neither(payload: dict[str, Any], *, index: int = 0) -> None:
    del payload[SUCCESSES][index : index + 1]


@edits_payload
def row_in_both(payload: dict[str, Any], *, index: int = 0, reason: str = "") -> None:
    for row in some(payload[SUCCESSES], index):
        copy = {name: row[name] for name in ("name", "mobile", "loadAmount", "companyId", "cardAccountId")}
        payload[FAILURES].append(copy | ({"failureReason": reason} if reason else {}))
        payload["failureCount"] += 1


@edits_payload
def extra_success(payload: dict[str, Any]) -> None:
    for row in some(payload[SUCCESSES], 0):
        payload[SUCCESSES].append(row | STRANGER | {"enkashCardTxnId": "ECTSTRANGER01", "userId": "EK999999"})
        payload["successCount"] += 1


@edits_payload
def double_success(payload: dict[str, Any], *, index: int = 0, same_id: bool = False) -> None:
    """One row reported twice, under one transaction id or two."""
    for row in some(payload[SUCCESSES], index):
        other = row["enkashCardTxnId"][:-1] + "-"
        payload[SUCCESSES].append(row if same_id else row | {"enkashCardTxnId": other})


@edits_payload
def other_account(payload: dict[str, Any], *, index: int = 0, field: str = "cardAccountId") -> None:
    for row in some(payload[SUCCESSES], index):
        row[field] = "CAOTHER"


@edits_payload
def amount_misreported(payload: dict[str, Any], *, index: int = 0, by: int = 1) -> None:
    for row in some(payload[SUCCESSES], index):
        row["loadAmount"] += by


@edits_payload
def txn_reused(payload: dict[str, Any], *, index: int = 1, transaction_id: str = "") -> None:
    """The row carries the given transaction id, or that of the first row."""
    for row in some(payload[SUCCESSES], index):
        row["enkashCardTxnId"] = transaction_id or payload[SUCCESSES][0]["enkashCardTxnId"]


@edits_payload
def txn_empty(payload: dict[str, Any], *, index: int = 0, value: str | None = "") -> None:
    for row in some(payload[SUCCESSES], index):
        row["enkashCardTxnId"] = value


@edits_payload
def mobile_format(payload: dict[str, Any], *, form: str = "plus91") -> None:
    """form: plus91, zero, number or masked."""
    for row in (*payload[SUCCESSES], *payload[FAILURES]):
        row["mobile"] = MOBILE_FORMS[form](row["mobile"])


@edits_payload
def amount_format(payload: dict[str, Any], *, form: str = "text") -> None:
    """form: text ("10"), float (10.0) or half (10.5)."""
    for row in (*payload[SUCCESSES], *payload[FAILURES]):
        row["loadAmount"] = AMOUNT_FORMS[form](row["loadAmount"])


@edits_payload
def rows_reversed(payload: dict[str, Any]) -> None:
    payload[SUCCESSES].reverse()
    payload[FAILURES].reverse()


MOBILE_FORMS: Final[Mapping[str, Callable[[str], object]]] = {
    "plus91": lambda mobile: f"+91 {mobile}",
    "zero": lambda mobile: f"0{mobile}",
    "number": int,
    "masked": lambda mobile: f"XXXXXX{mobile[-4:]}",
}
AMOUNT_FORMS: Final[Mapping[str, Callable[[int], object]]] = {
    "text": str,
    "float": float,
    "half": lambda amount: amount + 0.5,
}


def field_renamed(answer: Answer, *, field: str = "enkashCardTxnId", to: str = "transactionRef") -> Answer:
    """One name replaced, wherever it stands in the answer."""
    return replace(answer, document=renamed(answer.document, old=field, new=to))


def field_added(answer: Answer, *, field: str = "loyaltyTier", value: object = "GOLD") -> Answer:
    """One more field in each entry of the answer."""
    return replace(answer, document=extended(answer.document, name=field, value=value))


def wall(*, index: int = 1) -> Work:
    return Work(wall=index)


def exists(*, index: int = 0) -> Work:
    return Work(exists=frozenset({index}))


def added(*, index: int = 0, by: int = 1) -> Work:
    return Work(added={index: Decimal(by)})


KINDS: Final[Mapping[str, Kind]] = {
    "valid_prefix": Kind(change=valid_prefix),
    "counts_wrong": Kind(change=counts_wrong),
    "row_in_neither": Kind(change=row_in_neither),
    "row_in_both": Kind(change=row_in_both),
    "extra_success": Kind(change=extra_success, is_answer=True),
    "double_success": Kind(change=double_success, is_answer=True),
    "other_account": Kind(change=other_account, is_answer=True),
    "amount_changed": Kind(plan=added, is_answer=True),
    "amount_misreported": Kind(change=amount_misreported, is_answer=True),
    "txn_reused": Kind(change=txn_reused, is_answer=True),
    "txn_empty": Kind(change=txn_empty, is_answer=True),
    "mobile_format": Kind(change=mobile_format, is_answer=True),
    "amount_format": Kind(change=amount_format, is_answer=True),
    "rows_reversed": Kind(change=rows_reversed, is_answer=True),
    "field_renamed": Kind(change=field_renamed),
    "field_added": Kind(change=field_added, is_answer=True),
    "insufficient_mid": Kind(plan=wall, is_answer=True),
    "already_exists_first": Kind(plan=exists, is_answer=True),
}
