"""Home: what waits for me, what runs, what is left to give."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from allocations.domain.decisions import can_settle
from allocations.domain.policy import Actor, can_mark_difference, can_rerun, can_upload, can_withdraw, check_try_login
from allocations.models import Proposal
from allocations.presenters import (
    approval_policies,
    batch_lines,
    contract,
    freezes,
    home,
    reversal_tasks,
    roster,
    times,
)
from allocations.presenters.approver_groups import why_not_count
from allocations.presenters.reasons import explain
from allocations.presenters.refusals import reason_of
from allocations.selectors import batch_lists, reversals, runs, wallets
from allocations.selectors import home as reads
from allocations.selectors.approval_policies import in_force, proposed_policy
from allocations.selectors.approvals import batches_awaiting_approval, facts_of
from allocations.selectors.contract import open_counts
from allocations.selectors.exceptions import open_decisions
from allocations.selectors.freezes import open_freeze
from allocations.selectors.questions import open_question_counts
from allocations.selectors.roster import is_owner, role_proposals
from allocations.selectors.totals import run_totals
from allocations.views.gates import page

SHOWN_RUNS = 5
SHOWN_WALLETS = 2


@page
def show_home(request: HttpRequest, actor: Actor) -> HttpResponse:
    now = timezone.now()
    context = {
        "now": now,
        "tasks": _tasks(actor, now=now),
        "running": home.running_lines([(run, run_totals(run)) for run in runs.open_runs()[:SHOWN_RUNS]]),
        **_wallets(),
        "lines": batch_lines.present_lines(batch_lists.batch_lines(reads.recent_batches())),
        "can_upload": can_upload(actor),
        **_given(now),
        **_connection(actor, now=now),
    }
    return render(request, "allocations/home/page.html", context)


def _tasks(actor: Actor, *, now: datetime) -> list[home.Task]:
    submitted = [(batch, facts_of(batch)) for batch in batches_awaiting_approval()]
    agreed = in_force().number
    waiting = [
        (batch, facts)
        for batch, facts in submitted
        if batch.policy == agreed and not why_not_count(actor, batch, now=now)
    ]
    tasks = [home.run_task(run, disputed=disputed) for run, disputed in reads.runs_in_need()]
    tasks += freezes.release_task(open_freeze(), actor)
    if can_mark_difference(actor):
        tasks += contract.contract_task(*open_counts())
    tasks += reversal_tasks.needy_tasks(actor, reversals.reversals_in_need())
    tasks += home.approval_task(actor, waiting, now=now)
    tasks += home.decision_task(_to_confirm(actor), now=now)
    tasks += roster.role_task(role_proposals().prefetch_related("person__groups"), actor)
    tasks += _policy_tasks(actor)
    tasks += reversal_tasks.approval_task(actor, reversals.reversals_awaiting_approval(), now=now)
    tasks += [
        home.stale_task(batch, in_force=agreed)
        for batch, facts in submitted
        if batch.policy != agreed and can_withdraw(actor, facts)
    ]
    asked = open_question_counts() if submitted else {}
    tasks += [
        home.question_task(batch, asked[batch.pk])
        for batch, facts in submitted
        if batch.pk in asked and can_withdraw(actor, facts)
    ]
    if can_upload(actor):
        tasks += [home.own_task(batch) for batch in reads.own_open_batches(actor.id)]
    if can_rerun(actor):
        tasks += [home.failed_task(failed) for failed in reads.batches_with_failed_rows()]
    return tasks


def _policy_tasks(actor: Actor) -> list[home.Task]:
    proposed = proposed_policy()
    by_an_owner = proposed is not None and is_owner(proposed.proposed_by_id)
    return approval_policies.policy_tasks(proposed, actor, by_an_owner=by_an_owner)


def _to_confirm(actor: Actor) -> list[Proposal]:
    found = open_decisions().prefetch_related("batch__editors")
    return [one for one in found if can_settle(actor, facts_of(one.batch), proposed_by_id=one.proposed_by_id)]


def _wallets() -> dict[str, object]:
    accounts = wallets.accounts()
    return {
        "wallets": [wallets.wallet(account) for account in accounts[:SHOWN_WALLETS]],
        "other_accounts": accounts[SHOWN_WALLETS:],
    }


def _given(now: datetime) -> dict[str, object]:
    month, year = times.month_start(now), times.year_start(now)
    failures = [(explain(one.reason_code).words or one.reason_code, one.rows) for one in reads.failures_since(year)]
    return {
        "given": [
            (times.month(now), reads.given_since(month)),
            (times.financial_year(now), reads.given_since(year)),
        ],
        "failures": failures,
    }


def _connection(actor: Actor, *, now: datetime) -> dict[str, object]:
    connection = reads.connection()
    return {
        "connection": connection,
        "sweeper_is_silent": home.is_silent(connection.swept_at, now=now),
        "login_against": reason_of(check_try_login, actor),
    }
