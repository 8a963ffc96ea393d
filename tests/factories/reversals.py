from uuid import uuid4

from factory import LazyAttribute, LazyFunction, SubFactory
from factory.django import DjangoModelFactory

from allocations.domain import manifest, references
from allocations.models import Reversal, ReversalAttempt, Row
from allocations.services.reversals import content_of
from tests.factories.batches import approved_batch
from tests.factories.lists import NOW
from tests.factories.people import UserFactory


def credited_row(**batch) -> Row:
    return approved_batch(credited=1, **batch).rows.get()


def _content(stub) -> str:
    names = ("row", "amount", "reference", "card_id", "reason", "requested_by")
    return content_of(Reversal(**{name: getattr(stub, name) for name in names})).canonical()


class ReversalFactory(DjangoModelFactory):
    """Asked for and not decided; `reversal_in` has the other states."""

    class Meta:
        model = Reversal

    row = LazyFunction(credited_row)
    amount = 200
    reference = LazyFunction(references.mint)
    card_id = LazyAttribute(lambda reversal: reversal.row.card_id)
    reason = "Credited to the wrong person"
    form_key = LazyFunction(uuid4)
    requested_by = SubFactory(UserFactory, roles=("admin",))
    requested_at = NOW
    content = LazyAttribute(_content)
    digest = LazyAttribute(lambda reversal: manifest.digest(reversal.content))


class ReversalAttemptFactory(DjangoModelFactory):
    class Meta:
        model = ReversalAttempt

    reversal = SubFactory(ReversalFactory)
    number = 1
    epoch = 1
    state = "applied"
    worker = "worker-1"
    code_version = "test"
    payload_sha256 = "cd" * 32
    sent_at = NOW
    answered_at = NOW
    seconds = 0.8
    http_status = 200
    body = b"encrypted"
    result = "rows"


def reversal_in(state: str, **fields) -> Reversal:
    """reversal_in("reversed", amount=500): with what the schema wants of that state."""
    signed = {} if state in {"proposed", "rejected", "withdrawn"} else _by(UserFactory(roles=("approver",)), "approved")
    closed = _by(UserFactory(roles=("approver",)), "closed") if state in {"rejected", "withdrawn"} else {}
    if state == "rejected":
        closed["closed_reason"] = "Wrong row"
    decided = {"evidence": "answer", "outcome_at": NOW} if state in {"reversed", "failed"} else {}
    return ReversalFactory(state=state, **{**signed, **closed, **decided, **fields})


def _by(user, act: str) -> dict[str, object]:
    return {f"{act}_by": user, f"{act}_at": NOW}
