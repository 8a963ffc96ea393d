"""The wrong protocols: M1 to M9 of the model, M10 to M13 of what holds sending back, M14 of what proves a credit. Each has to be noticed by one of the invariants that it names."""

from typing import Any

from tests.simulation.mutating import Edit, Mutant

_SENDING = "allocations.services.sending"
_RESOLVING = "allocations.services.resolving"
_ANSWERING = "allocations.services.answering"
_QUIET = "now + gateway.timing.recovery.quiet"
# Many calls go wrong, EnKash looks for a reference some time before it writes it, and look-ups lag.
_RACY: dict[str, Any] = {"racy": True, "lookup_lag": 5000.0, "tight": False, "refuses": 0.0}
_MANY_WORKERS: dict[str, Any] = {"workers": 4, "lanes": 1, "repeats": 0.6, "forgets": 0.0, "idle_jobs": 1.0}

_ALL = (
    Mutant(
        name="M1",
        does="a retry or re-run takes a new reference",
        caught_by=frozenset({"V2", "V8"}),
        edits=(
            Edit(
                f"{_SENDING}._write_intent",
                "[payload_of(row) for row in rows]",
                "[payload_of(row).replace(row.reference.encode(), row.reference[::-1].encode())"
                " if row.tries else payload_of(row) for row in rows]",
            ),
            Edit(f"{_SENDING}._is_as_planned", "payload_hash(payload) == row.payload_hash", "True"),
        ),
        circumstances={"call_trouble": 0.7},
    ),
    Mutant(
        name="M2",
        does="a timeout makes rows failed",
        caught_by=frozenset({"V1", "V14", "V15"}),
        edits=(
            Edit(
                "allocations.services.outcomes.lose_sight",
                "move(ROW, RowState.SENDING, RowEvent.LOSE_SIGHT)",
                "RowState.FAILED",
            ),
        ),
    ),
    Mutant(
        name="M3",
        does="“already exists” makes a row failed, whatever we sent before",
        caught_by=frozenset({"V1", "V16"}),
        edits=(
            Edit(
                "allocations.domain.matching._already_there",
                "row.row_id, outcome, reason",
                "row.row_id, Outcome.FAILED, Evidence.ANSWER, reason",
            ),
        ),
        circumstances={"call_trouble": 0.7, "lookup_trouble": 1.0},
    ),
    Mutant(
        name="M4",
        does="unknown rows are sent again at once, without a quiet time",
        caught_by=frozenset({"V2"}),
        edits=(
            Edit(f"{_RESOLVING}.resolve_unknown", "is Step.WAIT", "is None"),
            Edit(f"{_RESOLVING}._give_up_intent", "quiet_since + gateway.timing.recovery.quiet", "now"),
            Edit(f"{_SENDING}._close", _QUIET, "now"),
            Edit(f"{_ANSWERING}._plan_next", _QUIET, "now"),
        ),
        circumstances={**_RACY, "call_trouble": 0.7, "kinds": ("reset early",), "trouble": 0.0, "login_trouble": 0.0},
    ),
    Mutant(
        name="M5",
        does="nobody asks for a lease or an epoch",
        caught_by=frozenset({"V2", "V7", "V10"}),
        edits=(
            Edit(
                "allocations.services.leases.free",
                "Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=now)",
                "Q(pk__isnull=False)",
            ),
            Edit(
                "allocations.services.leases.holds_chunk",
                'return bool(own.select_for_update().values_list("pk"))',
                "return True",
            ),
            Edit("allocations.services.leases.time_for_a_call", ">= gateway.timing.budget", "is not None"),
            Edit(f"{_SENDING}._write_intent", "claim.expires_at - now < gateway.timing.budget", "False"),
        ),
        circumstances={**_RACY, **_MANY_WORKERS},
    ),
    Mutant(
        name="M6",
        does="the intent is written after the call",
        caught_by=frozenset({"V2", "V7"}),
        edits=(
            Edit(
                f"{_SENDING}.send_chunk",
                "    intent = _write_intent(chunk, claim, gateway=gateway)\n"
                "    if intent is None:\n        return\n"
                "    attempt, body = intent\n"
                "    gateway.witness.note(claim.instance_id, attempt.pk)\n",
                '    rows = Row.objects.filter(chunk=chunk, state__in=_SENDABLE).order_by("number")\n'
                "    body = request_body([payload_of(row) for row in rows])\n",
            ),
            Edit(
                f"{_SENDING}.send_chunk",
                '        _record_not_sent(attempt, NotSent("The worker was held up for too long."), claim=claim, gateway=gateway)\n',
                "",
            ),
            Edit(
                f"{_SENDING}.send_chunk", "        _record_not_sent(attempt, error, claim=claim, gateway=gateway)\n", ""
            ),
            Edit(
                f"{_SENDING}.send_chunk",
                "_record_lost(attempt,",
                "_record_lost(_write_intent(chunk, claim, gateway=gateway)[0],",
            ),
            Edit(
                f"{_SENDING}.send_chunk",
                "_take_answer(attempt,",
                "_take_answer(_write_intent(chunk, claim, gateway=gateway)[0],",
            ),
        ),
    ),
    Mutant(
        name="M7",
        does="the same person may be twice in one call",
        caught_by=frozenset({"V9"}),
        edits=(
            Edit(
                "allocations.domain.chunking.plan",
                "[key for key in (row.mobile, row.email.casefold()) if key]",
                "()",
            ),
        ),
        circumstances={"rows": 4, "chunk": 6, "twice": True, "canary": 0},
    ),
    Mutant(
        name="M8",
        does="a failure counts although it comes late",
        caught_by=frozenset({"V1", "V14", "V15"}),
        edits=(Edit(f"{_ANSWERING}._apply", " if not late or v.outcome is Outcome.CREDITED", ""),),
        circumstances={
            "trouble": 4.0,
            "fates": ("long freeze",),
            "call_trouble": 0.0,
            "login_trouble": 0.0,
            "refuses": 0.6,
            "workers": 4,
            "people": 0,
            "faults_last": 4800.0,
        },
    ),
    Mutant(
        name="M9",
        does="EnKash works on a request for longer than the quiet time, and nobody runs failed rows again",
        caught_by=frozenset({"V1"}),
        circumstances={
            "held_up": True,
            "racy": False,
            "call_trouble": 0.5,
            "kinds": ("reset early",),
            "trouble": 0.0,
            "login_trouble": 0.0,
            "lookup_trouble": 0.0,
            "refuses": 0.6,
            "faults_last": 7200.0,
            "reruns": 0.0,
            "people": 0,
        },
    ),
    Mutant(
        name="M10",
        does="nobody asks for a freeze",
        caught_by=frozenset({"V12"}),
        edits=(Edit("allocations.services.holds._freezes", "filter(is_open=True)", "none()"),),
        circumstances={"people": 4, "acts": ("freeze",), "rows": 6, "chunk": 1, "batches": 1},
    ),
    Mutant(
        name="M11",
        does="a cancelled run sends its unknown rows again",
        caught_by=frozenset({"V12"}),
        edits=(
            Edit("allocations.services.holds.may_send", "run.cancelled_at is None", "True"),
            Edit("allocations.domain.recovery.may_resend", " and not chunk.cancelled", ""),
        ),
        circumstances={
            "people": 4,
            "acts": ("cancel",),
            "call_trouble": 0.7,
            "kinds": ("never arrives",),
            "trouble": 0.0,
            "login_trouble": 0.0,
            "faults_last": 2400.0,
        },
    ),
    Mutant(
        name="M12",
        does="nobody waits for the canary",
        caught_by=frozenset({"V12"}),
        edits=(Edit("allocations.services.holds.workable", " & (~Q(run__canary=Canary.WAITING) | Q(number=1))", ""),),
        circumstances={"rows": 6, "chunk": 2, "canary": 1},
    ),
    Mutant(
        name="M13",
        does="sending goes on after a restore",
        caught_by=frozenset({"V12"}),
        edits=(
            Edit("allocations.services.draining.drain_run", "if recovering.guard(gateway=gateway):", "if False:"),
            Edit("allocations.services.leases.claim_next_chunk", "None if known.recovering_since else ", ""),
            Edit("allocations.services.holds._halted", "recovering_since=None", "pk=1"),
        ),
        circumstances={"restores": True, "racy": False, "rows": 6, "chunk": 2, "forgets": 0.5},
    ),
    Mutant(
        name="M14",
        does="“already exists” makes a row credited if an earlier call of ours was lost",
        caught_by=frozenset({"V1"}),
        edits=(
            Edit(
                "allocations.domain.matching._already_there",
                "return Verdict(row.row_id, outcome, reason=Reason.DUPLICATE_REFERENCE, text=text)",
                "return Verdict(row.row_id, Outcome.CREDITED if row.sent_before else outcome, Evidence.DUPLICATE,"
                " amount=Decimal(row.amount), text=text)",
            ),
        ),
        circumstances={
            "burns": True,
            "refuses": 0.6,
            "lookup_lag": 1200.0,
            "lookup_trouble": 0.0,
            "call_trouble": 0.7,
            "kinds": ("answer lost",),
            "trouble": 0.0,
            "login_trouble": 0.0,
            "people": 4,
            "acts": ("re-run",),
            "faults_last": 4800.0,
        },
    ),
)


MUTANTS = {mutant.name: mutant for mutant in _ALL}
