"""The seam to the outside: EnKash, the clock, the name of this process. Tests replace what is built here."""

import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import connection

from allocations.domain.recovery import RecoveryRules
from allocations.domain.stop_loss import StopLossRules
from allocations.enkash.client import EnkashClient, build_client
from allocations.enkash.config import Encryption, EnkashConfig
from allocations.gateway.contract_watch import ContractWatch
from allocations.gateway.tokens import DatabaseTokenStore
from allocations.gateway.witness import NoWitness, Witness, redis_witness

CODE_VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of the send procedure. `budget`: what one call may take at the very worst; `lease` outlasts it."""

    deadline: timedelta
    budget: timedelta
    lease: timedelta
    job: timedelta
    balance_age: timedelta
    recovery: RecoveryRules


def database_now() -> datetime:
    """The database's clock where several machines share it, else this machine's. UTC."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now.astimezone(UTC) if isinstance(now, datetime) else datetime.now(UTC)


def new_watch() -> ContractWatch:
    return ContractWatch(clock=database_now, key=settings.ENKASH_ENCRYPTION_KEY)


@dataclass(frozen=True, slots=True)
class Gateway:
    client: EnkashClient
    clock: Callable[[], datetime]
    worker: str
    timing: Timing
    witness: Witness = field(default_factory=NoWitness)
    watch: ContractWatch = field(default_factory=new_watch)


def timing() -> Timing:
    deadline = timedelta(seconds=settings.ENKASH_TIMEOUT)
    return Timing(
        deadline=deadline,
        budget=2 * deadline,
        lease=timedelta(seconds=settings.ENKASH_LEASE_SECONDS),
        job=timedelta(seconds=settings.ENKASH_JOB_SECONDS),
        balance_age=timedelta(minutes=5),
        recovery=RecoveryRules(
            quiet=timedelta(seconds=settings.ENKASH_QUIET_SECONDS),
            max_resends=settings.ENKASH_MAX_RESENDS,
            horizon=timedelta(seconds=settings.ENKASH_RESEND_HORIZON_SECONDS),
        ),
    )


def stop_loss_rules() -> StopLossRules:
    return StopLossRules(
        percent=settings.ENKASH_STOP_LOSS_PERCENT,
        minimum_rows=settings.ENKASH_STOP_LOSS_ROWS,
        at_first_unknown=settings.ENKASH_STOP_AT_FIRST_UNKNOWN,
    )


def enkash_config() -> EnkashConfig:
    return EnkashConfig(
        api_url=settings.ENKASH_API_URL,
        token_url=settings.ENKASH_TOKEN_URL,
        partner_id=settings.ENKASH_PARTNER_ID,
        username=settings.ENKASH_USERNAME,
        password=settings.ENKASH_PASSWORD,
        client_id=settings.ENKASH_CLIENT_ID,
        client_secret=settings.ENKASH_CLIENT_SECRET,
        auth_scheme=settings.ENKASH_AUTH_SCHEME,
        encryption=Encryption(settings.ENKASH_ENCRYPTION),
        encryption_key=settings.ENKASH_ENCRYPTION_KEY,
        connect_timeout=settings.ENKASH_CONNECT_TIMEOUT,
        deadline=settings.ENKASH_TIMEOUT,
        max_token_age=int(settings.ENKASH_MAX_TOKEN_AGE),
    )


@cache
def _worker_name(pid: int) -> str:
    """Unique per process, also after a fork: pids return, and two machines may share one."""
    return f"{socket.gethostname()}:{pid}:{uuid.uuid4().hex[:8]}"


def worker_name() -> str:
    return _worker_name(os.getpid())


def build() -> Gateway:
    worker = worker_name()
    store = DatabaseTokenStore(worker=worker, clock=database_now)
    watch = new_watch()
    client = build_client(enkash_config(), store=store, hear=watch.hear)
    return Gateway(
        client=client, clock=database_now, worker=worker, timing=timing(), witness=redis_witness(), watch=watch
    )
