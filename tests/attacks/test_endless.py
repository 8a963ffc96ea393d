"""Requests that would take for ever or all memory: long texts, deep and wide bodies.

Workbooks that expand are in tests.imports.test_xlsx_reader, bodies of the API in tests.rewards_portal, long lists in
tests.imports.cases.
"""

import time
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError

from allocations.domain.amounts import clean_amount
from allocations.domain.client_references import clean_client_reference
from allocations.domain.emails import clean_email
from allocations.domain.errors import InvalidInput
from allocations.domain.forensics import shows_shortened
from allocations.domain.labels import checked_purpose, shown_name
from allocations.domain.mobiles import clean_mobile
from allocations.domain.names import clean_name, clean_remarks, clean_title
from allocations.domain.outcomes import reason_of
from allocations.domain.questions import checked_text
from allocations.domain.revealing import check_reason
from allocations.domain.searching import read_search
from allocations.domain.texts import tidy_code, tidy_words
from allocations.domain.webhooks import checked_url
from allocations.exports.csv_file import safe
from allocations.imports.mapping import how_sure
from allocations.presenters.masking import masked_text
from rewards_portal.logs import redact_text
from rewards_portal.sign_in.passwords import DressedUpValidator
from tests.attacks.ground import ground, undone
from tests.factories.api import Program
from tests.factories.lists import AccountFactory
from tests.factories.people import person

_SHORT, _TIMES = 1_000, 8
# Which read what somebody typed, uploaded, asked for, or what EnKash answered.
READERS = {
    "amount": lambda text: clean_amount(text, max_points=100_000),
    "client reference": lambda text: clean_client_reference(text, max_length=30),
    "e-mail": clean_email,
    "format": shows_shortened,
    "header": lambda text: how_sure([text, "mobile", "amount"], {"name": 0, "mobile": 1, "amount": 2}),
    "log": redact_text,
    "mask": masked_text,
    "mobile": clean_mobile,
    "name": lambda text: clean_name(text, max_length=100),
    "password": DressedUpValidator().validate,
    "purpose": checked_purpose,
    "question": checked_text,
    "reason": reason_of,
    "remarks": lambda text: clean_remarks(text, max_length=1000),
    "reveal": lambda text: check_reason("complaint", text, name=text),
    "safe": safe,
    "search": read_search,
    "shown name": shown_name,
    "tidy code": lambda text: tidy_code(text, "mobile"),
    "tidy words": lambda text: tidy_words(text, "name"),
    "title": clean_title,
    "url": lambda text: checked_url(text, private=False),
}
# What makes a pattern begin anew at each character, or go back over all of them.
LONG = [
    "a",
    "9",
    "0",
    " ",
    "@",
    "a@",
    "a.",
    "(",
    "[",
    '"',
    "-",
    "1,",
    "1 ",
    "+",
    "98765 ",
    "\u200b",
    "a1",
    "://",
    "%40",
]
ENDS = ["", "!", "a"]


def seconds(read, text: str) -> float:
    """Of this process, whatever else the machine does; the best of some."""
    took = []
    for _ in range(2):
        began = time.process_time()
        with suppress(InvalidInput, ValidationError):
            read(text)
        took.append(time.process_time() - began)
    return min(took)


@pytest.mark.parametrize("reader", READERS)
def test_eight_times_the_text_takes_no_sixty_four_times_the_time(reader):
    """A ratio, for machines differ. What is done in a hundredth of a second nobody waits for."""
    read, slow = READERS[reader], []
    for unit in LONG:
        for end in ENDS:
            long = seconds(read, f"a{unit * (_SHORT * _TIMES // len(unit))}{end}")
            if long > 0.01:
                short = seconds(read, f"a{unit * (_SHORT // len(unit))}{end}")
                if long > 3 * _TIMES * short:
                    slow.append((unit, end, round(short, 4), round(long, 4)))
                    break
    assert slow == []


DEEP = 100_000
BODIES = {
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "closed": b"[" * DEEP + b"]" * DEEP,
    "deep in a field": b'{"purpose": ' + b"[" * DEEP + b"]" * DEEP + b', "account": 1, "rows": []}',
    "giant number": b'{"purpose": "x", "account": ' + b"9" * DEEP + b', "rows": [{}]}',
    "giant exponent": b'{"purpose": "x", "account": 1e999999, "rows": [{}]}',
    "no number": b'{"purpose": "x", "account": NaN, "rows": [{"amount": Infinity}]}',
    "giant amount": b'{"purpose": "x", "account": 1, "rows": [{"amount": ' + b"9" * DEEP + b"}]}",
    "half a character": b'{"purpose": "\\ud800", "account": 1, "rows": [{"name": "\\udfff"}]}',
    "no text": b'{"purpose": "\xff\xfe", "account": 1, "rows": []}',
    "zero": b'{"purpose": "a\\u0000b", "account": 1, "rows": [{"name": "\\u0000"}]}',
    "not one value": b"{}{}",
    "nothing": b"",
}


@pytest.mark.django_db
@pytest.mark.parametrize("body", BODIES)
def test_body_of_a_program_is_refused_in_words(body):
    program = Program(person("admin"))
    for method, path in (("POST", "/batches"), ("PATCH", "/batches/1/rows/1"), ("POST", "/batches/1/submit")):
        answer = program.send(method, path, BODIES[body])
        assert answer.status_code in {400, 404, 413, 422}, answer.status_code
        assert len(answer.content) < 20_000
    account = AccountFactory().pk
    line = BODIES[body].replace(b"\n", b" ") + b"\n"
    made = program.send("POST", f"/batches/upload?purpose=x&account={account}", line, kind="application/x-ndjson")
    assert made.status_code in {202, 400, 422}


@pytest.mark.django_db
def test_form_with_too_many_fields_is_refused():
    """Also one of many short ones: each has a memory of its own."""
    client = ground().client("maker")
    fields = {f"field{at}": "x" for at in range(1_001)}
    for path in ("/batches/new/", "/search/views/", "/notices/mail/"):
        assert client.post(path, fields).status_code == 400
        assert client.post(path, {"name": "x" * (6 << 20)}, content_type="text/plain").status_code < 500
    long = "&".join(["kind=a"] * 2_000)
    assert client.post("/notices/mail/", long, content_type="application/x-www-form-urlencoded").status_code == 400


@pytest.mark.django_db
def test_long_texts_in_forms_are_refused_or_cut():
    """Nothing that somebody types is longer in the database than its column, on either database."""
    made, long = ground(), "x9" * 20_000
    numbers, batches = made.numbers, {state: batch.pk for state, batch in made.batches.items()}
    for who, path, name in (
        ("maker", "/batches/new/", "purpose"),
        ("maker", "/search/views/", "name"),
        ("maker", "/api/tokens/new/", "name"),
        ("maker", f"/batches/{batches['submitted']}/questions/{numbers['question_id']}/answer/", "text"),
        ("maker", f"/batches/{batches['approved']}/bundle/", "reason"),
        ("approver", f"/batches/{batches['submitted']}/questions/", "question"),
        ("approver", f"/decisions/{numbers['proposal_id']}/refuse/", "reason"),
        ("auditor", f"/batches/{batches['approved']}/rows/2/reveal/", "words"),
        ("owner", "/accounts/", "name"),
        ("owner", "/api/webhooks/new/", "url"),
        ("owner", "/people/invite/", "username"),
        ("owner", "/policies/new/", "note"),
        ("owner", "/freeze/", "reason"),
        ("owner", f"/contract/{numbers['difference_id']}/mark/", "reason"),
    ):
        with undone():
            answer = made.client(who).post(path, {name: long, "mark": "known", "state": "failed"})
        assert answer.status_code < 500, path
