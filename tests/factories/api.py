"""Tokens, and a client that calls the API as a program does."""

import json
from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from allocations.domain.api_tokens import Scope
from allocations.imports.run import run_import
from allocations.models import ApiToken, Upload
from allocations.services.api_tokens import make_token
from tests.factories.people import known, person

_keys = count(1)
BASE = "/api/v1"
SOMEBODY = {"name": "Asha Rao", "mobile": "9812345671", "amount": 500}
NDJSON = "application/x-ndjson"


def token_for(user: User, *scopes: Scope, days: int = 30) -> tuple[ApiToken, str]:
    return make_token(known(user), name="Payroll", scopes=scopes or tuple(Scope), days=days)


class Program:
    """Calls with a token of `user`; every POST has a key, a new one unless it is told."""

    def __init__(self, user: User | None = None, *scopes: Scope) -> None:
        self.user = user or person("admin")
        self.token, self.text = token_for(self.user, *scopes)
        self._client = Client()

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self._client.get(f"{BASE}{path}", headers=self._headers(headers))

    def send(
        self, method: str, path: str, body: Any = None, *, kind: str = "application/json", **headers: str
    ) -> HttpResponse:
        """`body`: JSON, or bytes as they are. `key`: the Idempotency-Key."""
        data = body if isinstance(body, bytes) else json.dumps(body) if body is not None else ""
        named = {"Idempotency-Key": headers.pop("key", f"test-{next(_keys)}")} if method == "POST" else {}
        call = getattr(self._client, method.lower())
        return call(f"{BASE}{path}", data=data, content_type=kind, headers=self._headers(headers) | named)

    def post(self, path: str, body: Any = None, **more: str) -> HttpResponse:
        return self.send("POST", path, body, **more)

    def batch(self, *rows: dict[str, Any], purpose: str = "Diwali 2026", account: int) -> int:
        """Made, and read by a worker."""
        made = self.post("/batches", {"purpose": purpose, "account": account, "rows": list(rows) or [SOMEBODY]})
        assert made.status_code == 202, made.content
        number: int = made.json()["id"]
        check(number)
        return number

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}"} | {
            name.replace("_", "-"): value for name, value in more.items()
        }


def check(batch_id: int) -> None:
    """What a worker does when it is rung for."""
    run_import(Upload.objects.filter(batch=batch_id).latest("pk").pk)


def expired(token: ApiToken) -> None:
    token.expires_at = token.made_at - timedelta(seconds=1)
    token.save()
