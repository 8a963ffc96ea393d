"""The wire below allocations.enkash.client: real bytes in, real bytes out, virtual time between."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from allocations.enkash.errors import NotSent, OutcomeUnknown, UnknownKind
from allocations.enkash.transport import RawAnswer
from tests.simulation import calls
from tests.simulation.calls import JSON, Call, Ending, answer, refusal
from tests.simulation.database import CARD_ACCOUNT, COMPANY
from tests.simulation.provider import Plan

if TYPE_CHECKING:
    from tests.simulation.workers import Worker
    from tests.simulation.world import World


_FIGURES = (
    *("totalCards", "activeCards", "totalAllocationPoint", "totalRedemptionPoint"),
    *("currentMonthAllocationPoint", "currentMonthRedemptionPoint"),
)


class VirtualTransport:
    """In place of allocations.enkash.transport.Transport, for one worker."""

    def __init__(self, world: "World", worker: "Worker") -> None:
        self._world = world
        self._worker = worker

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes,
        deadline: float,
    ) -> RawAnswer:
        world = self._world
        if connection.in_atomic_block:
            world.violation("R3", "a call inside a transaction")
        began = world.now
        world.step("before the call")
        path = url.rpartition("/")[2]
        if path == "token" and (world.now - began).total_seconds() > deadline:
            # As the real one, whose body is not read after its time. Bulk calls have no such mercy here.
            raise NotSent("The deadline passed before the body was sent.")
        if path == "bulk-create-allocate-points-json":
            return self._bulk(body, deadline)
        handler = {"token": self._token, "get": self._account, "all": self._look_up}[path]
        return self._wait(world.rng.uniform(0.05, 2.0), handler(body), deadline)

    def _bulk(self, body: bytes, deadline: float) -> RawAnswer:
        world, worker = self._world, self._worker
        worker.about_to_send = False
        items = json.loads(body)
        name, kind = calls.choose(world)
        call = Call(
            world=world,
            items=items,
            plan=self._plan(len(items)),
            deadline=deadline,
            latest=self._latest(),
            returns_at=world.now,
            ending=refusal(500, "never"),
        )
        if name:
            world.count(f"call: {name}")
        if name not in {"not sent", "bad certificate"}:
            world.watch.first_byte(worker, body, items)
        kind(call)
        world.in_flight.append(worker)
        try:
            return self._wait((call.returns_at - world.now).total_seconds(), call.ending, deadline)
        finally:
            world.in_flight.remove(worker)

    def _latest(self) -> "timedelta":
        world, claim = self._world, self._worker.claim
        if world.profile.held_up:
            return world.now + 10 * world.quiet
        ours = world.now if claim is None else min(world.now, claim.expires_at)
        return ours + 0.95 * world.quiet

    def _plan(self, count: int) -> Plan:
        world = self._world
        refuses = frozenset(at for at in range(count) if world.profile.refuses and self._refused())
        window = world.rng.uniform(0.05, 30.0) if world.profile.racy else 0.0
        return Plan(
            begins=world.rng.uniform(0.0, 0.5), gap=world.rng.choice((0.05, 0.3)), window=window, refuses=refuses
        )

    def _refused(self) -> bool:
        return self._world.faulty and self._world.rng.random() < self._world.profile.refuses

    def _wait(self, seconds: float, ending: Ending, deadline: float) -> RawAnswer:
        world, worker = self._world, self._worker
        began = world.now
        part = world.rng.random()
        worker.sleep(seconds * part)
        world.step("during the call")
        worker.sleep(max(seconds * (1 - part), 0.0))
        if (world.now - began).total_seconds() > deadline + 5.0:
            raise OutcomeUnknown("The deadline passed.", kind=UnknownKind.DEADLINE)
        try:
            raw = ending()
        finally:
            world.step("after the call")
        return raw

    def _token(self, _body: bytes) -> Ending:
        world = self._world
        if world.faulty and world.rng.random() < world.profile.login_trouble:
            return self._login_trouble()
        world.watch.login(succeeded=True)
        token = {
            "access_token": f"token{world.rng.randrange(10**6)}",
            "expires_in": 600,
            "token_type": "bearer",
            "refresh_token": "never used",
            "scope": "read write trust",
        }
        return answer(200, json.dumps(token).encode())

    def _login_trouble(self) -> Ending:
        world = self._world
        kind = world.rng.choice(("refused", "error", "lost", "not sent"))
        world.count(f"login: {kind}")
        if kind == "not sent":
            return _raising(NotSent("Nothing was sent: connection refused"))
        world.watch.login(succeeded=False)
        if kind == "lost":
            return _raising(OutcomeUnknown("No answer.", kind=UnknownKind.RESET))
        return refusal(401 if kind == "refused" else 500, "Bad credentials")

    def _account(self, _body: bytes) -> Ending:
        world = self._world
        if world.faulty and world.rng.random() < world.profile.call_trouble / 3:
            return self._reading_trouble("balance")
        payload = {
            "availableBalance": world.provider.balance,
            "companyName": "Simulated",
            "companyId": COMPANY,
            "cardAccountId": CARD_ACCOUNT,
            **dict.fromkeys(_FIGURES, 0),
        }
        return answer(200, json.dumps({"code": 0, "message": "Success", "payload": payload}).encode())

    def _look_up(self, body: bytes) -> Ending:
        world = self._world
        if world.faulty and world.rng.random() < world.profile.lookup_trouble:
            return self._reading_trouble("look-up")
        found = [
            {
                "pgReferenceNumber": entry.reference,
                "enkashCardTxnId": entry.transaction_id,
                "enkashCardId": f"CRD{entry.mobile}",
                "userId": f"EK{entry.mobile}",
                "amount": entry.amount,
                "mobile": entry.mobile,
                "status": entry.status,
                "cardTransactionType": "CR",
                "companyId": COMPANY,
                "companyName": "Simulated",
                "cardHolderName": "Person",
                "balance": 0,
            }
            for entry in world.provider.visible(json.loads(body)["pgReferenceNumbers"])
        ]
        payload = {"data": found, "recordsCount": len(found)}
        if world.faulty and world.rng.random() < world.profile.lookup_trouble / 4:
            world.count("look-up: drifted")
            payload = {"data": [{"renamed": one.pop("pgReferenceNumber"), **one} for one in found]}
        return answer(200, json.dumps({"code": 0, "message": "Success", "payload": payload}).encode())

    def _reading_trouble(self, what: str) -> Ending:
        world = self._world
        kind = world.rng.choice(("error", "lost", "html", "unauthorized", "not sent"))
        world.count(f"{what}: {kind}")
        match kind:
            case "error":
                return refusal(500, "Internal error")
            case "html":
                return answer(200, b"<html>", JSON)
            case "unauthorized":
                return refusal(401, "Unauthorized")
            case "not sent":
                return _raising(NotSent("Nothing was sent: connection refused"))
            case _:
                return _raising(OutcomeUnknown("No answer.", kind=UnknownKind.RESET))


def _raising(error: Exception) -> Ending:
    def fail() -> RawAnswer:
        raise error

    return fail
