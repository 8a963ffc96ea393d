"""What a production installation would get, in a process with its environment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "ENKASH_ENVIRONMENT": "uat",
    "ENKASH_API_URL": "https://api.example.com",
    "ENKASH_TOKEN_URL": "https://api.example.com/oauth/token",
    "ENKASH_PARTNER_ID": "CR0000000",
    "ENKASH_USERNAME": "u",
    "ENKASH_PASSWORD": "p",
    "ENKASH_CLIENT_ID": "c",
    "ENKASH_CLIENT_SECRET": "s",
    "SECRET_KEY": "k" * 60,
    "DATA_KEY": "one,two",
    "ALLOWED_HOSTS": "portal.example.com",
    "DATABASE_URL": "postgresql://db/portal",
    "REDIS_URL": "redis://redis/0",
}


def load(environment: dict[str, str], *names: str) -> "subprocess.CompletedProcess[str]":
    code = (
        f"import json; from rewards_portal import settings; print(json.dumps([getattr(settings, n) for n in {names}]))"
    )
    outer = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=BASE_DIR, env={**outer, **environment}, capture_output=True, text=True, check=False
    )


def values(*names: str, **change: str) -> list[Any]:
    return json.loads(load({**PRODUCTION, **change}, *names).stdout)


def test_production_is_strict() -> None:
    names = (
        "DEBUG",
        "HTTPS",
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
    )
    assert values(*names) == [False, True, "__Host-sid", "__Host-csrf", True, True]


def test_demo_without_https_can_log_in() -> None:
    assert values("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", HTTPS="off") == [
        "sid",
        False,
        0,
    ]


def test_proxy_header_is_trusted_only_when_told() -> None:
    assert values("SECURE_PROXY_SSL_HEADER") == [None]


def test_queue_speaks_json() -> None:
    queues = values("RQ_QUEUES")[0]
    assert {name: queue["SERIALIZER"] for name, queue in queues.items()} == dict.fromkeys(
        ("imports", "runs"), "rq.serializers.JSONSerializer"
    )


def test_requests_own_no_transaction() -> None:
    assert values("DATABASES")[0]["default"].get("ATOMIC_REQUESTS", False) is False


def test_policy_has_no_exception() -> None:
    directives = values("CONTENT_SECURITY_POLICY")[0]["DIRECTIVES"]
    assert {word for words in directives.values() for word in words} == {"'none'", "'self'"}


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_missing_value_stops_the_start_by_name(name: str) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    # Without its name in the environment the settings would read the demo's file.
    environment.setdefault("ENKASH_ENVIRONMENT", "")
    last = load(environment, "DEBUG").stderr.strip().splitlines()[-1]
    assert last.startswith(f"django.core.exceptions.ImproperlyConfigured: {name} is ")
