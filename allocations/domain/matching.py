"""From EnKash's answer to exactly one verdict per sent row. Pure, total, independent of the order of lines.

Success lines carry no reference (EnKash documentation, bulk page), so a row is found by its mobile, which the
chunk plan keeps unique within a request. Names are never a key. Whatever is not proved is UNKNOWN.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from allocations.domain.answers import (
    LONGEST_ID,
    AccountIds,
    Classified,
    CreditLine,
    FailureLine,
    Line,
    Report,
    Sent,
    Verdict,
)
from allocations.domain.outcomes import Evidence, Outcome, Reason, reason_of
from allocations.domain.pauses import Pause


@dataclass(slots=True)
class _Found:
    """The lines that belong to each sent row, by position, and those that belong to none."""

    credits: dict[int, list[CreditLine]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[int, list[FailureLine]] = field(default_factory=lambda: defaultdict(list))
    extra_credits: int = 0
    extra_failures: int = 0


def last_ten(mobile: str) -> str:
    """The ten digits of an Indian mobile in any notation; "" if it is masked or too short to be sure."""
    compact = "".join(sign for sign in mobile if sign not in " -+().")
    if not compact.isascii() or not compact.isdigit() or len(compact) < 10:
        return ""
    return compact[-10:]


class _Index:
    """Finds the one sent row that a line speaks of."""

    def __init__(self, sent: Sequence[Sent]) -> None:
        self.by_reference = {row.reference.upper(): at for at, row in enumerate(sent)}
        self.by_mobile = _unique((row.mobile, at) for at, row in enumerate(sent))
        self.by_email = _unique((row.email.casefold(), at) for at, row in enumerate(sent))

    def position(self, line: Line) -> int | None:
        if line.reference:
            return self.by_reference.get(line.reference.strip().upper())
        if line.mobile:
            return self.by_mobile.get(last_ten(line.mobile))
        return self.by_email.get(line.email.strip().casefold())


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Only keys that occur once: two candidates are no proof."""
    seen: dict[str, list[int]] = defaultdict(list)
    for key, position in pairs:
        seen[key].append(position)
    return {key: positions[0] for key, positions in seen.items() if key and len(positions) == 1}


def classify(
    report: Report, sent: Sequence[Sent], *, account: AccountIds, taken: Mapping[str, int] | None = None
) -> Classified:
    """Verdicts for every sent row. `taken`: transaction id -> row id of credits that are already on record."""
    found = _assign(report, _Index(sent))
    reused = _reused(found) | {
        line.transaction_id
        for at, lines in found.credits.items()
        for line in lines
        if (taken or {}).get(line.transaction_id, sent[at].row_id) != sent[at].row_id
    }
    verdicts = tuple(
        _verdict(row, found.credits.get(at, []), found.failures.get(at, []), account, reused)
        for at, row in enumerate(sent)
    )
    notes = _notes(found)
    pause = Pause.IMPOSSIBLE if found.extra_credits else _pause_for(verdicts)
    if _counts_agree(report, sent):
        return Classified(verdicts, pause, _detail(verdicts, pause), notes)
    unproved = tuple(map(_unproved, verdicts))
    if pause is Pause.IMPOSSIBLE:
        return Classified(unproved, pause, "", notes)
    return Classified(unproved, Pause.COUNTS, _counts_text(report, sent), notes)


def _assign(report: Report, index: _Index) -> _Found:
    found = _Found()
    for credit in report.credits:
        at = index.position(credit)
        if at is None:
            found.extra_credits += 1
        else:
            found.credits[at].append(credit)
    for failure in report.failures:
        at = index.position(failure)
        if at is None:
            found.extra_failures += 1
        else:
            found.failures[at].append(failure)
    return found


def _reused(found: _Found) -> set[str]:
    """Transaction ids that this answer gives to more than one row."""
    rows: dict[str, set[int]] = defaultdict(set)
    for at, lines in found.credits.items():
        for line in lines:
            rows[line.transaction_id].add(at)
    return {transaction_id for transaction_id, positions in rows.items() if transaction_id and len(positions) > 1}


def _verdict(
    row: Sent,
    credits_: Sequence[CreditLine],
    failures: Sequence[FailureLine],
    account: AccountIds,
    reused: set[str],
) -> Verdict:
    if not credits_:
        return _failure(row, failures)
    credit = min((_credit(row, line, account, reused) for line in credits_), key=_doubt)
    amounts = {line.transaction_id: line.amount or Decimal(0) for line in sorted(credits_, key=_order)}
    if len(amounts) > 1:
        total = sum(amounts.values(), Decimal(0))
        return replace(credit, outcome=Outcome.ANOMALY, evidence=None, reason=Reason.DOUBLE_CREDIT, amount=total)
    contradicted = any(reason_of(line.reason) is not Reason.DUPLICATE_REFERENCE for line in failures)
    if failures and contradicted:
        return replace(credit, outcome=Outcome.ANOMALY, evidence=None, reason=Reason.BOTH_LISTS)
    return credit


def _doubt(verdict: Verdict) -> tuple[int, str, str]:
    """Lines that repeat each other may differ: the most doubtful one speaks, whatever their order."""
    gravity = (Outcome.ANOMALY, Outcome.UNKNOWN, Outcome.CREDITED).index(verdict.outcome)
    return gravity, verdict.reason or "", repr(verdict)


def _order(line: CreditLine) -> str:
    return f"{line.transaction_id} {line.amount}"


def _credit(row: Sent, line: CreditLine, account: AccountIds, reused: set[str]) -> Verdict:
    verdict = Verdict(
        row_id=row.row_id,
        outcome=Outcome.CREDITED,
        evidence=Evidence.ANSWER,
        transaction_id=line.transaction_id[:LONGEST_ID],
        card_id=line.card_id[:LONGEST_ID],
        user_id=line.user_id[:LONGEST_ID],
        amount=line.amount,
        account_balance=line.account_balance,
        user_balance=line.user_balance,
    )
    impossible = _impossible(row, line, account, reused)
    if impossible:
        return replace(verdict, outcome=Outcome.ANOMALY, evidence=None, reason=impossible)
    weak = _weak(line)
    if weak:
        return Verdict(row_id=row.row_id, outcome=Outcome.UNKNOWN, reason=weak)
    return verdict


def _impossible(row: Sent, line: CreditLine, account: AccountIds, reused: set[str]) -> Reason | None:
    if line.company_id not in {"", account.company_id} or line.card_account_id not in {
        "",
        account.card_account_id,
    }:
        return Reason.ACCOUNT_DIFFERS
    if line.amount is not None and line.amount != row.amount:
        return Reason.AMOUNT_DIFFERS
    if line.transaction_id in reused:
        return Reason.TRANSACTION_REUSED
    if line.email and row.email and line.email.strip().casefold() != row.email.casefold():
        return Reason.EMAIL_DIFFERS
    # Only a line found by its reference can name another person; a masked mobile names nobody.
    return Reason.PERSON_DIFFERS if last_ten(line.mobile) not in {"", row.mobile} else None


def _weak(line: CreditLine) -> Reason | None:
    """A success line that lacks what makes it a proof."""
    if line.amount is None:
        return Reason.AMOUNT_MISSING
    return None if 0 < len(line.transaction_id) <= LONGEST_ID else Reason.NO_TRANSACTION_ID


def _failure(row: Sent, lines: Sequence[FailureLine]) -> Verdict:
    if not lines:
        return Verdict(row_id=row.row_id, outcome=Outcome.UNKNOWN, reason=Reason.NOT_IN_ANSWER)
    reason, text = min(((reason_of(line.reason), line.reason.strip()) for line in lines), key=_gravest)
    if reason is Reason.DUPLICATE_REFERENCE:
        return _already_there(row, text)
    return Verdict(row.row_id, Outcome.FAILED, Evidence.ANSWER, reason=reason, text=text)


def _gravest(failure: tuple[Reason, str]) -> tuple[bool, bool, str]:
    """Where lines for one row differ: a used reference first, then what stops the run, then by text."""
    reason, text = failure
    return reason is not Reason.DUPLICATE_REFERENCE, reason not in _PAUSE_BY_REASON, text


def _already_there(row: Sent, text: str) -> Verdict:
    """EnKash knows the reference. A call that it refused may have used it up, so this alone proves no credit; where no
    call of ours can have done it, it is somebody else's."""
    outcome = Outcome.UNKNOWN if row.sent_before else Outcome.CONFLICT
    return Verdict(row.row_id, outcome, reason=Reason.DUPLICATE_REFERENCE, text=text)


def _counts_agree(report: Report, sent: Sequence[Sent]) -> bool:
    return (
        report.success_count == len(report.credits)
        and report.failure_count == len(report.failures)
        and report.total_count == len(sent)
    )


def _counts_text(report: Report, sent: Sequence[Sent]) -> str:
    return (
        f"successCount {report.success_count} for {len(report.credits)} lines, "
        f"failureCount {report.failure_count} for {len(report.failures)} lines, "
        f"totalCount {report.total_count} for {len(sent)} rows"
    )


def _unproved(verdict: Verdict) -> Verdict:
    """Where counts differ only proofs of credit and contradictions stand."""
    if verdict.outcome is not Outcome.FAILED:
        return verdict
    return Verdict(verdict.row_id, Outcome.UNKNOWN, reason=Reason.COUNTS_DIFFER, text=verdict.text)


_PAUSE_BY_REASON = {
    Reason.INSUFFICIENT_BALANCE: Pause.BALANCE,
    Reason.KYC: Pause.CONFIGURATION,
    Reason.CONFIGURATION: Pause.CONFIGURATION,
}


def _pauses(verdict: Verdict) -> Pause | None:
    if verdict.outcome is Outcome.ANOMALY:
        return Pause.IMPOSSIBLE
    return _PAUSE_BY_REASON.get(verdict.reason) if verdict.reason else None


def _pause_for(verdicts: Iterable[Verdict]) -> Pause | None:
    """The gravest: a contradiction, then the set-up, then the balance."""
    wanted = {_pauses(verdict) for verdict in verdicts}
    return next((p for p in (Pause.IMPOSSIBLE, Pause.CONFIGURATION, Pause.BALANCE) if p in wanted), None)


def _detail(verdicts: Iterable[Verdict], pause: Pause | None) -> str:
    """EnKash's text for the reason that stops the run; a contradiction has none."""
    if pause is None or pause is Pause.IMPOSSIBLE:
        return ""
    return next((verdict.text for verdict in verdicts if verdict.text and _pauses(verdict) is pause), "")


def _notes(found: _Found) -> tuple[str, ...]:
    notes = []
    if found.extra_credits:
        notes.append(f"{found.extra_credits} success lines belong to no row of the request.")
    if found.extra_failures:
        notes.append(f"{found.extra_failures} failure lines belong to no row of the request.")
    repeated = sum(len(lines) > 1 for lines in found.credits.values())
    if repeated:
        notes.append(f"{repeated} rows have more than one success line.")
    return tuple(notes)
