"""Where the simulation takes hold of the portal: commits, statements, clocks, rings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.db import connection
from django.db.transaction import Atomic

from allocations.gateway import spool
from allocations.services import leases
from allocations.services.leases import Claim
from tests.simulation.timeline import all_clocks
from tests.simulation.workers import Killed
from tests.simulation.world import World

_WRITES = ("UPDATE", "INSERT", "DELETE")
_world: World | None = None


@contextmanager
def installed(world: World) -> Iterator[None]:
    """The portal's functions run in this world."""
    global _world  # noqa: PLW0603 - the patches below need to find it
    patches = (
        mock.patch.object(Atomic, "__enter__", _enter),
        mock.patch.object(Atomic, "__exit__", _exit),
        mock.patch("allocations.queue._ring", _ring),
        mock.patch("allocations.gateway.build", _build),
        mock.patch("allocations.gateway.tokens.time", SimpleNamespace(sleep=_sleep)),
        # The real one would close the one connection that all workers share.
        mock.patch("allocations.jobs.runs.connections"),
        mock.patch.object(leases, "claim_next_chunk", _remembered(leases.claim_next_chunk)),
        mock.patch.object(leases, "claim_to_look_up", _remembered(leases.claim_to_look_up)),
        mock.patch("allocations.services.keeping._reconnect_after", _reconnect_after),
        mock.patch.multiple(spool, put=world.disk.put, get=world.disk.get),
        mock.patch.multiple(spool, remove=world.disk.remove, waiting=world.disk.waiting),
    )
    with _all(patches), all_clocks(_now), connection.execute_wrapper(_execute):
        _world = world
        try:
            yield
        finally:
            _world = None


@contextmanager
def _all(patches: tuple[Any, ...]) -> Iterator[None]:
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


_real_enter, _real_exit = Atomic.__enter__, Atomic.__exit__


def _enter(self: Atomic) -> None:
    world = _world
    if world and world.worker:
        if world.worker.dead:
            raise Killed
        if not connection.in_atomic_block:
            world.step("begin")
    _real_enter(self)


def _exit(self: Atomic, kind: Any, error: Any, trace: Any) -> None:
    _real_exit(self, kind, error, trace)
    if _world and not connection.in_atomic_block:
        _world.committed()


def _execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    world = _world
    if world is None:
        return execute(sql, params, many, context)
    if world.worker and world.worker.dead:
        raise Killed
    result = execute(sql, params, many, context)
    if not connection.in_atomic_block and sql.startswith(_WRITES):
        world.committed()
    return result


def _ring(job: str, object_id: int) -> None:
    if _world and job.endswith("drain_run"):
        _world.crew.ring(object_id)


def _build() -> Any:
    assert _world is not None
    assert _world.worker is not None
    return _world.worker.gateway


def _sleep(seconds: float) -> None:
    assert _world is not None
    assert _world.worker is not None
    # Waiting for another worker's login: a fifth of a second at a time would only cost steps.
    _world.worker.sleep(40 * seconds)


def _now() -> datetime:
    assert _world is not None
    return _world.now


def _reconnect_after(seconds: float) -> None:
    """The real one closes the connection, which is everybody's here."""
    assert _world is not None
    assert _world.worker is not None
    _world.worker.sleep(seconds)


def _remembered(claim_chunk: Callable[..., Claim | None]) -> Callable[..., Claim | None]:
    """What a worker holds decides how late its request may be."""

    def claim_and_remember(*args: Any, **kwargs: Any) -> Claim | None:
        claim = claim_chunk(*args, **kwargs)
        if _world and _world.worker:
            _world.worker.claim = claim
        return claim

    return claim_and_remember
