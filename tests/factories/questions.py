from allocations.domain.policy import Actor
from allocations.models import Batch, Question
from allocations.services import questions

ASKED = "Row 3, Asha Rao: why five times what she got in October?"


def ask(actor: Actor, batch: Batch, text: str = ASKED) -> Question:
    """About the content as it is now."""
    return questions.ask(actor, batch_id=batch.pk, version=batch.version, digest=batch.digest, text=text)


def answer(actor: Actor, question: Question, text: str = "Her award of five years.") -> None:
    questions.answer(actor, batch_id=question.batch_id, question_id=question.pk, text=text)


def take_back(actor: Actor, question: Question, reason: str = "Payroll told me on the phone.") -> None:
    questions.take_back(actor, batch_id=question.batch_id, question_id=question.pk, reason=reason)
