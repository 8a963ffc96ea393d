"""From a request to its answer: journal, fault, work, false answer."""

from collections.abc import Callable, Mapping
from typing import Final

from allocations.enkash.simulator import sealing
from allocations.enkash.simulator.answers import JSON, Answer, Declined, Endpoint, oauth_error
from allocations.enkash.simulator.bulk import allocate
from allocations.enkash.simulator.drift import Drift, drifted
from allocations.enkash.simulator.intake import Request, check_headers
from allocations.enkash.simulator.kind import Fault
from allocations.enkash.simulator.options import Encryption
from allocations.enkash.simulator.profiles import draw_fault
from allocations.enkash.simulator.reads import account_details, log_in, search, sso_token
from allocations.enkash.simulator.single import move_points
from allocations.enkash.simulator.transactions import transactions
from allocations.enkash.simulator.watch import Note
from allocations.enkash.simulator.work import Stage, Work
from allocations.enkash.simulator.world import World

READS: Final[Mapping[Endpoint, Callable[[World, Request], Answer]]] = {
    Endpoint.ACCOUNT: account_details,
    Endpoint.TRANSACTIONS: transactions,
    Endpoint.SEARCH: search,
    Endpoint.SINGLE: move_points,
    Endpoint.SSO: sso_token,
}


def respond(world: World, request: Request, note: Note) -> tuple[Answer, bool]:
    """The answer, and whether the client can know from it what became of its rows."""
    fault = world.faults.take(request.endpoint) or draw_fault(world, request)
    note.fault = fault.name if fault is not None else ""
    world.pause(world.latency(request))
    if fault is None:
        return _drifted(world, request, do(world, request, Work()))
    answer = _work(world, request, fault)
    answer, _ = _drifted(world, request, answer)
    false = fault.apply(answer)
    world.pause(false.delay)
    return false, fault.kind.is_answer


def _drifted(world: World, request: Request, answer: Answer) -> tuple[Answer, bool]:
    """The answer as the options change it, and whether a client of the documentation still understands it."""
    drift = world.options.drift
    return drifted(answer, endpoint=request.endpoint, drift=drift), drift is not Drift.RENAMED


def _work(world: World, request: Request, fault: Fault) -> Answer:
    """The true answer, an empty one where no work is done before the answer."""
    match fault.stage:
        case Stage.NONE:
            return Answer()
        case Stage.LATE:
            work = fault.work()
            if _stranger(world, request) is None:
                seconds = float(fault.options.get("seconds", 2.0))
                world.start_late(lambda: _serve(world, request, work), seconds=seconds)
            return Answer()
        case Stage.HALF | Stage.ALL:
            return do(world, request, fault.work())


def do(world: World, request: Request, work: Work) -> Answer:
    """The work and its true answer; every refusal is an answer too."""
    if request.endpoint is Endpoint.TOKEN:
        return log_in(world, request)
    return _stranger(world, request) or _serve(world, request, work)


def _stranger(world: World, request: Request) -> Answer | None:
    """The refusal of a request without a token in life."""
    if world.check_token(request):
        return None
    return oauth_error("invalid_token", "Access token is missing, unknown or expired", status=401)


def _serve(world: World, request: Request, work: Work) -> Answer:
    try:
        check_headers(request)
        if request.endpoint is Endpoint.BULK:
            return allocate(world, request, work)
        if request.content.problem is not None:
            raise request.content.problem
        return READS[request.endpoint](world, request)
    except Declined as declined:
        return declined.answer()


def body_of(world: World, answer: Answer) -> bytes:
    """The bytes to send, sealed where EnKash would seal them."""
    payload = answer.payload()
    is_sealed = world.options.encryption is Encryption.BOTH and answer.content_type == JSON and answer.status == 200
    is_oauth = isinstance(answer.document, dict) and "access_token" in answer.document
    if is_sealed and not is_oauth and payload:
        return sealing.wrap(payload, secret=world.options.encryption_key)
    return payload
