"""Gives points from another program: an example of a client, to copy from. Needs Python 3.11 and requests.

    PORTAL=https://rewards.example.com TOKEN=rpt_... python api_client.py "Diwali 2026" 1 people.json

people.json is a list of objects with name, mobile and amount; 1 is the number of the reward account.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import requests


class Portal:
    """Every request may be sent again: those that change something have a key of their own."""

    def __init__(self, address: str, token: str) -> None:
        self._base = f"{address.rstrip('/')}/api/v1"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def post(self, path: str, body: Any, *, key: str) -> Any:
        return self._call("POST", path, json=body, headers={"Idempotency-Key": key})

    def _call(self, method: str, path: str, **more: Any) -> Any:
        for wait in (1, 2, 4, 8, 16):
            try:
                answer = self._session.request(method, f"{self._base}{path}", timeout=60, **more)
            except requests.RequestException:
                time.sleep(wait)
                continue
            if answer.status_code in {429, 500, 502, 503, 504}:
                time.sleep(float(answer.headers.get("Retry-After", wait)))
                continue
            if not answer.ok:
                problem = answer.json()
                places = [f"row {one['row']}, {one['field']}: {one['message']}" for one in problem.get("errors", ())]
                sys.exit("\n".join([problem["detail"], *places]))
            return answer.json()
        sys.exit("The portal does not answer. Run this again later: nothing is done twice.")


def give(portal: Portal, *, purpose: str, account: int, people: list[dict[str, Any]]) -> int:
    """Makes a batch, waits until it is checked, and submits it. Returns its number; approving is for people."""
    # The same list is the same request, however often this program is started.
    name = hashlib.sha256(json.dumps([purpose, account, people]).encode()).hexdigest()[:32]
    batch = portal.post("/batches", {"purpose": purpose, "account": account, "rows": people}, key=f"make-{name}")
    number: int = batch["id"]
    while (batch := portal.get(f"/batches/{number}"))["state"] == "checking":
        time.sleep(1)
    if batch["state"] == "review" and not batch["causes"]:
        batch = portal.post(f"/batches/{number}/submit", {}, key=f"submit-{name}-{batch['version']}")
    elif batch["state"] == "draft":
        print(f"the list was refused: {batch['upload']['error']}")
    elif batch["causes"]:
        tell_problems(portal, number)
    print(f"batch {number}: {batch['state']}, {batch['points']} points, code {batch['short_code'] or 'none yet'}")
    return number


def tell_problems(portal: Portal, number: int) -> None:
    """Of every row, a page at a time."""
    after = 0
    while after is not None:
        page = portal.get(f"/batches/{number}/rows?limit=1000&after={after}")
        for row in page["items"]:
            for problem in row["problems"]:
                print(f"row {row['number']}, {problem['field']}: {problem['message']}")
        after = page["next"]


if __name__ == "__main__":
    give(
        Portal(os.environ["PORTAL"], os.environ["TOKEN"]),
        purpose=sys.argv[1],
        account=int(sys.argv[2]),
        people=json.loads(Path(sys.argv[3]).read_text()),
    )
