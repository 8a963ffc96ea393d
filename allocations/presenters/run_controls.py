"""What can be done to a run, by whom."""

from dataclasses import dataclass

from allocations.domain.policy import Actor, check_control_run
from allocations.domain.states import RunState
from allocations.models import Run
from allocations.presenters.refusals import reason_of


@dataclass(frozen=True, slots=True)
class Controls:
    """Which buttons the run's page shows. `why_not`: what keeps this person from using them, or ""."""

    pause: bool = False
    stop: bool = False
    resume: bool = False
    cancel: bool = False
    why_not: str = ""


def controls(run: Run, actor: Actor) -> Controls:
    state = RunState(run.state)
    if state is RunState.SETTLED:
        return Controls()
    going = state in {RunState.QUEUED, RunState.RUNNING} and run.cancelled_at is None
    return Controls(
        pause=going,
        # Before it began there is no chunk in hand.
        stop=going and state is RunState.RUNNING and run.stop_requested_at is None,
        resume=state in {RunState.PAUSED, RunState.ATTENTION},
        cancel=run.cancelled_at is None,
        why_not=reason_of(check_control_run, actor, state),
    )
