"""What every page shows of the questions about a batch."""

from allocations.domain.policy import Actor, can_see_personal_data
from allocations.domain.questions import LONGEST_TEXT
from allocations.models import Batch
from allocations.presenters.questions import threads
from allocations.selectors.approvals import facts_of
from allocations.selectors.questions import questions_of


def thread_context(batch: Batch, actor: Actor) -> dict[str, object]:
    facts = facts_of(batch)
    in_full = can_see_personal_data(actor, facts)
    found = threads(questions_of(batch), batch, actor=actor, facts=facts, in_full=in_full)
    return {"threads": found, "longest_text": LONGEST_TEXT}
