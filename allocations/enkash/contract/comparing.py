"""One answer compared with its contract: a pure function of the bytes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from allocations.enkash.contract import names
from allocations.enkash.contract.documented import CODE, CONTRACTS, OAUTH, OAUTH_ERRORS
from allocations.enkash.contract.shapes import Call, Contract, Difference, Field, Found, Kind, Need
from allocations.enkash.envelope import NotSealed, open_sealed, sealed_text
from allocations.enkash.fields import REFERENCE_KEYS, number, text
from allocations.enkash.strict_json import Json, NotStrictJson, read_json
from allocations.enkash.transport import RawAnswer

MOST: Final = 25
_NOTHING: Final = "nothing"
_REASON: Final = "failurereason"


def differences(call: Call, raw: RawAnswer, *, key: str = "") -> tuple[Found, ...]:
    """How the answer differs, each difference once, the breaking ones first, 25 at most. `key` opens sealed bodies."""
    contract = CONTRACTS[call]
    seen = _Seen(contract)
    if raw.status not in contract.statuses:
        seen.add(Difference.UNKNOWN_CODE, "HTTP status", str(raw.status))
    try:
        body = _opened(raw.body, key=key)
    except (NotStrictJson, NotSealed):
        # A page of a gateway tells of the way to EnKash, not of its answer.
        if raw.status in contract.statuses:
            seen.add(Difference.OTHER_TYPE, "body", "no JSON that can be read")
        return seen.all()
    if isinstance(body, dict):
        _compare_body(seen, body, status=raw.status)
    else:
        seen.add(Difference.OTHER_TYPE, "body", _instead(body, Kind.OBJECT), breaking=raw.status == 200)
    return seen.all()


@dataclass(slots=True)
class _Seen:
    """What was found so far. `people`: told by the answer, made when the first unknown name turns up."""

    contract: Contract
    root: Json = None
    found: dict[tuple[Difference, str, str], Found] = field(default_factory=dict)
    people: frozenset[str] | None = None

    def add(self, kind: Difference, path: str, detail: str = "", *, breaking: bool = False) -> None:
        self.found.setdefault((kind, path, detail), Found(self.contract.call, kind, path, detail, breaking))

    def unknown(self, path: str, key: str) -> None:
        if self.people is None:
            self.people = names.words_of_people(self.root)
        self.add(Difference.UNKNOWN_FIELD, _under(path, names.field_name(key, of_people=self.people)))

    def text(self, path: str, said: str) -> None:
        folded = " ".join(said.lower().split())
        if folded and not any(known in folded for known in self.contract.texts):
            self.add(Difference.UNKNOWN_TEXT, path, names.plain(said))

    def all(self) -> tuple[Found, ...]:
        return tuple(sorted(self.found.values(), key=lambda one: not one.breaking)[:MOST])


def _opened(body: bytes, *, key: str) -> Json:
    value = read_json(body).value
    sealed = sealed_text(value)
    if sealed is None:
        return value
    if not key:
        raise NotSealed("The answer is sealed and no key is set.")
    return read_json(open_sealed(sealed, key)).value


def _compare_body(seen: _Seen, body: dict[str, Json], *, status: int) -> None:
    seen.root, contract = body, seen.contract
    if contract.payload is None:
        if status == 200:
            _compare_object(seen, body, contract.success, path="")
        else:
            _compare_refused_login(seen, body)
    elif "error" in body and status != 200:
        _compare_refused_login(seen, body)
    elif status == 200 and number(body, *CODE.keys) == 0:
        paged = body | {"payload": _page(body["payload"])} if _is_paged(contract, body) else body
        _compare_object(seen, paged, (*contract.success, contract.payload), path="")
    else:
        fields = contract.refusal if status == 200 else tuple(map(_of_refusal, contract.refusal))
        _compare_object(seen, body, fields, path="")
        seen.text("message", text(body, "message", "response_message") or text(body, "payload"))


def _is_paged(contract: Contract, body: Mapping[str, Json]) -> bool:
    return contract.call is Call.LOOK_UP and "payload" in body


def _page(payload: Json) -> Json:
    """A look-up's payload as a page: it may be one, a list, one transaction by itself, or nothing."""
    if payload is None or payload == {}:
        return {"data": []}
    if isinstance(payload, list):
        return {"data": payload}
    if not isinstance(payload, dict):
        return payload
    if text(payload, *REFERENCE_KEYS):
        return {"data": [payload]}
    return payload | {"data": []} if "data" in payload and payload["data"] is None else payload


def _of_refusal(expected: Field) -> Field:
    """Where the HTTP status says no already, nothing depends on the body."""
    return Field(expected.name, expected.kind, Need.MAYBE, also=expected.also, codes=expected.codes)


def _compare_refused_login(seen: _Seen, body: Mapping[str, Json]) -> None:
    _compare_object(seen, body, OAUTH, path="")
    said = text(body, "error")
    if said and said.upper() not in OAUTH_ERRORS:
        seen.add(Difference.UNKNOWN_CODE, "error", names.code(said))


def _compare_object(seen: _Seen, value: Mapping[str, Json], fields: Sequence[Field], *, path: str) -> None:
    documented: set[str] = set()
    for expected in fields:
        documented.update(expected.keys)
        key = next((key for key in expected.keys if value.get(key) is not None), "")
        if key:
            _compare_value(seen, value[key], expected, path=_under(path, expected.name))
        elif expected.need is not Need.MAYBE:
            _add_missing(seen, expected, value, path=path)
    for key in value:
        if key not in documented:
            seen.unknown(path, key)


def _add_missing(seen: _Seen, expected: Field, value: Mapping[str, Json], *, path: str) -> None:
    is_null = any(key in value for key in expected.keys)
    kind = Difference.OTHER_TYPE if is_null else Difference.MISSING_FIELD
    detail = f"{_NOTHING} instead of {expected.kind.value}" if is_null else ""
    seen.add(kind, _under(path, expected.name), detail, breaking=expected.need is Need.READ)


def _compare_value(seen: _Seen, value: Json, expected: Field, *, path: str) -> None:
    told, readable = _fits(value, expected.kind)
    if told:
        seen.add(Difference.OTHER_TYPE, path, told, breaking=expected.need is Need.READ and not readable)
    if expected.codes and readable:
        _compare_code(seen, value, expected, path=path)
    if isinstance(value, dict) and expected.fields and readable:
        _compare_object(seen, value, expected.fields, path=path)
    if isinstance(value, list) and expected.fields and readable:
        _compare_list(seen, value, expected, path=f"{path}[]")


def _compare_list(seen: _Seen, entries: Iterable[Json], expected: Field, *, path: str) -> None:
    """Entries of the same shape are compared once, but for the values of codes and texts."""
    shapes: set[tuple[tuple[str, type], ...]] = set()
    coded = [one for one in expected.fields if one.codes]
    for entry in entries:
        if not isinstance(entry, dict):
            seen.add(Difference.OTHER_TYPE, path, _instead(entry, Kind.OBJECT), breaking=True)
            continue
        if said := text(entry, _REASON):
            seen.text(f"{path}.failureReason", said)
        shape = tuple((key, type(value)) for key, value in entry.items())
        if shape not in shapes:
            shapes.add(shape)
            _compare_object(seen, entry, expected.fields, path=path)
            continue
        for one in coded:
            value = next((entry[key] for key in one.keys if key in entry), None)
            _compare_code(seen, value, one, path=_under(path, one.name))


def _compare_code(seen: _Seen, value: Json, expected: Field, *, path: str) -> None:
    said = "" if value is None or isinstance(value, dict | list) else str(value).strip().upper()
    if said and said not in expected.codes:
        seen.add(Difference.UNKNOWN_CODE, path, names.code(value), breaking=expected.need is Need.READ)


def _fits(value: Json, kind: Kind) -> tuple[str, bool]:
    """What is there instead, "" if it is as documented; and whether our readers can still read it."""
    match kind:
        case Kind.ANY:
            return "", True
        case Kind.TEXT:
            fits, readable = isinstance(value, str), isinstance(value, int) and not isinstance(value, bool)
        case Kind.NUMBER:
            fits = isinstance(value, int | Decimal) and not isinstance(value, bool)
            readable = not fits and isinstance(value, str) and number({"it": value}, "it") is not None
        case Kind.WHOLE:
            fits, readable = isinstance(value, int) and not isinstance(value, bool), False
        case Kind.OBJECT:
            fits, readable = isinstance(value, dict), False
        case Kind.LIST:
            fits, readable = isinstance(value, list), False
    return ("", True) if fits else (_instead(value, kind), readable)


def _instead(value: Json, kind: Kind) -> str:
    return f"{_type(value)} instead of {kind.value}"


def _type(value: Json) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int | Decimal):
        return "number"
    return "text" if isinstance(value, str) else "list" if isinstance(value, list) else "object"


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
