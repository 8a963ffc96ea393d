"""Faults in look-ups, tokens and envelopes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from allocations.enkash.simulator.answers import Answer, Endpoint, success
from allocations.enkash.simulator.kind import Kind

CODES: Final = ("code", "response_code")
TEXTS: Final = ("message", "response_message")


def lookup_empty(_answer: Answer) -> Answer:
    return success({"recordsCount": 0, "data": []})


def lookup_wrong_shape(_answer: Answer, *, payload: object = "SUCCESS") -> Answer:
    return success(payload)


def lookup_rows(answer: Answer) -> list[dict[str, Any]]:
    """The transactions of an answer, to be edited in place; none in a refusal."""
    document = answer.document
    if isinstance(document, dict) and isinstance(payload := document.get("payload"), dict):
        return [row for row in payload.get("data", []) if isinstance(row, dict)]
    return []


def lookup_other_amount(answer: Answer, *, by: int = 1) -> Answer:
    for row in lookup_rows(answer):
        row["principalAmount"] += by
    return answer


def lookup_other_person(answer: Answer) -> Answer:
    for row in lookup_rows(answer):
        row |= {"mobile": "9999999999", "userId": "EK999999", "enkashCardId": "EKC9999999"}
    return answer


def lookup_status(answer: Answer, *, status: str = "CREATED") -> Answer:
    for row in lookup_rows(answer):
        row["status"] = status
    return answer


def token_member(answer: Answer, name: str, value: object) -> Answer:
    """The token answer with one member set, or left out where the value is None."""
    document = answer.document
    if answer.status != 200 or not isinstance(document, dict):
        return answer
    members = document | {name: value}
    return replace(answer, document={key: each for key, each in members.items() if each is not None})


def token_without_token(answer: Answer) -> Answer:
    return token_member(answer, "access_token", None)


def token_expires_in(answer: Answer, *, value: object = 0) -> Answer:
    return token_member(answer, "expires_in", value)


def response_envelope(answer: Answer, *, form: str = "response") -> Answer:
    """form: response or code (names of the members), no_code, text_code ("0"), upper (names in capitals)."""
    document = answer.document
    if not isinstance(document, dict):
        return answer
    code = document.get("code", document.get("response_code"))
    text = document.get("message", document.get("response_message"))
    forms: dict[str, dict[str, object]] = {
        "response": {"response_code": code, "response_message": text},
        "code": {"code": code, "message": text},
        "no_code": {"message": text},
        "text_code": {"code": str(code), "message": text},
        "upper": {"CODE": code, "MESSAGE": text},
    }
    rest = {name: value for name, value in document.items() if name not in (*CODES, *TEXTS)}
    return replace(answer, document=forms[form] | rest)


LOOKUP: Final = Endpoint.TRANSACTIONS
KINDS: Final[Mapping[str, Kind]] = {
    "lookup_empty": Kind(endpoint=LOOKUP, change=lookup_empty),
    "lookup_wrong_shape": Kind(endpoint=LOOKUP, change=lookup_wrong_shape),
    "lookup_other_amount": Kind(endpoint=LOOKUP, change=lookup_other_amount),
    "lookup_other_person": Kind(endpoint=LOOKUP, change=lookup_other_person),
    "lookup_status": Kind(endpoint=LOOKUP, change=lookup_status),
    "token_without_token": Kind(endpoint=Endpoint.TOKEN, change=token_without_token),
    "token_expires_in": Kind(endpoint=Endpoint.TOKEN, change=token_expires_in),
    "response_envelope": Kind(change=response_envelope, is_answer=True),
}
