"""The control of a simulator: in process as methods, for other processes over HTTP under /_control/.

GET state; GET ledger and GET requests?after=N as JSON lines. POST a JSON object of the method's keywords to faults
({"kind": "error_after", "status": 502, "times": 2}), topup and balance ({"points": 500, "account": "CADEMO1"}),
settings ({"latency": 0.05, "lanes": 8}), expire_tokens or reset. Every POST is answered with the new state.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.answers import Answer, number
from allocations.enkash.simulator.fault_queue import FaultQueue
from allocations.enkash.simulator.ledger import Account, Entry, Ledger
from allocations.enkash.simulator.options import Options
from allocations.enkash.simulator.watch import Watch
from allocations.enkash.simulator.world import World

LINES: Final = "application/x-ndjson"


class Control:
    """Everything a test may look at or change."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def ledger(self) -> Ledger:
        return self._world.ledger

    @property
    def faults(self) -> FaultQueue:
        return self._world.faults

    @property
    def options(self) -> Options:
        return self._world.options

    @property
    def watch(self) -> Watch:
        return self._world.watch

    def state(self) -> dict[str, Any]:
        """Counts, balances, violations and options; no name, mobile or e-mail."""
        world = self._world
        return {
            "requests": world.watch.counts(),
            "unknown_paths": world.unknown_paths,
            "entries": len(world.ledger.entries),
            "balances": {key[1]: number(account.balance) for key, account in world.ledger.accounts.items()},
            "opening": {key[1]: number(account.opening) for key, account in world.ledger.accounts.items()},
            "violations": [asdict(each) for each in world.watch.violations],
            "suspicions": [asdict(each) for each in world.watch.suspicions],
            "peak_in_flight": world.watch.peak_in_flight,
            "locked": world.tokens.locked,
            "tokens_issued": world.tokens.issued,
            "failed_logins_in_a_row": world.watch.failed_logins_in_a_row,
            "late": sum(thread.is_alive() for thread in world.late),
            "faults": world.faults.waiting(),
            "options": {name: value for name, value in asdict(world.options).items() if name != "encryption_key"},
        }

    def ledger_lines(self) -> list[dict[str, Any]]:
        """Every entry in the order it was made."""
        with self.ledger.lock:
            return [entry_line(entry) for entry in self.ledger.entries]

    def requests(self, *, after: int = 0) -> list[dict[str, object]]:
        """Journalled requests with a number above `after`."""
        return self.watch.notes_after(after)

    def top_up(self, points: object, *, account: str = demo.CARD_ACCOUNT_ID) -> None:
        """Adds points to an account's balance, as a payment to EnKash would."""
        with self.ledger.lock:
            found = self._account(account)
            found.balance += _points(points)
            found.opening += _points(points)
            self._world.keep(found.key, entries=(), people=())

    def set_balance(self, points: object, *, account: str = demo.CARD_ACCOUNT_ID) -> None:
        """Sets the balance; `opening` moves by the same amount, so that opening - balance stays what was credited."""
        with self.ledger.lock:
            found = self._account(account)
            found.opening += _points(points) - found.balance
            found.balance = _points(points)
            self._world.keep(found.key, entries=(), people=())

    def change(self, **changes: object) -> None:
        """Sets options, or raises ValueError."""
        self.options.change(changes)

    def expire_tokens(self) -> None:
        self._world.tokens.expire_all()

    def reset(self) -> None:
        self._world.reset()

    def handle(self, method: str, command: str, body: bytes, *, query: Mapping[str, str]) -> Answer:
        """One HTTP request to the control; a wrong one gets 400 with the reason."""
        try:
            if method == "GET":
                return self._read(command, query=query)
            return self._do(command, json.loads(body or b"{}"))
        except (ValueError, TypeError, InvalidOperation) as error:
            return Answer(status=400, document={"error": str(error)})

    def _read(self, command: str, *, query: Mapping[str, str]) -> Answer:
        match command:
            case "state":
                return Answer(document=self.state())
            case "ledger":
                return _lines(self.ledger_lines())
            case "requests":
                return _lines(self.requests(after=int(query.get("after", "0"))))
            case other:
                raise ValueError(f"No control {other}; GET state, ledger or requests.")

    def _do(self, command: str, arguments: dict[str, Any]) -> Answer:
        match command:
            case "faults":
                self.faults.push(**arguments)
            case "topup":
                self.top_up(**arguments)
            case "balance":
                self.set_balance(**arguments)
            case "settings":
                self.change(**arguments)
            case "expire_tokens":
                self.expire_tokens()
            case "reset":
                self.reset()
            case other:
                raise ValueError(f"No control {other}; POST faults, topup, balance, settings, expire_tokens or reset.")
        return Answer(document=self.state())

    def _account(self, card_account_id: str) -> Account:
        found = self.ledger.accounts.get((demo.COMPANY_ID, card_account_id))
        if found is None:
            raise ValueError(
                f"No account {card_account_id}; there are {', '.join(key[1] for key in self.ledger.accounts)}."
            )
        return found


def entry_line(entry: Entry) -> dict[str, Any]:
    company_id, card_account_id = entry.account
    return {
        "reference": entry.reference,
        "company": company_id,
        "account": card_account_id,
        "mobile": entry.mobile,
        "user": entry.user_id,
        "card": entry.card_id,
        "transaction_id": entry.transaction_id,
        "kind": entry.kind,
        "amount": number(entry.amount),
        "status": entry.status,
        "account_balance": number(entry.account_balance),
        "user_balance": number(entry.user_balance),
        "at": entry.at,
    }


def _points(value: object) -> Decimal:
    return Decimal(str(value))


def _lines(rows: list[dict[str, Any]]) -> Answer:
    return Answer(body=b"".join(json.dumps(row).encode() + b"\n" for row in rows), content_type=LINES)
