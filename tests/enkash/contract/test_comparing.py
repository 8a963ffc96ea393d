"""What an answer can differ in, call by call, and what of it breaks."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.enkash.contract.comparing import MOST, differences
from allocations.enkash.contract.documented import CONTRACTS
from allocations.enkash.contract.shapes import Call, Difference, Field, Kind, Need
from allocations.enkash.contract.wording import sentence, sentences
from allocations.enkash.envelope import seal
from tests.enkash.raw_server import raw

_VALUES = {Kind.TEXT: "x", Kind.NUMBER: 1, Kind.WHOLE: 300, Kind.OBJECT: {}, Kind.ANY: "x"}


def value_of(field: Field) -> object:
    """As the documentation has it."""
    if field.codes:
        return min(field.codes)
    if field.fields:
        entry = {one.name: value_of(one) for one in field.fields}
        return [entry] if field.kind is Kind.LIST else entry
    if field.name == "failureReason":
        return "Insufficient balance in card account"
    return _VALUES[field.kind]


def documented(call: Call) -> dict:
    """The whole success, every field there."""
    contract = CONTRACTS[call]
    fields = (*contract.success, *([contract.payload] if contract.payload else []))
    body = {field.name: value_of(field) for field in fields}
    return body | ({"code": 0} if "code" in body else {})


def compared(call: Call, body: object, *, status: int = 200, key: str = ""):
    return differences(call, raw(status, body if isinstance(body, bytes) else json.dumps(body)), key=key)


def told(call: Call, body: object, *, status: int = 200) -> set[tuple[str, str, str, bool]]:
    return {(one.kind.value, one.path, one.detail, one.breaking) for one in compared(call, body, status=status)}


def places(call: Call) -> list[tuple[tuple[object, ...], Field]]:
    """The way to every field of the success."""
    contract = CONTRACTS[call]
    found: list[tuple[tuple[object, ...], Field]] = []

    def walk(fields, way) -> None:
        for field in fields:
            found.append(((*way, field.name), field))
            walk(field.fields, (*way, field.name, *([0] if field.kind is Kind.LIST else [])))

    walk((*contract.success, *([contract.payload] if contract.payload else [])), ())
    return found


def changed(body: dict, way: tuple[object, ...], *, value: object = None, name: str = "") -> dict:
    """The body with the field at the end of the way removed, given another name or another value."""
    copy = json.loads(json.dumps(body))
    holder = copy
    for step in way[:-1]:
        holder = holder[step]
    former = holder.pop(way[-1])
    if name:
        holder[name] = former
    elif value is not None:
        holder[way[-1]] = value
    return copy


ALL = [(call, way, field) for call in Call for way, field in places(call)]
IDS = [f"{call}-{'.'.join(map(str, way))}" for call, way, _ in ALL]


@pytest.mark.parametrize("call", list(Call))
def test_the_documented_answer_differs_in_nothing(call):
    assert compared(call, documented(call)) == ()


@pytest.mark.parametrize(("call", "way", "field"), ALL, ids=IDS)
def test_a_field_that_is_gone_is_missed_by_what_depends_on_it(call, way, field):
    found = [one for one in compared(call, changed(documented(call), way)) if one.path.endswith(field.name)]
    if field.need is Need.MAYBE:
        assert found == []
    else:
        (one,) = found
        assert (one.kind, one.breaking) == (Difference.MISSING_FIELD, field.need is Need.READ)
        assert f"no longer has the field “{field.name}”" in sentence(one)


@pytest.mark.parametrize(("call", "way", "field"), ALL, ids=IDS)
def test_a_field_of_a_type_that_nobody_can_read_is_told(call, way, field):
    value = "text" if field.kind in {Kind.OBJECT, Kind.LIST, Kind.NUMBER, Kind.WHOLE} else ["a list"]
    found = compared(call, changed(documented(call), way, value=value))
    mine = [one for one in found if one.path.endswith(field.name)]
    if field.kind is Kind.ANY:
        assert mine == []
    else:
        assert mine[0].kind is Difference.OTHER_TYPE
        assert mine[0].breaking == (field.need is Need.READ)
        assert "instead of" in mine[0].detail


@pytest.mark.parametrize("call", list(Call))
def test_a_renamed_field_is_missed_and_its_new_name_told(call):
    way, field = next(
        (way, field) for way, field in places(call) if field.need is Need.READ and not field.fields and not field.codes
    )
    kinds = {
        (one.kind, one.path.rpartition(".")[2])
        for one in compared(call, changed(documented(call), way, name="newName"))
    }
    assert kinds == {(Difference.MISSING_FIELD, field.name), (Difference.UNKNOWN_FIELD, "newname")}


@pytest.mark.parametrize(
    ("call", "body", "status", "expected"),
    [
        (Call.BULK, {"code": 7, "message": "Success"}, 200, ("unknown_code", "code", "7", True)),
        (Call.BULK, {"code": 7, "message": "Insufficient balance in card account"}, 422, ("unknown_code", "code", "7", False)),
        (Call.BULK, {"message": "Success"}, 200, ("missing_field", "code", "", True)),
        (Call.BULK, [], 200, ("other_type", "body", "list instead of object", True)),
        (Call.BULK, b"<html>", 200, ("other_type", "body", "no JSON that can be read", False)),
        (Call.BULK, b"<html>", 502, ("unknown_code", "HTTP status", "502", False)),
        (Call.LOGIN, {"error": "teapot"}, 400, ("unknown_code", "error", "…", False)),
        (Call.ACCOUNT, {"response_code": 0, "response_message": "Success", "payload": None}, 200,
         ("other_type", "payload", "nothing instead of object", True)),
        (Call.LOOK_UP, {"code": 0, "message": "Success", "payload": "SUCCESS"}, 200,
         ("other_type", "payload", "text instead of object", True)),
        (Call.LOOK_UP, {"code": 0, "message": "Success", "payload": {"recordsCount": 1, "records": []}}, 200,
         ("missing_field", "payload.data", "", True)),
        (Call.LOOK_UP, {"code": 0, "message": "Success"}, 200, ("missing_field", "payload", "", True)),
    ],
)  # fmt: skip
def test_what_a_whole_answer_can_differ_in(call, body, status, expected):
    assert expected in told(call, body, status=status)


@pytest.mark.parametrize("payload", [None, [], {}, {"data": None}, {"data": [], "recordsCount": 0}])
def test_a_look_up_that_found_nothing_differs_in_nothing(payload):
    assert told(Call.LOOK_UP, {"code": 0, "message": "Success", "payload": payload}) == set()


def test_a_list_and_a_single_transaction_are_compared_as_well():
    entry = value_of(CONTRACTS[Call.LOOK_UP].payload.fields[1])[0] | {"status": "QUEUED"}
    for payload in ([entry], entry, {"data": [entry]}):
        body = {"code": 0, "message": "Success", "payload": payload}
        assert told(Call.LOOK_UP, body) == {("unknown_code", "payload.data[].status", "QUEUED", True)}


def test_every_entry_of_a_list_is_looked_at():
    """Entries of one shape are compared once, but each code, each text and each other shape is seen."""
    body = documented(Call.LOOK_UP)
    (entry,) = body["payload"]["data"]
    other = {name: value for name, value in entry.items() if name != "status"}
    body["payload"]["data"] = [entry, entry, entry | {"status": "HOLD"}, other]
    assert {(kind, path) for kind, path, _, _ in told(Call.LOOK_UP, body)} == {
        ("unknown_code", "payload.data[].status"),
        ("missing_field", "payload.data[].status"),
    }


@pytest.mark.parametrize(
    "said",
    ["Insufficient balance in card account", "card account not found for companyId: [C1] and cardAccountId: [A]"],
)
def test_documented_failure_texts_are_no_difference(said):
    assert told(Call.BULK, {"response_code": 1, "response_message": said, "payload": said}) == set()


def test_spring_s_stock_refusal_of_a_token_is_no_difference():
    assert told(Call.BULK, {"error": "invalid_token", "error_description": "expired: abc"}, status=401) == set()


def test_numbers_as_texts_and_texts_as_numbers_are_news_as_long_as_they_can_be_read():
    body = documented(Call.BULK)
    body["payload"]["successBulkEnKashCardCreateDTOs"][0] |= {"mobile": 9876543210, "loadAmount": "10"}
    assert {(detail, breaking) for _, _, detail, breaking in told(Call.BULK, body)} == {
        ("number instead of text", False),
        ("text instead of number", False),
    }


def test_a_sealed_answer_is_opened_first():
    body = seal(json.dumps(documented(Call.BULK)).encode(), "secret")
    assert compared(Call.BULK, body, key="secret") == ()
    assert [one.path for one in compared(Call.BULK, body)] == ["body"]


def test_what_breaks_is_told_first_and_no_answer_tells_more_than_fits():
    body = documented(Call.ACCOUNT)
    del body["payload"]["availableBalance"]
    body["payload"] |= {f"new{chr(97 + at)}": at for at in range(26)}
    found = compared(Call.ACCOUNT, body)
    assert len(found) == MOST
    assert [one.breaking for one in found[:2]] == [True, False]
    assert sentences(found).endswith("And 22 more.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
NAMES = sorted({way[-1] for _, way, _ in ALL})


@given(st.sampled_from(list(Call)), st.integers(0, 999), st.dictionaries(st.sampled_from(NAMES), JSON) | JSON)
def test_whatever_comes_is_compared_without_an_error(call, status, body):
    for one in compared(call, body, status=status):
        assert sentence(one)


@given(st.sampled_from(list(Call)), st.binary(max_size=60))
def test_bytes_that_are_no_json_are_no_error(call, body):
    differences(call, raw(200, body))
