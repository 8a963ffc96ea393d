import hashlib
import json
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allocations.domain.accepting import Accepted
from allocations.domain.manifest import (
    Manifest,
    MerkleRoot,
    digest,
    leaf,
    needs_newer_code,
    payload_bytes,
    payload_hash,
    request_body,
    short_code,
)

MANIFEST = Manifest(
    batch=7,
    version=1,
    company_id="CEKDEMO001",
    card_account_id="CADEMO1",
    is_points_allocation=True,
    purpose="Diwali 2026",
    rows=2,
    points=300,
    left_out=1,
    mobile_total=12,
    merkle_root="ab" * 32,
    file_sha256="cd" * 32,
    file_name="diwali.csv",
    parser_version="1",
    uploaded_by=1,
    submitted_by=2,
    editors=(3,),
    start_at="2026-11-11T08:35:00Z",
    accepted=(Accepted("markup", 2, "Both are department names"),),
)
PERSON = {"title": "", "name": "Asha Rao", "email": "", "mobile": "9876500001", "amount": 10, "remarks": ""}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_merkle_root_is_that_of_rfc_6962(leaves: list[bytes]) -> None:
    tree = MerkleRoot()
    for each in leaves:
        tree.add(each)
    assert tree.hexdigest() == naive_root(leaves).hex()


def test_payload_bytes_leaves_out_what_is_empty() -> None:
    assert payload_bytes(**PERSON, reference="REF1") == (
        b'{"name":"Asha Rao","mobile":"9876500001","loadAmount":10,"uniqueReferenceNumber":"REF1"}'
    )


def test_payload_bytes_carries_every_field_in_order() -> None:
    whole = PERSON | {"title": "Ms", "name": "आशा", "email": "a@x.in", "remarks": "Thanks"}
    assert json.loads(payload_bytes(**whole, reference="REF1")) == {
        "title": "Ms",
        "name": "आशा",
        "email": "a@x.in",
        "mobile": "9876500001",
        "loadAmount": 10,
        "remarks": "Thanks",
        "uniqueReferenceNumber": "REF1",
    }


@given(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]))] * 6), st.integers(1))
@example(('"', "\\\\", "\x00\x1f\x7f", "\u2028/<&>", "\t\n\r\b\f", "🙂"), 10**15)
def test_payload_bytes_are_those_of_the_json_encoder(texts, amount) -> None:
    title, name, email, mobile, remarks, reference = texts
    fields = {"title": title, "name": name, "email": email, "mobile": mobile, "loadAmount": amount}
    fields |= {"remarks": remarks, "uniqueReferenceNumber": reference}
    present = {key: value for key, value in fields.items() if value != ""}
    expected = json.dumps(present, ensure_ascii=False, separators=(",", ":")).encode()
    given = payload_bytes(
        title=title, name=name, email=email, mobile=mobile, amount=amount, remarks=remarks, reference=reference
    )
    assert given == expected


@given(st.tuples(TEXT, TEXT, TEXT), st.tuples(TEXT, TEXT, TEXT))
def test_payload_hash_differs_where_content_differs(one, other) -> None:
    names = ("name", "email", "remarks")
    first, second = (
        payload_bytes(**(PERSON | dict(zip(names, each, strict=True))), reference="R") for each in (one, other)
    )
    assert (payload_hash(first) == payload_hash(second)) == (one == other)


def test_request_body_joins_payloads_byte_for_byte() -> None:
    assert (request_body([]), request_body([b"{1}", b"{2}"])) == (b"[]", b"[{1},{2}]")


def test_canonical_is_sorted_and_compact() -> None:
    text = MANIFEST.canonical()
    assert list(json.loads(text)) == sorted(field.name for field in fields(Manifest))
    assert text.startswith(
        '{"accepted":[{"code":"markup","reason":"Both are department names","rows":2}],"batch":7,"card_account_id":'
    )


def _other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, dict):
        return value | {"approvers": 2}
    return value * 2 if isinstance(value, (tuple, str)) else (value or 0) + 1


@pytest.mark.parametrize("field", [field.name for field in fields(Manifest)])
def test_digest_changes_with_every_field(field: str) -> None:
    value = getattr(MANIFEST, field)
    assert digest(replace(MANIFEST, **{field: _other(value)}).canonical()) != digest(MANIFEST.canonical())


def test_leaf_binds_the_payload_to_its_row() -> None:
    assert leaf(12, "ab") == b"12:ab"


def test_short_code_is_readable_on_the_phone() -> None:
    assert short_code("00" * 32) == "AAAA-AAAA"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"parser_version": ""}, False),
        ({"parser_version": "0.1.0"}, False),
        ({"parser_version": "2"}, True),
        ({"payload_version": "2"}, True),
    ],
)
def test_needs_newer_code_for_other_bytes_or_newer_rules(changes: dict[str, str], expected: bool) -> None:
    """F58."""
    assert needs_newer_code(asdict(replace(MANIFEST, **changes))) is expected
