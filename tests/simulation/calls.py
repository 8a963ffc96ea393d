"""What may become of one bulk call, as a table: how much EnKash does, and what comes back when."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from allocations.enkash.errors import BadCertificate, NotSent, OutcomeUnknown, UnknownKind
from allocations.enkash.transport import RawAnswer
from tests.simulation.provider import Plan, Request, report

if TYPE_CHECKING:
    from tests.simulation.world import World

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html"}
Ending = Callable[[], RawAnswer]


@dataclass(slots=True)
class Call:
    """One bulk call on its way. Its kind sets when it `returns_at` and how it ends."""

    world: "World"
    items: list[dict[str, Any]]
    plan: Plan
    deadline: float
    # When the provider has to be done with it at the latest: the limit that the protocol states.
    latest: datetime
    returns_at: datetime
    ending: Ending

    def work(self, **changes: Any) -> Request:
        plan = replace(self.plan, **changes)
        longest = (self.latest - self.world.now).total_seconds()
        lasts = plan.begins + plan.gap * len(self.items) + plan.window
        if lasts > longest:
            share = max(longest, 0.0) / lasts
            plan = replace(plan, begins=plan.begins * share, gap=plan.gap * share, window=plan.window * share)
        return self.world.provider.receive(self.items, plan)

    def end(self, when: datetime, ending: Ending) -> None:
        """Or by our own deadline, which passes in any case."""
        limit = self.world.now + timedelta(seconds=self.deadline)
        late = when > limit
        self.returns_at = limit if late else when
        self.ending = _lost(UnknownKind.DEADLINE) if late else ending

    def held_up(self) -> float:
        """How long a request is under way before EnKash begins: mostly a moment, at times longer than anybody waits."""
        if self.world.profile.held_up:
            return self.some_time(4000.0)
        return self.some_time(self.world.rng.choice((5.0, 100.0, 800.0)))

    def some_time(self, most: float) -> float:
        return self.world.rng.uniform(0.05, most)


def answer(status: int, body: bytes, headers: Mapping[str, str] = JSON) -> Ending:
    return lambda: RawAnswer(status, headers, body, 1.0)


def refusal(status: int, message: str, **headers: str) -> Ending:
    body = json.dumps({"code": 1, "message": message, "payload": None}).encode()
    return answer(status, body, {**JSON, **headers})


def _lost(kind: UnknownKind) -> Ending:
    def lost() -> RawAnswer:
        raise OutcomeUnknown("The call ended without a complete answer.", kind=kind)

    return lost


def rows(call: Call) -> None:
    request = call.work()
    call.end(_soon(call, request), lambda: RawAnswer(200, JSON, report(request), 1.0))


def _soon(call: Call, request: Request) -> datetime:
    return request.done_at + timedelta(seconds=call.some_time(1.0))


def slow(call: Call) -> None:
    """Held up before or while it is worked on; the caller may have given up long before it is done."""
    request = call.work(begins=call.held_up(), gap=call.some_time(20.0))
    call.end(_soon(call, request), lambda: RawAnswer(200, JSON, report(request), 1.0))


def answer_lost(call: Call) -> None:
    request = call.work()
    call.end(_soon(call, request), _lost(UnknownKind.RESET))


def never_arrives(call: Call) -> None:
    call.end(call.world.now + timedelta(seconds=call.some_time(3.0)), _lost(UnknownKind.RESET))


def not_sent(call: Call) -> None:
    def refused() -> RawAnswer:
        raise NotSent("Nothing was sent: connection refused")

    call.end(call.world.now + timedelta(seconds=call.some_time(5.0)), refused)


def bad_certificate(call: Call) -> None:
    def refused() -> RawAnswer:
        raise BadCertificate("The server's certificate does not prove its name")

    call.end(call.world.now, refused)


def reset_early(call: Call) -> None:
    """The connection breaks at once, and EnKash works on for a long time."""
    call.work(begins=call.held_up())
    call.end(call.world.now + timedelta(seconds=call.some_time(2.0)), _lost(UnknownKind.RESET))


def gateway_error(call: Call) -> None:
    """A gateway answers 504 while EnKash works on."""
    call.work(begins=call.held_up())
    call.end(call.world.now + timedelta(seconds=call.some_time(60.0)), answer(504, b"<html>", HTML))


def dies_half_way(call: Call) -> None:
    request = call.work(stops_after=call.world.rng.randint(0, len(call.items)))
    ending = call.world.rng.choice((_lost(UnknownKind.RESET), answer(500, b"oops", HTML), answer(502, b"", HTML)))
    call.end(_soon(call, request), ending)


def half_answer(call: Call) -> None:
    """Cut without an exception: a closed connection that nobody can tell from a complete answer."""
    request = call.work()
    share = call.world.rng.random()

    def cut() -> RawAnswer:
        whole = report(request)
        return RawAnswer(200, JSON, whole[: int(len(whole) * share)], 1.0)

    call.end(_soon(call, request), cut)


def wrong_count(call: Call) -> None:
    request = call.work()
    call.end(_soon(call, request), lambda: RawAnswer(200, JSON, report(request, skew=1), 1.0))


def drifted(call: Call) -> None:
    """A field that the portal reads has another name."""
    request = call.work()
    field = call.world.rng.choice((b"enkashCardTxnId", b"loadAmount", b"mobile", b"totalCount", b"payload"))

    def renamed() -> RawAnswer:
        return RawAnswer(200, JSON, report(request).replace(b'"' + field + b'"', b'"renamed"'), 1.0)

    call.end(_soon(call, request), renamed)


def line_missing(call: Call) -> None:
    request = call.work()
    at = call.world.rng.randrange(len(call.items))
    call.end(_soon(call, request), lambda: RawAnswer(200, JSON, report(request, without=at), 1.0))


def poor_whole(call: Call) -> None:
    """Refused as a whole for want of points, with rows before the wall credited."""
    request = call.work(stops_after=call.world.rng.randint(0, len(call.items)))
    call.end(_soon(call, request), refusal(200, "Insufficient balance in card account"))


def unauthorized(call: Call) -> None:
    call.end(call.world.now + timedelta(seconds=call.some_time(1.0)), refusal(401, "Unauthorized"))


def throttled(call: Call) -> None:
    wait = call.world.rng.choice(("1", "30", "900", "1000000000"))
    call.end(
        call.world.now + timedelta(seconds=call.some_time(1.0)), refusal(429, "Slow down", **{"retry-after": wait})
    )


def refused_whole(call: Call) -> None:
    call.end(call.world.now + timedelta(seconds=call.some_time(1.0)), refusal(422, "Validation failed"))


def redirected(call: Call) -> None:
    ending = answer(307, b"", {"location": "https://elsewhere.example"})
    call.end(call.world.now + timedelta(seconds=call.some_time(1.0)), ending)


def html_page(call: Call) -> None:
    request = call.work(stops_after=call.world.rng.choice((0, None)))
    call.end(_soon(call, request), answer(200, b"<html>Maintenance</html>", HTML))


KINDS: Mapping[str, tuple[Callable[[Call], None], float]] = {
    "slow": (slow, 3),
    "answer lost": (answer_lost, 3),
    "never arrives": (never_arrives, 1),
    "not sent": (not_sent, 1.5),
    "bad certificate": (bad_certificate, 0.2),
    "reset early": (reset_early, 2),
    "gateway error": (gateway_error, 2),
    "dies half way": (dies_half_way, 3),
    "half answer": (half_answer, 1.5),
    "wrong count": (wrong_count, 0.7),
    "drifted": (drifted, 1.5),
    "line missing": (line_missing, 1),
    "poor whole": (poor_whole, 0.5),
    "unauthorized": (unauthorized, 1),
    "throttled": (throttled, 1),
    "refused whole": (refused_whole, 0.4),
    "redirected": (redirected, 0.3),
    "html page": (html_page, 0.7),
}


def choose(world: "World") -> tuple[str, Callable[[Call], None]]:
    if not world.faulty or world.rng.random() >= world.profile.call_trouble:
        return "", rows
    names = world.profile.kinds or tuple(KINDS)
    (name,) = world.rng.choices(names, [KINDS[name][1] for name in names])
    return name, KINDS[name][0]
