import re

import pytest

from allocations.enkash.config import Encryption, EnkashConfig, ReferenceKey

GIVEN = {
    "api_url": "https://api.example.in",
    "token_url": "https://token.example.in/oauth/token",
    "partner_id": "CRDEMO001",
    "username": "9000000001",
    "password": "pass-word",
    "client_id": "CEKDEMO001",
    "client_secret": "client-secret",
}


def config(**changes) -> EnkashConfig:
    return EnkashConfig(**(GIVEN | changes))


def test_repr_shows_no_secret():
    shown = repr(config(encryption_key="sealing-key"))
    assert [word for word in ("9000000001", "pass-word", "client-secret", "sealing-key") if word in shown] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.example.in/", "https://api.example.in"),
        ("https://api.example.in/base//", "https://api.example.in/base"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
    ],
)
def test_api_url_is_kept_without_trailing_slash(given, kept):
    assert config(api_url=given).api_url == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://t.example.in", "https://t.example.in/oauth/token"),
        ("https://t.example.in/", "https://t.example.in/oauth/token"),
        ("https://t.example.in/oauth/token/", "https://t.example.in/oauth/token"),
    ],
)
def test_token_url_gets_its_path(given, kept):
    assert config(token_url=given).token_url == kept


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"api_url": "api.example.in"}, "api_url is no web address; it must start with https:// and a host."),
        ({"api_url": "https://"}, "api_url is no web address; it must start with https:// and a host."),
        (
            {"token_url": "http://example.in"},
            "token_url uses http to example.in; use https. Plain http is for this machine only.",
        ),
        (
            {"token_url": "http://10.0.0.1"},
            "token_url uses http to 10.0.0.1; use https. Plain http is for this machine only.",
        ),
        (
            {"api_url": "https://u:p@example.in"},
            "api_url carries a login, query or fragment; give scheme, host and path only.",
        ),
        (
            {"api_url": "https://example.in/?a=1"},
            "api_url carries a login, query or fragment; give scheme, host and path only.",
        ),
        ({"password": ""}, "password is empty; EnKash issues it at onboarding."),
        ({"deadline": 0}, "deadline is 0; it must be above 0."),
        ({"encryption": "both"}, "encryption is both but encryption_key is empty; set the key."),
        (
            {"failed_statuses": frozenset({"success"})},
            "SUCCESS is both a settled and a failed status; keep one.",
        ),
    ],
)
def test_value_that_cannot_work_is_refused(changes, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        config(**changes)


def test_words_become_their_types():
    made = config(encryption="requests", encryption_key="k", reference_key="both", settled_statuses={"done"})
    assert (made.encryption, made.reference_key) == (Encryption.REQUESTS, ReferenceKey.BOTH)
    assert made.settled_statuses == frozenset({"DONE"})
