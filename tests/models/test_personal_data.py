"""Every column that can hold words is either erased with a batch's personal data or known to hold none."""

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from allocations.domain.retention import ERASED
from allocations.models import (
    Acceptance,
    ApprovalPolicy,
    Attempt,
    AttemptRow,
    Batch,
    ContractDifference,
    Correction,
    ExceptionOwner,
    ExportJob,
    PersonYear,
    Problem,
    Proposal,
    ProposalRow,
    Question,
    QuestionReply,
    Repair,
    Replacement,
    Reveal,
    Reversal,
    ReversalAttempt,
    Row,
    SavedView,
    Upload,
    Vote,
)
from allocations.services.erasing import PERSONAL
from tests.factories.batches import approved_batch, submitted_batch

WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
# Ours and EnKash's ids, codes, hashes, states, and what our own people write.
HARMLESS = {
    Acceptance: "code reason",
    Row: "state reference evidence reason_code transaction_id card_id enkash_user_id",
    Problem: "field code severity",
    Upload: "file_name sha256 kind state mapping mapping_override encoding delimiter parser_version sheet choice",
    Correction: "file_name sha256",
    Repair: "kind code",
    Question: "digest sha256",
    QuestionReply: "kind sha256",
    Attempt: "state worker code_version payload_sha256 headers result",
    AttemptRow: "outcome evidence reason_code transaction_id",
    Reversal: "reference card_id reason content digest state closed_reason lease_owner pause_code pause_text "
    "streak_kind evidence doubt transaction_id",
    ReversalAttempt: "state worker code_version payload_sha256 headers result",
    Batch: "purpose state manifest digest sent_back_reason content_root repeat_reason approvers_group approvers_why spread causes",
    Vote: "digest decision reason",
    Proposal: "outcome statement file_name file_sha256 state reason",
    ProposalRow: "transaction_id",
    Replacement: "found",
    Reveal: "",
    # A person is whoever the row has; services.erasing has them forgotten before it has nobody.
    PersonYear: "",
    # The filter of a search without its words; erasing deletes the files.
    ExportJob: "kind outcome query state error name sha256",
    ExceptionOwner: "",
    # The filter of a search without its words; domain.searching.check_view_name keeps contacts out of names.
    SavedView: "name query",
    ApprovalPolicy: "allowed_amounts one_of_group two_of_group note state",
    # enkash.contract.names lets no value of an answer through.
    ContractDifference: "call kind path detail mark reason",
}


@pytest.mark.parametrize("model", HARMLESS, ids=lambda model: model.__name__)
def test_every_column_that_can_hold_words_is_erased_or_known_to_be_harmless(model) -> None:
    words = {field.name for field in model._meta.concrete_fields if isinstance(field, WORDS)}
    decided = {*PERSONAL.get(model, ()), *HARMLESS[model].split()}
    assert words == decided, "Decide about it: in services/erasing.py if it can tell who somebody is, else here."


def empty(**changes: object) -> dict[str, object]:
    return {**dict.fromkeys(("title", "name", "email", "mobile", "remarks"), ""), "payload_hash": ERASED, **changes}


def refused(query, **changes: object) -> bool:
    try:
        with transaction.atomic():
            query.update(**changes)
    except IntegrityError:
        return True
    return False


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("erased", "changes", "expected"),
    [
        (False, empty(), True),
        (True, empty(), False),
        (True, empty(name="Somebody else"), True),
        (True, empty(amount=1), True),
        (True, empty(reference="ANOTHER"), True),
        (True, empty(number=99), True),
        (True, empty(payload_hash="ab"), True),
        (True, {"mobile": ""}, True),
    ],
)
def test_a_frozen_payload_can_only_go_whole_and_with_its_batch(erased: bool, changes, expected: bool) -> None:
    batch = submitted_batch(rows=1)
    if erased:
        Batch.objects.filter(pk=batch.pk).update(erased_at=timezone.now())
    assert refused(batch.rows, **changes) is expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "Somebody"}, True),
        ({"payload_hash": "ab"}, True),
        ({"state": "pending"}, True),
        ({"state": "sending"}, True),
        ({"reason_code": "other"}, False),
    ],
)
def test_an_erased_row_stays_empty_and_is_never_sent(changes, expected: bool) -> None:
    batch = approved_batch(failed=1)
    Batch.objects.filter(pk=batch.pk).update(erased_at=timezone.now())
    batch.rows.update(**empty())
    assert refused(batch.rows, **changes) is expected
    assert refused(Batch.objects.filter(pk=batch.pk), erased_at=None)
