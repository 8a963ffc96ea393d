"""The demo's services: which processes, on which ports, with which environment."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rewards_portal.supervisor import ports
from rewards_portal.supervisor.environment import demo_environment, write_environment
from rewards_portal.supervisor.redis import redis_binary, redis_command, redis_url, socket_path
from rewards_portal.supervisor.services import Service

_PORT = 8000
_SIMULATOR_PORT = 8900
_MOST_RUN_WORKERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo that is ready to start; `scratch` holds Redis' socket and goes when the demo ends."""

    url: str
    services: tuple[Service, ...]
    environment: Mapping[str, str]
    remarks: tuple[str, ...]
    scratch: Path


def plan_demo(base: Path, *, var: Path, outer: Mapping[str, str]) -> Demo:
    """Choose ports and Redis, write portal.env into `var`, and return what to start.

    `outer` may set PORT, RUN_WORKERS and *_URL; ValueError tells what is wrong with them.
    """
    workers = _run_workers(outer)
    wanted = int(outer.get("PORT") or _PORT)
    port, simulator_port = ports.free_port(wanted), ports.free_port(_SIMULATOR_PORT)
    socket = socket_path(var / "redis")
    own_redis = not outer.get("REDIS_URL")
    variables = demo_environment(
        var / "portal.env",
        outer=outer,
        simulator_url=f"http://{ports.LOOPBACK}:{simulator_port}",
        redis_url=redis_url(socket) if own_redis else outer["REDIS_URL"],
        port=port,
    )
    write_environment(var / "portal.env", variables)
    environment = {**outer, **variables, "PYTHONUNBUFFERED": "1"}
    redis = (_redis(var / "redis", socket=socket, environment=environment),) if own_redis else ()
    portal = _portal(base, var, environment=environment, port=port, simulator_port=simulator_port, run_workers=workers)
    return Demo(
        url=f"http://{ports.LOOPBACK}:{port}/",
        services=(*redis, *portal),
        environment=environment,
        scratch=socket.parent,
        remarks=() if port == wanted else (f"Port {wanted} is taken; the portal uses {port}.",),
    )


def _run_workers(outer: Mapping[str, str]) -> int:
    """One is enough for the demo's account, which has one lane until an owner opens more."""
    text = outer.get("RUN_WORKERS") or "1"
    if not (text.isdecimal() and 1 <= int(text) <= _MOST_RUN_WORKERS):
        raise ValueError(f"RUN_WORKERS is {text}; set a number from 1 to {_MOST_RUN_WORKERS}, or unset it.")
    return int(text)


def _redis(folder: Path, *, socket: Path, environment: Mapping[str, str]) -> Service:
    # Left by a server that was killed, the file would look like one that still listens.
    socket.unlink(missing_ok=True)
    return Service(
        name="redis",
        command=redis_command(redis_binary(), folder=folder, socket=socket),
        environment=environment,
        stage=0,
        ready=partial(ports.answers_at, str(socket)),
    )


def _portal(
    base: Path, var: Path, *, environment: Mapping[str, str], port: int, simulator_port: int, run_workers: int
) -> tuple[Service, ...]:
    manage = (sys.executable, str(base / "manage.py"))
    ledger = str(var / "simulator.sqlite3")
    # A lost answer hangs for longer than the demo's ENKASH_TIMEOUT, so that the portal has to give up on it.
    # The balance pays for a sample of 5,000 people several times over.
    simulator = f"--port {simulator_port} --profile realistic --seed 1 --hang-seconds 6 --balance 50000000".split()
    server = ("--bind", f"{ports.LOOPBACK}:{port}", "--worker-class", "gthread", "--threads", "8", "--preload")
    gunicorn = (sys.executable, "-m", "gunicorn", "--chdir", str(base), "--no-control-socket", "--log-level", "warning")
    return (
        Service(
            name="simulator",
            command=(*manage, "enkash_simulator", *simulator, "--ledger", ledger),
            environment=environment,
            stage=0,
            ready=partial(ports.answers, simulator_port),
        ),
        Service(name="imports", command=(*manage, "worker", "imports"), environment=environment),
        *(
            Service(name=name, command=(*manage, "worker", "runs"), environment=environment)
            for name in ("runs", *(f"runs-{number}" for number in range(2, run_workers + 1)))
        ),
        Service(name="sweeper", command=(*manage, "sweep"), environment=environment),
        Service(
            name="web",
            command=(*gunicorn, *server, "rewards_portal.wsgi"),
            environment=environment,
            # Serves without the others; the workers, which nobody waits for, start behind it.
            stage=0,
            ready=partial(ports.serves, port, path="/health/ready/"),
        ),
    )
