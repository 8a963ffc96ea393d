"""A reversal whose outcome is unknown: wait, look up, then perhaps the same reference again, else people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from allocations.domain.debits import WITHOUT_CONTRADICTION, Doubt, Finding, judge_look_up
from allocations.domain.pauses import Pause
from allocations.domain.recovery import Step, Undecided, after_look_up, before_look_up
from allocations.domain.reversals import ReversalEvent, ReversalState
from allocations.domain.states import ATTEMPT, OPEN_ATTEMPTS, AttemptEvent, AttemptState, move
from allocations.enkash.errors import EnkashError
from allocations.gateway import Gateway
from allocations.models import Reversal, ReversalAttempt
from allocations.services import reversal_answers
from allocations.services.reversal_leases import Claim, is_mine
from allocations.services.reversal_outcomes import apply_finding, hold, taken_ids
from allocations.services.reversals import locked_reversal, tell

LOOKUP_RETRY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Looked:
    """What EnKash's list proves, if anything, and whether it answered at all."""

    finding: Finding | None
    answered: bool


def recover_abandoned(claim: Claim, *, gateway: Gateway) -> None:
    """What a dead worker left: a stored answer is read; an intent without answer becomes unknown."""
    attempt = ReversalAttempt.objects.filter(reversal_id=claim.reversal_id, state__in=OPEN_ATTEMPTS).first()
    if attempt is None:
        return
    if attempt.state == AttemptState.ANSWERED:
        reversal_answers.apply_answer(attempt.pk, gateway=gateway)
        return
    now = gateway.clock()
    # Until its lease ended the dead worker's request could still have been on the wire.
    quiet_since = claim.abandoned_at or now
    due = quiet_since + gateway.timing.recovery.quiet
    with transaction.atomic(durable=True):
        reversal = locked_reversal(claim.reversal_id)
        # Overtaken meanwhile: the intent may be another worker's, whose call is on its way.
        if not is_mine(claim, reversal):
            return
        given_up = ReversalAttempt.objects.filter(pk=attempt.pk, state=AttemptState.INTENT).update(
            state=move(ATTEMPT, AttemptState.INTENT, AttemptEvent.LOSE),
            quiet_since=quiet_since,
            message="The worker ended before the answer came.",
        )
        if given_up:
            finding = Finding(ReversalEvent.LOSE_SIGHT, doubt=Doubt.NO_ANSWER)
            changes = {"quiet_since": quiet_since, "next_action_at": due, "lookups_failed": 0}
            apply_finding(reversal, finding, now=now, told={"attempt": attempt.number}, **changes)


def resolve_unknown(claim: Claim, *, gateway: Gateway) -> bool:
    """Whether it may be sent now. Not unknown: yes. Else only as the recovery rules say."""
    reversal = Reversal.objects.select_related("row__batch__account").get(pk=claim.reversal_id)
    if reversal.state != ReversalState.UNKNOWN:
        return reversal.state == ReversalState.APPROVED
    facts, rules, now = _facts(reversal, gateway=gateway), gateway.timing.recovery, gateway.clock()
    if before_look_up(facts, rules=rules, now=now) is Step.WAIT:
        mine = Reversal.objects.filter(pk=reversal.pk, lease_epoch=claim.epoch, lease_owner=claim.owner)
        mine.update(next_action_at=facts.quiet_since + rules.quiet)
        return False
    return _act(claim, facts, _look_up(reversal, gateway=gateway), gateway=gateway)


def look_again(claim: Claim, *, gateway: Gateway) -> None:
    """A disputed reversal that a person asks about: EnKash's list may decide it, and it is never sent again."""
    reversal = Reversal.objects.select_related("row__batch__account").get(pk=claim.reversal_id)
    due = reversal.quiet_since and reversal.quiet_since + gateway.timing.recovery.quiet
    if due and gateway.clock() < due:
        mine = Reversal.objects.filter(pk=reversal.pk, lease_epoch=claim.epoch, lease_owner=claim.owner)
        mine.update(next_action_at=due)
        return
    looked, now = _look_up(reversal, gateway=gateway), gateway.clock()
    with transaction.atomic(durable=True):
        reversal = locked_reversal(claim.reversal_id)
        if not is_mine(claim, reversal) or reversal.state != ReversalState.DISPUTED:
            return
        failed = 0 if looked.answered else reversal.lookups_failed + 1
        again = 0 < failed < gateway.timing.recovery.max_lookup_failures
        Reversal.objects.filter(pk=reversal.pk).update(
            lookups_failed=failed, next_action_at=now + LOOKUP_RETRY if again else None
        )
        _tell_looked(reversal, looked, now=now)
        if looked.finding:
            _settle_dispute(reversal, looked.finding, now=now)


def _settle_dispute(reversal: Reversal, finding: Finding, *, now: datetime) -> None:
    outweighs = reversal.doubt in WITHOUT_CONTRADICTION
    if finding.event is ReversalEvent.REVERSE or (finding.event is ReversalEvent.FAIL and outweighs):
        apply_finding(reversal, finding, now=now)
    elif finding.event is ReversalEvent.DISPUTE and finding.doubt:
        Reversal.objects.filter(pk=reversal.pk).update(doubt=finding.doubt.value)


def _facts(reversal: Reversal, *, gateway: Gateway) -> Undecided:
    """`tries` counts calls that left it unknown: one that was refused as a whole is no reason to give up."""
    now = gateway.clock()
    sent = list(reversal.attempts.filter(state__in=reversal_answers.LOST).values_list("sent_at", flat=True))
    return Undecided(
        quiet_since=reversal.quiet_since or now,
        first_sent_at=min(sent, default=now),
        tries=len(sent),
        gives_to_existing=True,
    )


def _look_up(reversal: Reversal, *, gateway: Gateway) -> Looked:
    account = reversal.row.batch.account
    try:
        found = gateway.client.find_transactions(
            [reversal.reference], company_id=account.company_id, card_account_id=account.card_account_id
        )
    except EnkashError:
        return Looked(None, answered=False)
    taken = taken_ids(frozenset(t.transaction_id for t in found), besides=reversal)
    return Looked(judge_look_up(reversal_answers.sent_of(reversal), found, taken=taken), answered=True)


def _act(claim: Claim, facts: Undecided, looked: Looked, *, gateway: Gateway) -> bool:
    now, finding = gateway.clock(), looked.finding
    with transaction.atomic(durable=True):
        reversal = locked_reversal(claim.reversal_id)
        if not is_mine(claim, reversal) or reversal.state != ReversalState.UNKNOWN:
            return False
        failed = 0 if looked.answered else reversal.lookups_failed + 1
        Reversal.objects.filter(pk=reversal.pk).update(lookups_failed=failed)
        _tell_looked(reversal, looked, now=now)
        if finding and finding.event is not ReversalEvent.LOSE_SIGHT:
            apply_finding(reversal, finding, now=now)
            return False
        return _next(reversal, facts, finding, failed, gateway=gateway)


def _tell_looked(reversal: Reversal, looked: Looked, *, now: datetime) -> None:
    event = "looked up" if looked.answered else "look-up failed"
    tell(reversal, event, now=now, found=looked.finding is not None)


def _next(reversal: Reversal, facts: Undecided, finding: Finding | None, failed: int, *, gateway: Gateway) -> bool:
    now, rules = gateway.clock(), gateway.timing.recovery
    step = after_look_up(
        facts, rules=rules, now=now, newly_found=0, undecided=int(finding is not None), lookups_failed=failed
    )
    match step:
        case Step.RESEND if reversal.doubt == Doubt.UNCLEAR_REFUSAL and reversal.streak:
            # The same call would be refused again. A resume, which ends the streak, lets it go out.
            hold(reversal, Pause.REFUSED, now=now, detail=reversal.said)
        case Step.RESEND:
            return True
        case Step.ASK_PEOPLE:
            doubt = finding.doubt if finding else Doubt.NOT_FOUND
            apply_finding(reversal, Finding(ReversalEvent.DISPUTE, doubt=doubt, text=reversal.said), now=now)
        case Step.WAIT | Step.LOOK_UP:
            due = now + (min(rules.quiet, LOOKUP_RETRY) if failed else rules.quiet)
            known = finding.doubt.value if finding and finding.doubt else reversal.doubt
            Reversal.objects.filter(pk=reversal.pk).update(next_action_at=due, doubt=known)
    return False
