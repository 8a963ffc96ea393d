"""Plain HTTP calls to a simulator, written from EnKash's documentation and not with the client library."""

import itertools
import json
import time
from typing import Any

import requests

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.server import Simulator

ACCOUNT = {"companyId": demo.COMPANY_ID, "cardAccountId": demo.CARD_ACCOUNT_ID}
PATH = "/api/v0/partner/enKashCard/"
EXISTS = "The transaction associated with the given Unique reference Number already exists"
SHORT = "Insufficient balance in card account"
SUCCESSES = "successBulkEnKashCardCreateDTOs"
FAILURES = "failureBulkEnKashCardCreateDTOs"
NUMBERS = itertools.count()


def row(reference: str, *, amount: object = 10, mobile: str = "", **fields: object) -> dict[str, object]:
    """A bulk row for a person that no other row of the tests has."""
    mobile = mobile or str(6_000_000_000 + next(NUMBERS))
    return {"name": "Asha Rao", "mobile": mobile, "loadAmount": amount, "uniqueReferenceNumber": reference} | fields


def wait_for_entry(simulator: Simulator, reference: str) -> None:
    """Returns once the reference is credited; fails the test after a minute."""
    for _ in range(6000):
        if simulator.ledger.exists(reference):
            return
        time.sleep(0.01)
    raise AssertionError(f"{reference} was not credited within a minute")


class Caller:
    """One logged-in client with one connection."""

    def __init__(self, simulator: Simulator) -> None:
        self.url = simulator.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = self.log_in().json()["access_token"]

    def log_in(self, *, secret: str = demo.CLIENT_SECRET, **changes: str) -> requests.Response:
        form = {
            "username": demo.USERNAME,
            "password": demo.PASSWORD,
            "grant_type": "password",
            "clientId": demo.CLIENT_ID,
        }
        return self.session.post(
            f"{self.url}/oauth/token", data=form | changes, auth=(demo.CLIENT_ID, secret), timeout=60
        )

    def headers(self, **changes: str | None) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "partnerId": demo.PARTNER_ID,
            "Authorization": f"Bearer {self.token}",
        }
        return {name: value for name, value in (headers | changes).items() if value is not None}

    def post(self, path: str, body: object, **options: Any) -> requests.Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        settings = {"headers": self.headers(), "timeout": 60, "allow_redirects": False} | options
        return self.session.post(f"{self.url}{PATH}{path}", data=data, **settings)

    def bulk(self, rows: object, *, query: dict[str, str] | None = None, **options: Any) -> requests.Response:
        params = ACCOUNT | {"isPointsAllocation": "true"} | (query or {})
        return self.post("bulk-create-allocate-points-json", rows, params=params, **options)

    def allocate(self, *rows: dict[str, object], **options: Any) -> dict[str, Any]:
        """The payload of a bulk call."""
        return self.bulk(list(rows), **options).json()["payload"]

    def look_up(self, *references: str, **filters: object) -> dict[str, Any]:
        named = {"pgReferenceNumbers": list(references)} if references else {}
        return self.post("transaction/all", ACCOUNT | named | filters).json()["payload"]

    def balance(self) -> object:
        return self.post("cardAccount/get", ACCOUNT).json()["payload"]["availableBalance"]

    def single(self, reference: str, *, kind: str = "CR", amount: object = 10, **fields: object) -> requests.Response:
        body = {
            "transactionCode": "ALLOCATION",
            "transactionType": kind,
            "type": "ALLOCATE_POINT" if kind == "CR" else "UNALLOCATE_POINT",
            "loadAmount": amount,
            "uniqueReferenceNumber": reference,
        }
        return self.post("create-allocate-points", ACCOUNT | body | fields)
