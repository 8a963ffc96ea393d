"""Bulk Create And Allocate Rewards: rows in order, each credited or failed by itself."""

from dataclasses import dataclass, field
from decimal import Decimal

from allocations.enkash.simulator.answers import Answer, Declined, number, refusal, success
from allocations.enkash.simulator.chance import chance
from allocations.enkash.simulator.drift import dormant
from allocations.enkash.simulator.fields import Row, read_row
from allocations.enkash.simulator.intake import Request, flag
from allocations.enkash.simulator.ledger import ALREADY_EXISTS, INSUFFICIENT, Entry, Refusal
from allocations.enkash.simulator.options import Profile, Shortage
from allocations.enkash.simulator.people import AccountKey, Person
from allocations.enkash.simulator.work import Work
from allocations.enkash.simulator.world import World


@dataclass(slots=True, kw_only=True)
class Call:
    """One bulk call in work."""

    world: World
    request: Request
    account: AccountKey
    credit_existing: bool
    work: Work
    successes: list[dict[str, object]] = field(default_factory=list)
    failures: list[dict[str, object]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    joined: list[Person] = field(default_factory=list)


def allocate(world: World, request: Request, work: Work) -> Answer:
    """Handles a bulk call; the answer never tells more than EnKash's examples do."""
    credit_existing = flag(request, "isPointsAllocation")
    rows = _read_rows(world, request)
    world.check_account(request.account)
    if _refuses_sum(world, request, rows):
        return refusal(INSUFFICIENT, status=200)
    call = Call(world=world, request=request, account=request.account, credit_existing=credit_existing, work=work)
    handled = rows[: len(rows) // 2] if work.half else rows
    hit_wall = _handle_rows(call, handled)
    world.keep(call.account, entries=call.entries, people=call.joined)
    if hit_wall and world.options.shortage is Shortage.WHOLE:
        return refusal(INSUFFICIENT, status=200)
    return success(
        {
            "successBulkEnKashCardCreateDTOs": call.successes,
            "failureBulkEnKashCardCreateDTOs": call.failures,
            "successCount": len(call.successes),
            "failureCount": len(call.failures),
            "totalCount": len(rows),
        }
    )


def _read_rows(world: World, request: Request) -> list[Row]:
    if request.content.problem is not None:
        raise request.content.problem
    items = request.content.items
    if not items:
        raise Declined(400, "The request body has no rows")
    if len(items) > world.options.max_rows:
        raise Declined(422, f"{len(items)} rows; at most {world.options.max_rows} in one call")
    return [read_row(item.fields) for item in items]


def _refuses_sum(world: World, request: Request, rows: list[Row]) -> bool:
    if world.options.shortage is not Shortage.REFUSE:
        return False
    return world.ledger.accounts[request.account].balance < sum(row.amount for row in rows)


def _handle_rows(call: Call, rows: list[Row]) -> bool:
    """True if a row found no money and the rest of the call was given up."""
    gap = call.world.options.racy_gap
    # The racy provider looks at all references first and inserts later without looking again.
    repeated = [call.world.ledger.exists(row.reference) for row in rows] if gap else None
    call.world.pause(gap)
    for index, row in enumerate(rows):
        known = None if repeated is None else repeated[index]
        if _is_skipped(call, row):
            continue
        try:
            _check_dormant(call, row, index=index, count=len(rows))
            entry, person = _credit(call, row, index=index, known=known)
        except Refusal as refused:
            _fail(call, row, reason=str(refused))
            if str(refused) == INSUFFICIENT and call.world.options.shortage is Shortage.WHOLE:
                return True
        else:
            _succeed(call, row, entry=entry, person=person)
    return False


def _check_dormant(call: Call, row: Row, *, index: int, count: int) -> None:
    drift = call.world.options.drift
    if reason := dormant(index=index, count=count, name=row.name, mobile=row.mobile, drift=drift):
        raise Refusal(reason)


def _is_skipped(call: Call, row: Row) -> bool:
    return not call.credit_existing and call.world.people.find(call.account, row.mobile) is not None


def _credit(call: Call, row: Row, *, index: int, known: bool | None) -> tuple[Entry, Person]:
    """Check and insert as one step under the ledger's lock; known replaces the check of the reference."""
    world = call.world
    amount = row.amount + call.work.added.get(index, Decimal(0))
    with world.ledger.lock:
        _check(call, row, index=index, amount=amount, known=known)
        person = _join(call, row)
        entry = world.ledger.credit(
            person,
            reference=row.reference,
            amount=amount,
            status=world.options.transaction_status,
            at=world.clock(),
        )
    call.entries.append(entry)
    return entry, person


def _check(call: Call, row: Row, *, index: int, amount: Decimal, known: bool | None) -> None:
    world = call.world
    if known or index in call.work.exists:
        raise Refusal(ALREADY_EXISTS)
    if known is None and world.ledger.exists(row.reference):
        raise Refusal(ALREADY_EXISTS)
    reason = world.failures.reason(row.mobile, profile=world.options.profile)
    if reason is not None:
        raise Refusal(reason)
    if call.work.wall is not None and index >= call.work.wall:
        raise Refusal(INSUFFICIENT)
    if not world.ledger.can_spend(call.account, amount):
        raise Refusal(INSUFFICIENT)


def _join(call: Call, row: Row) -> Person:
    known = call.world.people.find(call.account, row.mobile)
    if known is not None:
        return known
    person = call.world.people.find_or_create(
        call.account, mobile=row.mobile, name=row.name, email=row.email or "", title=row.title or ""
    )
    call.joined.append(person)
    return person


def _succeed(call: Call, row: Row, *, entry: Entry, person: Person) -> None:
    details = _echo(call, row) | {
        "loadAmount": number(entry.amount),
        "enkashCardId": person.card_id,
        "userId": person.user_id,
        "accountBalance": number(entry.account_balance),
        "enkashCardTxnId": entry.transaction_id,
        "otbBalance": number(entry.user_balance),
    }
    if call.world.options.echo_reference:
        details["uniqueReferenceNumber"] = row.reference
    call.successes.append(details)


def _fail(call: Call, row: Row, *, reason: str) -> None:
    world = call.world
    details = _echo(call, row)
    # The documented example gives the reason of a repeated reference, so that row is never bare.
    if reason == ALREADY_EXISTS or chance(world.seed, "bare", row.reference) >= world.options.bare_failures:
        details |= {"uniqueReferenceNumber": row.reference, "failureReason": reason}
    call.failures.append(details)
    if world.options.burn_failed and reason not in (ALREADY_EXISTS, INSUFFICIENT):
        person = _join(call, row)
        entry = world.ledger.burn(person, reference=row.reference, amount=Decimal(row.amount), at=world.clock())
        call.entries += [entry] if entry is not None else []


def _echo(call: Call, row: Row) -> dict[str, object]:
    """The fields that success and failure rows share; a field that was not sent is null except when all is clean."""
    company_id, card_account_id = call.account
    details: dict[str, object] = {
        "email": row.email,
        "name": row.name,
        "mobile": row.mobile,
        "title": row.title,
        "loadAmount": row.amount,
        "companyId": company_id,
        "cardAccountId": card_account_id,
    }
    if call.world.options.profile is Profile.CLEAN:
        for name in ("email", "title"):
            if details[name] is None:
                del details[name]
    return details
