"""The balance of a reward account: read seldom, believed only while fresh."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Case, F, Q, When

from allocations import gateway as gateways
from allocations.domain import policy
from allocations.domain.errors import DomainError, InvalidInput
from allocations.domain.policy import Actor
from allocations.domain.states import OPEN_ATTEMPTS, RunState
from allocations.enkash.errors import EnkashError, OutcomeUnknown, UnknownKind
from allocations.gateway import Gateway, Timing
from allocations.models import Account, Attempt, Run
from allocations.models.runs import ChunkState
from allocations.services import outcomes


@dataclass(frozen=True, slots=True)
class Funds:
    """Points. `promised`: of the account's calls in flight, whether or not the balance shows them already. A call that
    nobody ends counts until a balance was read after it surely was over."""

    balance: Decimal
    promised: int

    def cover(self, points: int) -> bool:
        """Whether so many more points are there whatever becomes of the calls in flight."""
        return self.balance - self.promised >= points


class BalanceUnavailable(DomainError):
    """EnKash did not tell the balance."""


def read_balance(account: Account, *, gateway: Gateway) -> Decimal:
    """Asks EnKash and stores the answer. Raises EnkashError. Never called inside a transaction."""
    began = gateway.clock()
    details = gateway.client.account_details(company_id=account.company_id, card_account_id=account.card_account_id)
    if not outcomes.fits(details.available_balance):
        raise OutcomeUnknown("The balance in the answer cannot be true.", kind=UnknownKind.UNREADABLE, http_status=200)
    return _store_reading(account, details.available_balance, began=began, now=gateway.clock())


def _store_reading(account: Account, told: Decimal, *, began: datetime, now: datetime) -> Decimal:
    """An answer that another lane noted during the reading may be newer than it: then the lower figure counts."""
    newer = Q(balance_at__gt=began, balance_stale=False, balance__lt=told)
    reading = Account.objects.filter(pk=account.pk)
    reading.update(balance=Case(When(newer, then=F("balance")), default=told), balance_at=now, balance_stale=False)
    stored = reading.values_list("balance", flat=True).get()
    return told if stored is None else stored


def note_answer(account: Account, told: Decimal | None, *, unsure: bool, now: datetime) -> None:
    """What an answer said of the balance, in the caller's transaction. Several lanes' answers come in any order, so a
    sure figure only ever falls, and only a reading makes an unsure one sure again."""
    noted = Account.objects.filter(pk=account.pk)
    if told is not None:
        lower = Q(balance_stale=False, balance__lt=told)
        noted.update(balance=Case(When(lower, then=F("balance")), default=told), balance_at=now)
    if unsure:
        noted.update(balance_stale=True)


def balance_for_sending(account_id: int, *, gateway: Gateway, afresh: bool = False) -> Funds:
    """The figure that decides about the next call: stored if fresh and sure, else read. Raises EnkashError."""
    now = gateway.clock()
    account, funds = _stored(account_id, now=now, timing=gateway.timing)
    old = account.balance_at is None or now - account.balance_at > gateway.timing.balance_age
    sure = account.balance is not None and not account.balance_stale and not old
    if sure and not afresh:
        return funds
    read_balance(account, gateway=gateway)
    return stored_funds(account_id, now=now, timing=gateway.timing)


def stored_funds(account_id: int, *, now: datetime, timing: Timing) -> Funds:
    """The stored balance and what of it the calls in flight will take."""
    _, funds = _stored(account_id, now=now, timing=timing)
    return funds


def abandoned_call(account_id: int, *, now: datetime, timing: Timing) -> Attempt | None:
    """The newest open call of the account if none of them can have a living worker any more."""
    calls = Attempt.objects.filter(state__in=OPEN_ATTEMPTS, chunk__run__batch__account=account_id)
    newest = calls.select_related("chunk").order_by("-sent_at").first()
    return newest if newest and newest.sent_at < now - timing.lease else None


def lock(account_id: int) -> None:
    """Intents of the account come one after another from here to their commit. Comes after all other locks."""
    Account.objects.select_for_update(no_key=True).only("pk").get(pk=account_id)


def _stored(account_id: int, *, now: datetime, timing: Timing) -> tuple[Account, Funds]:
    fresh = now - timing.balance_age
    # A call is sent before its lease ends, and quiet so long after it; a sure balance from then on shows what it took.
    over = fresh - timing.lease - timing.recovery.quiet
    instants = [connection.ops.adapt_datetimefield_value(instant) for instant in (over, fresh)]
    account = Account.objects.raw(_FUNDS, [*instants, account_id])[0]
    return account, Funds(balance=account.balance or Decimal(0), promised=int(vars(account)["promised"]))


# By hand: asked twice per call, and the ORM takes longer to write it than the database to answer.
_FUNDS = (
    "SELECT account.*, (SELECT COALESCE(SUM(attempt.points), 0) FROM allocations_attempt attempt"  # noqa: S608 - no input in it
    " JOIN allocations_chunk chunk ON chunk.id = attempt.chunk_id JOIN allocations_run run ON run.id = chunk.run_id"
    " JOIN allocations_batch batch ON batch.id = run.batch_id WHERE batch.account_id = account.id"
    f" AND attempt.state IN ({', '.join(repr(state.value) for state in sorted(OPEN_ATTEMPTS))})"
    " AND (attempt.sent_at >= %s OR account.balance_stale OR account.balance_at IS NULL OR account.balance_at <= %s)"
    ") AS promised"
    " FROM allocations_account account WHERE account.id = %s"
)


def read_closing_balance(run_id: int, *, gateway: Gateway) -> None:
    """For a run that is about to settle on an unsure figure: one try, for a run settles without it too."""
    run = Run.objects.filter(pk=run_id, state=RunState.RUNNING).select_related("batch__account").first()
    if run is None or run.chunks.filter(state=ChunkState.OPEN).exists() or not run.batch.account.balance_stale:
        return
    with suppress(EnkashError):
        read_balance(run.batch.account, gateway=gateway)


def refresh_balance(actor: Actor, *, account_id: int) -> Account:
    """A person asks for the balance. Raises BalanceUnavailable with what is known of the cause."""
    policy.check_view(actor)
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise InvalidInput("This reward account does not exist.")
    try:
        read_balance(account, gateway=gateways.build())
    except EnkashError as error:
        raise BalanceUnavailable(f"EnKash did not tell the balance: {error} The last reading stays.") from error
    account.refresh_from_db()
    return account
