"""Start-up checks: timings under which a double credit is impossible, and no demo in a live installation."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from allocations import triggers
from allocations.domain.retention import SHORTEST_DAYS

MONEY = "money"
DEMO_PREFIX = "demo-"
_SERIALIZER = "rq.serializers.JSONSerializer"
_LOOPBACK = ("localhost", "::1", "0.0.0.0")  # noqa: S104 - compared with, never bound


@register(MONEY)
def check_timings(**_: Any) -> list[Error]:
    """A call, its second half included, ends before its lease; a lease before its job; quiet outlasts a call."""
    longest, lease = 2 * settings.ENKASH_TIMEOUT, settings.ENKASH_LEASE_SECONDS
    job, quiet = settings.ENKASH_JOB_SECONDS, settings.ENKASH_QUIET_SECONDS
    rules = (
        (
            longest < lease,
            f"ENKASH_LEASE_SECONDS is {lease:g}; it is more than 2 x ENKASH_TIMEOUT = {longest:g}.",
            "E001",
        ),
        (lease < job, f"ENKASH_JOB_SECONDS is {job:g}; it is more than ENKASH_LEASE_SECONDS = {lease:g}.", "E002"),
        (
            quiet >= longest,
            f"ENKASH_QUIET_SECONDS is {quiet:g}; the least is 2 x ENKASH_TIMEOUT = {longest:g}.",
            "E003",
        ),
    )
    return [Error(problem, id=f"money.{number}") for holds, problem, number in rules if not holds]


@register(MONEY)
def check_encryption(**_: Any) -> list[Error]:
    """Encryption that was agreed on has its key."""
    if settings.ENKASH_ENCRYPTION == "off" or settings.ENKASH_ENCRYPTION_KEY:
        return []
    problem = f"ENKASH_ENCRYPTION is {settings.ENKASH_ENCRYPTION} and ENKASH_ENCRYPTION_KEY is empty."
    return [Error(problem, hint="Set the key EnKash gave you.", id="money.E004")]


@register(MONEY)
def check_queues(**_: Any) -> list[Error]:
    """Web, workers and sweeper read each other's jobs: all of them as JSON, which cannot carry code."""
    return [
        Error(f"RQ_QUEUES[{name!r}] has the serializer {found or 'of RQ, pickle'}; set {_SERIALIZER}.", id="money.E009")
        for name, queue in settings.RQ_QUEUES.items()
        if (found := queue.get("SERIALIZER", "")) != _SERIALIZER
    ]


@register(MONEY)
def check_environment(**_: Any) -> list[Error]:
    """Live money needs HTTPS at both ends and no debug pages; nothing but the simulator runs on this machine."""
    if settings.ENKASH_ENVIRONMENT == "simulator":
        return []
    problems = [*_bad_addresses()]
    if settings.ENKASH_ENVIRONMENT == "live":
        problems += [Error("DEBUG is on in a live installation. Unset it.", id="money.E006")] if settings.DEBUG else []
        problems += [] if settings.HTTPS else [Error("HTTPS is off in a live installation. Unset it.", id="money.E007")]
    return problems


@register(MONEY)
def check_connection(**_: Any) -> list[Error]:
    """What the client to EnKash refuses is refused at the start, by web as well, and not by the first run."""
    # Models are not there yet when this file is read.
    from allocations.gateway import enkash_config  # noqa: PLC0415

    try:
        enkash_config()
    except ValueError as error:
        return [Error(f"The connection to EnKash: {error}", hint="Set ENKASH_* anew.", id="money.E014")]
    return []


@register(MONEY)
def check_retention(**_: Any) -> list[Error]:
    """A slip of a digit would erase what nobody can bring back."""
    days = settings.PERSONAL_DATA_DAYS
    if days == 0 or days >= SHORTEST_DAYS:
        return []
    return [Error(f"PERSONAL_DATA_DAYS is {days}; set {SHORTEST_DAYS} or more, or 0 for never.", id="money.E013")]


@register(MONEY)
def check_second_factor(**_: Any) -> list[Error]:
    """Only the demo does without: nobody approves points that are worth something with a password alone."""
    if settings.SECOND_FACTOR_REQUIRED or settings.ENKASH_ENVIRONMENT == "simulator":
        return []
    problem = f"SECOND_FACTOR_REQUIRED is off and ENKASH_ENVIRONMENT is {settings.ENKASH_ENVIRONMENT}. Unset it."
    return [Error(problem, id="money.E010")]


@register(MONEY)
def check_elsewhere(**_: Any) -> list[Error]:
    """A provider of sign-ins is complete, and nobody on the way can play it."""
    if not settings.OIDC_SERVER_URL:
        return []
    problems = [
        Error(f"OIDC_SERVER_URL is set and {name} is empty.", id="money.E011")
        for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
        if not getattr(settings, name)
    ]
    if settings.ENKASH_ENVIRONMENT != "simulator" and urlsplit(settings.OIDC_SERVER_URL).scheme != "https":
        problems.append(Error("OIDC_SERVER_URL is not an https address.", id="money.E012"))
    return problems


# Not tagged as a database check: Django leaves those out at every start but migrate's.
@register(MONEY)
def check_people(**_: Any) -> list[Error]:
    """A live installation knows no demo people, whose passwords everybody knows. Reads the users."""
    if settings.ENKASH_ENVIRONMENT != "live":
        return []
    try:
        found = get_user_model().objects.filter(username__startswith=DEMO_PREFIX).count()
    except DatabaseError:
        # Before the first migration there is no table, hence nobody.
        return []
    problem = f"{found} demo people exist in a live installation. Use a new database; the demo's is for trying only."
    return [Error(problem, id="money.E008")] if found else []


def insist() -> None:
    """Raise ImproperlyConfigured unless every money check passes: for a server that is not a management command."""
    problems = [error for error in run_checks(tags=[MONEY]) if error.is_serious()]
    triggers.insist(connections[DEFAULT_DB_ALIAS])
    # A server may fork after this, and a connection must not be shared between processes.
    connections.close_all()
    if problems:
        raise ImproperlyConfigured(" ".join(str(error.msg) for error in problems))


def _bad_addresses() -> list[Error]:
    found = []
    for name in ("ENKASH_API_URL", "ENKASH_TOKEN_URL"):
        parts = urlsplit(getattr(settings, name))
        host = parts.hostname or ""
        if parts.scheme != "https" or not host or host in _LOOPBACK or host.startswith("127."):
            problem = f"{name} is not an https address of another machine; {settings.ENKASH_ENVIRONMENT} needs one."
            found.append(Error(problem, id="money.E005"))
    return found
