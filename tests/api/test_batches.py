"""Batches made by programs: as JSON, as a stream, with another list; read in pages."""

import csv
import io

import pytest
from django.contrib.auth.models import User

from allocations.domain.api_tokens import Scope
from allocations.models import Batch, Row, TrailEntry, Upload
from allocations.services import sealing
from tests.factories.api import NDJSON, SOMEBODY, Program, check
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_batch_made_of_json_is_checked_like_any_list(program, account, bells) -> None:
    rows = [SOMEBODY, {"name": "Ravi", "mobile": 9812345672, "amount": "250", "client_reference": "P-2"}]
    made = program.post("/batches", {"purpose": "Diwali 2026", "account": account.pk, "rows": rows})
    number = made.json()["id"]
    assert (made.status_code, made["Location"], made.json()["state"]) == (202, f"/api/v1/batches/{number}", "checking")
    assert bells == [Upload.objects.get().pk]
    check(number)
    read = program.get(f"/batches/{number}").json()
    assert (read["state"], read["points"], read["rows"]) == (
        "review",
        750,
        {"total": 2, "with_errors": 0, "with_warnings": 0, "left_out": 0},
    )
    assert list(
        Row.objects.values_list("number", "name", "mobile", "amount", "client_reference").order_by("number")
    ) == [
        (1, "Asha Rao", "9812345671", 500, ""),
        (2, "Ravi", "9812345672", 250, "P-2"),
    ]


def test_person_of_the_token_is_the_maker(program, account) -> None:
    number = program.batch(account=account.pk)
    batch = Batch.objects.get(pk=number)
    entry = TrailEntry.objects.get(event="batch created")
    assert (batch.uploaded_by_id, entry.actor_id, entry.data["api_token"]) == (
        program.user.pk,
        program.user.pk,
        program.token.pk,
    )


def test_what_is_wrong_in_rows_is_told_row_by_row(program, account) -> None:
    number = program.batch(SOMEBODY, {"name": "", "mobile": "12", "amount": "many"}, account=account.pk)
    read = program.get(f"/batches/{number}").json()
    assert (read["state"], read["rows"]["with_errors"]) == ("review", 1)
    row = program.get(f"/batches/{number}/rows/2").json()
    assert {(one["field"], one["severity"]) for one in row["problems"]} >= {("mobile", "error"), ("amount", "error")}


@pytest.mark.parametrize(
    ("change", "row", "field"),
    [
        ({"rows": [SOMEBODY, {"name": 7}]}, 2, "name"),
        ({"rows": [{"amount": 5.5}]}, 1, "amount"),
        ({"rows": [5]}, 1, ""),
        ({"rows": [{"amout": 5}]}, 1, "amout"),
        ({"rows": [{"amount": True}]}, 1, "amount"),
        ({"rows": []}, None, "rows"),
        ({"purpose": ""}, None, "purpose"),
        ({"account": "x"}, None, "account"),
        ({"approve": True}, None, "approve"),
    ],
)
def test_what_has_not_the_form_is_named(program, account, change, row, field) -> None:
    answer = program.post("/batches", {"purpose": "x", "account": account.pk, "rows": [SOMEBODY]} | change)
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert {(one["row"], one["field"]) for one in problem["errors"]} == {(row, field)}
    assert Batch.objects.count() == 0


def test_unknown_account_is_refused_in_words(program, account) -> None:
    answer = program.post("/batches", {"purpose": "x", "account": account.pk + 1, "rows": [SOMEBODY]})
    assert (answer.status_code, answer.json()["detail"]) == (422, "Choose a reward account that exists.")


def test_purpose_is_one_line_that_an_approver_sees(program, account) -> None:
    for odd in ("Diwali\nApproved by the board", "Diwali \u202e6202", "   "):
        answer = program.post("/batches", {"purpose": odd, "account": account.pk, "rows": [SOMEBODY]})
        assert (answer.status_code, answer.json()["detail"][:12]) == (422, "The purpose ")
    program.post(f"/batches/upload?purpose=x&account={account.pk}&file_name=a%0d%0ab", b"{}", kind=NDJSON)
    assert Upload.objects.get().file_name == "a__b.jsonl"


def test_no_json_is_refused(program, account) -> None:
    answer = program.post("/batches", b"{")
    assert (answer.status_code, answer.json()["detail"]) == (400, "The body is no JSON. Nothing was done.")


def test_list_of_many_comes_as_a_stream(program, account) -> None:
    lines = b"".join(b'{"name":"Person %d","mobile":"98%08d","amount":%d}\n' % (at, at, at + 1) for at in range(5001))
    made = program.post(f"/batches/upload?purpose=Diwali&account={account.pk}&file_name=payroll", lines, kind=NDJSON)
    assert (made.status_code, Upload.objects.get().file_name) == (202, "payroll.jsonl")
    check(made.json()["id"])
    read = program.get(f"/batches/{made.json()['id']}").json()
    assert (read["state"], read["rows"]["total"], read["points"]) == ("review", 5001, 5001 * 5002 // 2)


def test_csv_file_comes_as_it_is(program, account) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("Name", "Mobile", "Amount"), ("Asha", "9812345671", "100")])
    made = program.post(f"/batches/upload?purpose=x&account={account.pk}", text.getvalue().encode(), kind="text/csv")
    check(made.json()["id"])
    assert Row.objects.get().name == "Asha"


def test_body_of_another_kind_is_refused(program, account) -> None:
    answer = program.post(f"/batches/upload?purpose=x&account={account.pk}", b"<x/>", kind="text/xml")
    assert (answer.status_code, "Send one of: application/x-ndjson" in answer.json()["detail"]) == (400, True)


def test_body_beyond_the_limit_is_refused(program, account, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    answer = program.post(f"/batches/upload?purpose=x&account={account.pk}", b"x" * 101, kind=NDJSON)
    assert (answer.status_code, answer.json()["type"], Batch.objects.count()) == (
        413,
        "urn:rewards-portal:too-large",
        0,
    )


def test_json_beyond_the_limit_is_sent_elsewhere(program, account, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = program.post("/batches", {"purpose": "x" * 100, "account": account.pk, "rows": [SOMEBODY]})
    assert (answer.status_code, "/batches/upload" in answer.json()["detail"]) == (413, True)


def test_list_is_replaced_before_submission(program, account) -> None:
    number = program.batch(account=account.pk)
    body = b'{"name":"Ravi","mobile":"9812345672","amount":7}\n'
    answer = program.send("PUT", f"/batches/{number}/list?file_name=new", body, kind=NDJSON)
    assert (answer.status_code, answer.json()["state"]) == (200, "checking")
    check(number)
    assert Row.objects.get().name == "Ravi"


def test_refused_list_says_why(program, account) -> None:
    made = program.post(f"/batches/upload?purpose=x&account={account.pk}", b'{"nam":"Asha"}\n', kind=NDJSON)
    check(made.json()["id"])
    read = program.get(f"/batches/{made.json()['id']}").json()
    assert (read["state"], read["upload"]["state"]) == ("draft", "refused")
    assert read["upload"]["error"].startswith("Line 1 has the unknown field “nam”. Fields are title, name")


def test_batches_are_read_in_pages(program, account) -> None:
    made = [program.batch(account=account.pk, purpose=f"p{at}") for at in range(5)]
    first = program.get("/batches?limit=2").json()
    second = program.get(f"/batches?limit=2&before={first['next']}").json()
    third = program.get(f"/batches?limit=2&before={second['next']}").json()
    assert [one["id"] for page in (first, second, third) for one in page["items"]] == made[::-1]
    assert third["next"] is None
    assert program.get("/batches?state=approved").json() == {"items": [], "next": None}


def test_what_became_of_it_is_read(program) -> None:
    batch = approved_batch(credited=2, failed=1)
    read = program.get(f"/batches/{batch.pk}").json()
    assert (read["outcome"]["credited"], read["outcome"]["failed"]) == (2, 1)
    runs = program.get(f"/runs?batch={batch.pk}").json()["items"]
    assert [(run["rows"], run["outcome"]["failed"]) for run in runs] == [(3, 1)]
    assert program.get(f"/runs/{runs[0]['id']}").json() == runs[0]


@pytest.mark.parametrize("path", ["/batches/9", "/batches/9/rows", "/batches/9/rows/1", "/runs/9", "/batches/9/trail"])
def test_what_is_not_there_is_not_found(program, path) -> None:
    answer = program.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_balances_are_read(program, account) -> None:
    (read,) = program.get("/accounts").json()
    assert (read["id"], read["name"], read["balance"]) == (account.pk, account.name, "6140000.00")


def test_trail_of_a_batch_is_read_by_its_makers_and_the_whole_by_auditors(program, account) -> None:
    number = program.batch(account=account.pk)
    events = [one["event"] for one in program.get(f"/batches/{number}/trail").json()["items"]]
    assert events == ["batch created", "list uploaded", "list checked"]
    assert program.get("/trail").status_code == 403
    auditor = Program(person("auditor"))
    sealing.link_entries()
    pages, after = [], 0
    while after is not None:
        page = auditor.get(f"/trail?limit=2&after={after}").json()
        pages, after = [*pages, *page["items"]], page["next"]
    assert [one["id"] for one in pages] == list(TrailEntry.objects.order_by("pk").values_list("pk", flat=True))


def test_trail_is_read_on_without_missing_who_came_late(program, account) -> None:
    """An entry of a long transaction gets a lower id than entries which were there before it."""
    number = program.batch(account=account.pk)
    late = TrailEntry.objects.order_by("pk").first()
    auditor = Program(person("auditor"))
    others = TrailEntry.objects.exclude(pk=late.pk)
    assert auditor.get("/trail").json()["items"] == []
    for at, entry in enumerate(others.order_by("pk"), start=1):
        TrailEntry.objects.filter(pk=entry.pk).update(number=at, link=f"{at}")
    first = auditor.get("/trail").json()["items"]
    assert {one["id"] for one in first} == set(others.values_list("pk", flat=True))
    TrailEntry.objects.filter(pk=late.pk).update(number=len(first) + 1, link="x")
    then = auditor.get(f"/trail?after={first[-1]['number']}").json()["items"]
    assert ([one["id"] for one in then], number) == ([late.pk], Batch.objects.get().pk)


def test_headers_that_are_personal_are_masked_for_readers(program, account) -> None:
    """What is said of a list quotes its first line, in which people stand where the header is amiss."""
    personal = "Asha 9812345671 asha@example.com"
    body = f"Name,Mobile,Amount,{personal}\nRavi,9812345672,5,x\n".encode()
    number = program.post(f"/batches/upload?purpose=x&account={account.pk}", body, kind="text/csv").json()["id"]
    check(number)
    assert program.get(f"/batches/{number}").json()["upload"]["ignored_columns"] == [personal]
    for reader in (Program(person("auditor")), Program(), Program(program.user, Scope.READ)):
        read = reader.get(f"/batches/{number}").json()["upload"]
        assert read["ignored_columns"] == ["Asha ******5671 a***@example.com"]
    Upload.objects.update(error=personal, notes=[personal], questions=[{"code": "x", "sentence": personal}])
    assert b"9812345671" not in Program().get(f"/batches/{number}").content
    assert program.get(f"/batches/{number}").content.count(b"9812345671") == 5


def test_words_that_people_wrote_are_masked_for_readers(program, account) -> None:
    """A reason or a purpose names somebody now and then. An auditor compares the chain, so has entries as they are."""
    personal, masked = "Of Asha, 9812345671, asha@example.com", "Of Asha, ******5671, a***@example.com"
    number = program.batch({**SOMEBODY, "amount": "1,000"}, account=account.pk, purpose=personal)
    program.post(f"/batches/{number}/accept", {"code": "amount_read_as", "rows": 1, "reason": personal})
    Batch.objects.update(sent_back_reason=personal)
    other, auditor = Program(), Program(person("auditor"))
    for reader, words in ((program, personal), (other, masked), (auditor, masked)):
        for read in (reader.get(f"/batches/{number}").json(), reader.get("/batches").json()["items"][0]):
            assert (read["purpose"], read["sent_back_reason"]) == (words, words)
    for reader, words in ((program, personal), (other, masked), (auditor, personal)):
        entries = {one["event"]: one for one in reader.get(f"/batches/{number}/trail").json()["items"]}
        entry, (stored,) = entries["warnings accepted"], TrailEntry.objects.filter(event="warnings accepted")
        assert (entry["data"]["reason"], entry["masked"]) == (words, words == masked)
        assert entry["body"] == ("" if words == masked else stored.body)
        assert entries["list uploaded"]["data"]["sha256"] == Upload.objects.get().sha256


def test_failure_of_ours_is_a_problem_with_its_number(program, account, monkeypatch, caplog) -> None:
    monkeypatch.setattr("allocations.api.reading.accounts", lambda: 1 / 0)
    answer = program.get("/accounts")
    assert (answer.status_code, answer.json()["request_id"]) == (500, answer["X-Request-Id"])
    assert "ZeroDivisionError" in caplog.text
    assert User.objects.count() == 1


@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "\ud800"])
def test_texts_that_no_database_keeps_are_refused(program, account, odd) -> None:
    """PostgreSQL takes no NUL, and half a character is none."""
    for body in ({"purpose": odd}, {"rows": [SOMEBODY | {"name": odd}]}):
        made = program.post("/batches", {"purpose": "x", "account": account.pk, "rows": [SOMEBODY]} | body)
        assert made.status_code in {400, 422}, made.content
    upload = program.post(f"/batches/upload?purpose=a%00b&account={account.pk}", b"{}", kind=NDJSON)
    assert (upload.status_code, Batch.objects.count()) == (422, 0)
    number = program.batch(account=account.pk)
    changed = program.send("PATCH", f"/batches/{number}/rows/1", {"name": odd})
    accepted = program.post(f"/batches/{number}/accept", {"code": odd, "rows": 1, "reason": odd})
    submitted = program.post(f"/batches/{number}/submit", {"repeat_reason": odd})
    assert [one.status_code in {400, 422} for one in (changed, accepted, submitted)] == [True] * 3
