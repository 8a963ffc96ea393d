import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from allocations.domain.calls import CallResult
from allocations.domain.manifest import payload_bytes, payload_hash
from allocations.domain.states import AttemptState, RowState
from allocations.models import Attempt, AttemptRow, Row, Upload, Vote
from allocations.presenters import passports
from allocations.presenters.causes import CauseLine, cause_lines
from allocations.presenters.passports import Contact, Found
from allocations.presenters.reasons import explain
from allocations.presenters.row_lines import FILTERS, remark, row_lines
from allocations.presenters.statuses import CREDITED
from allocations.selectors.outcome_rows import STATE_FILTERS
from allocations.selectors.passports import Passport
from allocations.selectors.runs import Cause

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
CONTENT = {
    "title": "",
    "name": "Asha Rao",
    "email": "asha@example.com",
    "mobile": "9876543210",
    "amount": 500,
    "remarks": "",
    "reference": "SHA",
}


def row(**fields):
    return Row(**(CONTENT | {"number": 7, "payload_hash": payload_hash(payload_bytes(**CONTENT))} | fields))


def call(outcome="failed", **fields):
    return AttemptRow(outcome=outcome, attempt=Attempt(**{"state": "applied", "answered_at": NOW, **fields}))


def said(found, *, vote=None, attempts=(), decided_at=None):
    return passports.sentence(
        Passport(row=found, problems=(), attempts=attempts, vote=vote, decided_at=decided_at),
    )


def test_sentence_of_a_credited_row_tells_who_approved_it_and_how_often_it_was_sent():
    vote = Vote(decision="approve", voted_by=User(first_name="Rajesh", last_name="Nair"))
    found = row(state=RowState.CREDITED, credited_amount=Decimal(500), outcome_at=NOW, tries=1)
    assert said(found, vote=vote) == (
        "Asha Rao got 500 points on 11 Nov 2026, 14:05 IST. Rajesh Nair approved it. It was sent once."
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RowState.UNKNOWN, "We do not know whether Asha Rao got 500 points."),
        (RowState.CONFLICT, "We do not know whether Asha Rao got 500 points."),
        (RowState.ANOMALY, "We do not know whether Asha Rao got 500 points."),
        (RowState.SENDING, "The 500 points of Asha Rao are with EnKash now."),
        (RowState.PENDING, "Asha Rao is to get 500 points. Nothing was sent yet."),
        (RowState.LEFT_OUT, "Asha Rao was left out before submission and gets nothing from this batch."),
        (RowState.CANCELLED, "Asha Rao gets nothing from this batch: the row was cancelled before it was sent."),
    ],
)
def test_sentence_by_state(state, words):
    assert said(row(state=state)) == words


def test_sentence_of_a_row_that_was_sent_again():
    found = row(state=RowState.UNKNOWN, tries=2, name="")
    vote = Vote(decision="send_back", voted_by=User(username="rajesh"))
    assert said(found, vote=vote) == (
        "We do not know whether Row 7 got 500 points. It was sent 2 times, always with the same reference."
    )


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ("answer", "EnKash refused on 11 Nov 2026, 14:05 IST."),
        ("look_up", "EnKash's list shows it as failed."),
        ("people", "two people decided so on 11 Nov 2026, 14:05 IST."),
    ],
)
def test_sentence_of_a_failed_row_tells_who_said_so(evidence, words):
    found = row(state=RowState.FAILED, evidence=evidence, outcome_at=NOW)
    assert said(found) == f"Asha Rao did not get 500 points: {words}"


def test_sentence_of_a_credited_row_that_people_decided():
    found = row(state=RowState.CREDITED, evidence="people", credited_amount=Decimal(500), outcome_at=NOW)
    assert said(found) == "Asha Rao got 500 points: two people decided so on 11 Nov 2026, 14:05 IST."


def test_sentence_of_a_row_that_stands_as_failed_keeps_the_time_of_the_refusal():
    cancelled_at = NOW + timedelta(days=3)
    found = row(state=RowState.FAILED, evidence="answer", outcome_at=cancelled_at, tries=2)
    attempts = (call(answered_at=NOW - timedelta(days=1)), call(), call("", state="not_sent", answered_at=None))
    assert said(found, attempts=attempts) == (
        "Asha Rao did not get 500 points: EnKash refused on 11 Nov 2026, 14:05 IST. "
        "It was sent 2 times, always with the same reference."
    )


def test_sentence_of_a_row_that_stands_as_people_decided_keeps_the_time_of_the_decision():
    found = row(state=RowState.FAILED, evidence="people", outcome_at=NOW + timedelta(days=3), tries=1)
    assert said(found, attempts=(call("unknown"),), decided_at=NOW) == (
        "Asha Rao did not get 500 points: two people decided so on 11 Nov 2026, 14:05 IST. It was sent once."
    )


def test_sentence_of_a_row_that_waits_to_be_sent_again():
    assert said(row(state=RowState.PENDING, tries=1)) == (
        "Asha Rao is to get 500 points. The row waits to be sent again. It was sent once."
    )


def test_contact_is_masked_for_others():
    assert passports.contact(row(), in_full=True) == Contact("98765 43210", "asha@example.com")
    assert passports.contact(row(), in_full=False) == Contact("******3210", "a***@example.com")
    assert passports.contact(row(email=""), in_full=False) == Contact("******3210", "")


def test_payload_is_hashed_in_full_and_shown_masked():
    found = passports.payload(row(), in_full=False)
    assert found.intact
    assert json.loads(found.text) == {
        "name": "Asha Rao",
        "email": "a***@example.com",
        "mobile": "******3210",
        "loadAmount": 500,
        "uniqueReferenceNumber": "SHA",
    }


def test_payload_that_was_changed_behind_our_back_is_told():
    assert not passports.payload(row(amount=5000), in_full=True).intact


@pytest.mark.parametrize("fields", [{"amount": None}, {"payload_hash": ""}])
def test_payload_of_a_row_with_errors_is_none(fields):
    assert passports.payload(row(**fields), in_full=True) is None


def test_as_found_masks_a_damaged_mobile_too():
    found = row(raw={"mobile": "9.87654E+09", "amount": "500.00"})
    masked = [Found("mobile", "masked", ""), Found("amount", "500.00", "")]
    assert passports.as_found(found, None, in_full=False) == masked
    assert passports.as_found(found, None, in_full=True) == [replace(masked[0], text="9.87654E+09"), masked[1]]


def test_as_found_says_which_cell_it_was_and_what():
    found = row(number=14, raw={"amount": "100.5"}, cells={"amount": ["number", "0"], "mobile": ["number", "0.00E+00"]})
    upload = Upload(sheet="Sheet1", mapping={"mobile": 2, "amount": 3})
    assert passports.as_found(found, upload, in_full=True) == [
        Found("amount", "100.5", "Sheet1!D14, number, format 0"),
        Found("mobile", "", "Sheet1!C14, number, format 0.00E+00, shown shortened by Excel, read in full"),
    ]


def test_every_way_a_call_can_end_has_words():
    assert passports.attempt_words(Attempt(result="rows")) == "answered, row by row"
    assert all(passports.attempt_words(Attempt(result=result)) for result in CallResult)
    assert passports.attempt_words(Attempt(state=AttemptState.INTENT)) == "being sent"
    assert all(passports.attempt_words(Attempt(state=state)) for state in AttemptState)


def test_row_filters_are_those_that_can_be_asked_for():
    assert [name for name, _ in FILTERS if name] == list(STATE_FILTERS)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "credited", "evidence": "answer"}, ""),
        ({"state": "credited", "evidence": "look_up"}, "A look-up at EnKash, by our reference"),
        ({"state": "failed", "reason_code": "kyc", "reason": "KYC is missing"}, "KYC is missing"),
        ({"state": "unknown", "reason_code": "no_answer"}, "EnKash did not answer the call that held this row."),
        ({"state": "pending"}, ""),
    ],
)
def test_remark_says_only_what_the_status_does_not(fields, words):
    assert remark(row(**fields)) == words


def test_row_lines_carry_the_status():
    (line,) = row_lines([row(state="credited", evidence="answer")])
    assert (line.status, line.remark) == (CREDITED, "")


def test_cause_lines_put_plain_words_first_and_keep_enkashs_text():
    step = explain("other").next_step
    lines = cause_lines(
        [Cause("kyc", "KYC is missing", 2, 9), Cause("other", "Blocked", 1, 5), Cause("new code", "", 1, 5)]
    )
    assert lines == [
        CauseLine(
            "The KYC of the company's primary card is missing or under review.",
            "KYC is missing",
            "Ask EnKash to finish it, then re-run.",
            "kyc",
            "KYC is missing",
            2,
            9,
        ),
        CauseLine("Blocked", "", step, "other", "Blocked", 1, 5),
        CauseLine("No reason given", "", "", "new code", "", 1, 5),
    ]


@pytest.mark.parametrize(
    ("old", "new", "begins"),
    [
        (RowState.CREDITED, RowState.CREDITED, "Both rows are credited: the person got the points twice."),
        (RowState.CREDITED, RowState.PENDING, "The old row is credited after all"),
        (RowState.CREDITED, RowState.ANOMALY, "The old row is credited after all"),
        (RowState.CREDITED, RowState.CANCELLED, ""),
        (RowState.CREDITED, RowState.FAILED, ""),
        (RowState.CONFLICT, RowState.CREDITED, ""),
    ],
)
def test_a_credited_row_and_its_replacement_say_that_somebody_is_paid_twice(old, new, begins: str) -> None:
    words = passports.paid_twice(row(state=old), row(state=new))
    assert words.startswith(begins)
    assert bool(words) is bool(begins)
