"""What `manage.py doctor` looks at: every part of an installation, what is wrong with it, and what to do.

It only reads, and asks EnKash nothing but the balance of each account.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django_rq import get_connection
from redis.exceptions import RedisError

from allocations import gateway as gateways
from allocations import queue, triggers
from allocations.domain.policy import Role
from allocations.enkash.errors import EnkashError
from allocations.gateway import secrets, trail_key
from allocations.models import Account, EnkashToken, SweeperLease, TrailSeal
from allocations.presenters.numbers import counted, points
from allocations.selectors import shell
from allocations.selectors.contract import open_counts
from allocations.selectors.logins import blocked_login
from allocations.selectors.roster import count_with
from allocations.services.holds import frozen

# A clock that is off by more makes one-time codes fail and times in the trail contradict each other.
_CLOCK_OFF = timedelta(seconds=5)
MIGRATE = "Run `manage.py migrate`. Nothing that needs the database was looked at."
_MAKE_OWNER = "Run `manage.py make_owner`: two owners can confirm for each other."
_INVITE = "An owner invites one on the page People."
_COLLECT = "Run `npm ci --omit=dev` and `manage.py collectstatic`, then start the web server again."


class State(StrEnum):
    OK = "ok"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy`: what to do, empty if all is well."""

    part: str
    state: State
    text: str
    remedy: str = ""


def examine(*, offline: bool) -> Iterator[Finding]:
    """Every part in turn. `offline`: EnKash is not asked."""
    yield from _configuration()
    yield from _folders()
    yield from _pages()
    yield from _redis()
    try:
        database = list(_database())
    except DatabaseError as error:
        yield Finding(
            "Database",
            State.WRONG,
            f"It cannot be used: {str(error).splitlines()[0]}",
            "Check that it runs and that DATABASE_URL is right. Nothing that needs it was looked at.",
        )
        return
    yield from database
    if any(one.remedy == MIGRATE for one in database):
        # The other parts ask tables that may not be there yet.
        return
    for part in _PARTS:
        yield from part()
    if not offline:
        yield from _enkash()


def _configuration() -> Iterator[Finding]:
    found = [one for one in checks.run_checks() if one.level >= checks.WARNING and not one.is_silenced()]
    for one in found:
        state = State.WRONG if one.is_serious() else State.LOOK
        yield Finding("Configuration", state, str(one.msg), one.hint or "Change the setting and start all parts again.")
    if not found:
        yield Finding("Configuration", State.OK, f"For EnKash's {settings.ENKASH_ENVIRONMENT}; nothing contradicts.")


def _folders() -> Iterator[Finding]:
    for name in ("MEDIA_ROOT", "SPOOL_ROOT"):
        folder = Path(getattr(settings, name))
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        if os.access(existing, os.W_OK | os.X_OK):
            yield Finding(name, State.OK, "This user can write there.")
        else:
            yield Finding(name, State.WRONG, "This user cannot write there.", "Give it to the user the portal runs as.")
    waiting = len(list(Path(settings.SPOOL_ROOT).glob("*.answer")))
    if waiting:
        yield Finding(
            "SPOOL_ROOT",
            State.LOOK,
            f"{counted(waiting, 'answer')} of EnKash not stored yet.",
            "Leave the files where they are; a worker or the sweeper of this machine takes them in.",
        )


def _pages() -> Iterator[Finding]:
    """What pages are made of besides code: it is built after each new version, and every page fails without."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        manifest = staticfiles_storage.read_manifest()
        if manifest is None:
            yield Finding("STATIC_ROOT", State.WRONG, "Nothing is collected there: every page fails.", _COLLECT)
        elif missing := _sources() - json.loads(manifest)["paths"].keys():
            text = f"{counted(len(missing), 'static file')} not collected: pages of this version may fail."
            yield Finding("STATIC_ROOT", State.WRONG, text, _COLLECT)
        else:
            yield Finding("STATIC_ROOT", State.OK, "Static files are collected.")
    for folder in map(Path, settings.LOCALE_PATHS):
        for catalogue in sorted(folder.glob("*/LC_MESSAGES/django.po")):
            if not catalogue.with_suffix(".mo").exists():
                text = f"{catalogue.parts[-3]} is not compiled: pages stay English."
                remedy = "Run `pybabel compile -d locale -D django`, then start the web server again."
                yield Finding("Languages", State.LOOK, text, remedy)


def _sources() -> set[str]:
    return {path for finder in get_finders() for path, _ in finder.list([])}


def _redis() -> Iterator[Finding]:
    """Redis, and which of its queues somebody works on."""
    try:
        memory = get_connection(queue.RUNS).info("memory")
        at_work = {name: queue.workers_of(name) for name in settings.RQ_QUEUES}
    except (RedisError, OSError) as error:
        remedy = "Check that it runs and that REDIS_URL is right."
        yield Finding("Redis", State.WRONG, f"It cannot be asked: {error}", remedy)
        return
    evicts = memory.get("maxmemory_policy")
    if evicts != "noeviction":
        state = State.WRONG if memory.get("maxmemory") else State.LOOK
        yield Finding("Redis", state, f"Its maxmemory-policy is {evicts}.", "Set it to noeviction.")
    for name, count in at_work.items():
        if count:
            yield Finding(f"Queue {name}", State.OK, f"{count} at work.")
        else:
            yield Finding(f"Queue {name}", State.WRONG, "Nobody works on it.", f"Start `manage.py worker {name}`.")


def _database() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = triggers.missing(connection) if not waiting else frozenset()
    version = ".".join(map(str, connection.get_database_version()))
    if waiting:
        yield Finding("Database", State.WRONG, f"{counted(len(waiting), 'migration')} to apply.", MIGRATE)
    elif missing:
        text = f"{counted(len(missing), 'trigger')} missing: history could be changed."
        yield Finding("Database", State.WRONG, text, "Find out who removed them, then run `manage.py migrate`.")
    else:
        yield Finding("Database", State.OK, f"{connection.display_name} {version}, up to date, triggers in place.")


def _clock() -> Iterator[Finding]:
    off = abs(gateways.database_now() - datetime.now(UTC))
    if off > _CLOCK_OFF:
        text = f"This machine and the database differ by {off.total_seconds():.0f} seconds."
        yield Finding("Clock", State.WRONG, text, "Let both keep their time by NTP.")
    else:
        yield Finding("Clock", State.OK, "This machine and the database agree.")


def _sweeper() -> Iterator[Finding]:
    swept_at = SweeperLease.objects.values_list("swept_at", flat=True).first()
    if swept_at is None:
        yield Finding("Sweeper", State.WRONG, "It has never made a round.", "Start `manage.py sweep`.")
        return
    ago = gateways.database_now() - swept_at
    late = ago > 3 * timedelta(seconds=settings.ENKASH_SWEEP_SECONDS)
    text = f"Its last round was {max(ago.total_seconds(), 0):.0f} seconds ago."
    yield Finding("Sweeper", State.WRONG if late else State.OK, text, "Start `manage.py sweep`." if late else "")


def _keys() -> Iterator[Finding]:
    token = EnkashToken.objects.exclude(value=None).first()
    try:
        if token and token.value:
            secrets.decrypt(token.value)
        yield Finding("DATA_KEY", State.OK, "It opens what is stored." if token else "Nothing is stored with it yet.")
    except InvalidToken:
        remedy = "Add the former key behind the new one, separated by a comma."
        yield Finding("DATA_KEY", State.WRONG, "It does not open what is stored.", remedy)
    try:
        key = trail_key.sealing_key()
    except ImproperlyConfigured as error:
        yield Finding("Trail key", State.WRONG, str(error), "Put the key back where TRAIL_KEY_FILE says.")
        return
    if key is None:
        text = "TRAIL_KEY_FILE is not set: nothing is sealed, and an outsider cannot check the trail."
        yield Finding("Trail key", State.LOOK, text, "Run `manage.py make_trail_key` and set it.")
        return
    newest = TrailSeal.objects.order_by("-size").first()
    text = f"The newest seal covers {newest.size} entries." if newest else "Nothing is sealed yet."
    yield Finding("Trail key", State.OK, text)


def _people() -> Iterator[Finding]:
    for role, least in ((Role.OWNER, 2), (Role.APPROVER, 1), (Role.ADMIN, 1)):
        count = count_with(role)
        text = f"{count} with the role {role.value}."
        if count >= least:
            yield Finding("People", State.OK, text)
        else:
            yield Finding("People", State.LOOK, text, _MAKE_OWNER if role is Role.OWNER else _INVITE)


def _work() -> Iterator[Finding]:
    if recovering := shell.recovery():
        text = f"The portal recovers from a restore; {counted(recovering.calls_left, 'call')} still to be looked up."
        yield Finding("Work", State.LOOK, text, "Wait, or read “Restore” in docs/operations.md.")
    if frozen():
        yield Finding("Work", State.LOOK, "All sending is frozen.", "Two people release it on the page Runs.")
    yield _contract()
    open_work = shell.open_work()
    if open_work.exceptions:
        text = f"{counted(open_work.exceptions, 'row')} to be decided by people."
        yield Finding("Work", State.LOOK, text, "Open the page Exceptions.")


def _contract() -> Finding:
    breaking, news = open_counts()
    if not breaking + news:
        return Finding("EnKash contract", State.OK, "Every answer so far was as documented, or was looked at.")
    text = f"{counted(breaking, 'open difference')} that the portal cannot rely on, {news} that are only news."
    state = State.WRONG if breaking else State.LOOK
    return Finding("EnKash contract", state, text, "An owner looks at the page EnKash contract.")


def _enkash() -> Iterator[Finding]:
    if blocked := blocked_login():
        text = f"Two logins in a row failed: {blocked.said}"
        yield Finding(
            "EnKash",
            State.WRONG,
            text,
            "Compare user name and password with EnKash, then try the login once on the page Accounts.",
        )
        return
    client = gateways.build().client
    for account in Account.objects.order_by("pk"):
        try:
            details = client.account_details(company_id=account.company_id, card_account_id=account.card_account_id)
        except EnkashError as error:
            remedy = "Check ENKASH_* and whether this machine reaches EnKash."
            yield Finding("EnKash", State.WRONG, f"{account.name}: {error}", remedy)
        else:
            yield Finding("EnKash", State.OK, f"{account.name} holds {points(details.available_balance)}.")
    if not Account.objects.exists():
        yield Finding("EnKash", State.LOOK, "There is no reward account.", "Add one on the page Accounts.")


_PARTS: tuple[Callable[[], Iterator[Finding]], ...] = (_clock, _sweeper, _keys, _people, _work)
