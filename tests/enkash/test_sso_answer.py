"""The token of a person's page, whatever EnKash calls it."""

import pytest

from allocations.enkash.sso_answer import read_sso_token


@pytest.mark.parametrize(
    "payload",
    ["token-12345", {"access_token": "token-12345"}, {"accesstoken": "token-12345"}, {"token": "token-12345", "x": 1}],
)
def test_token_is_found(payload) -> None:
    assert read_sso_token(payload) == "token-12345"


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "",
        7,
        [],
        {},
        "short",
        "with/slash123",
        "https://evil.example",
        "a b c d e f",
        "x" * 4097,
    ],
)
def test_what_is_no_part_of_an_address_is_none(payload) -> None:
    assert read_sso_token(payload) is None
