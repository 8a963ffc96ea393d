"""Fields that no form has (mass assignment): what is done with them is what is done without them."""

import json

import pytest
from django.apps import apps

from allocations.models import Batch, Reversal
from allocations.services import mending
from allocations.services.approval_policies import refuse_policy
from tests.attacks.ground import MOBILE, Ground, ground, undone
from tests.factories.api import Program
from tests.factories.batches import review_batch, submitted_batch
from tests.factories.people import PASSWORD, known

pytestmark = pytest.mark.django_db
# What somebody would like to set. A form's own field of the same name wins over it.
WISHES = {
    **dict.fromkeys(("state", "decision", "status", "outcome"), "approved"),
    **dict.fromkeys(("version", "approvers", "policy", "number", "epoch", "chunk_size", "lanes", "sample_rows"), "9"),
    **dict.fromkeys(("amount", "points", "points_total", "credited_amount", "balance", "largest_points"), "99999"),
    **dict.fromkeys(("id", "pk", "batch", "batch_id", "account", "account_id", "row", "row_id", "run", "run_id"), "1"),
    **dict.fromkeys(("uploaded_by", "submitted_by", "approved_by", "voted_by", "decided_by", "requested_by"), "3"),
    **dict.fromkeys(("uploaded_by_id", "approved_by_id", "person", "person_id", "user", "actor", "made_by"), "3"),
    **dict.fromkeys(("is_superuser", "is_staff", "is_active", "error_count", "personal_data", "in_full"), "on"),
    **dict.fromkeys(("groups", "roles", "role", "user_permissions", "scopes", "permissions"), "owner"),
    **dict.fromkeys(("mobile", "email", "card_id", "transaction_id", "reference", "payload_hash"), "98765014990"),
    **dict.fromkeys(("known_at", "approved_at", "submitted_at", "start_at", "erased_at"), "2030-01-01T00:00"),
    **dict.fromkeys(("manifest", "mapping", "questions", "content"), "{}"),
    **dict.fromkeys(("digest", "sha256"), "0" * 64),
}
# What is drawn anew each time, or tells the time of it.
RANDOM = {
    *("id", "pk", "form_key", "sha256", "secret", "start", "reference", "key", "salt", "password", "file", "digest"),
    *("manifest", "body", "hash", "prev", "name", "content", "number", "content_root", "session_data", "cache_key"),
    # With the id of the newest problem of each.
    "causes",
}
SKIPPED = {"session", "usersession", "trailentry", "contenttype"}


def kept() -> dict[type, list]:
    """Every table, with the columns that do not differ between two moments."""
    models = [one for one in apps.get_models() if one._meta.managed and one._meta.model_name not in SKIPPED]
    return {
        model: [
            one
            for one in model._meta.fields
            if one.attname not in RANDOM and one.get_internal_type() != "DateTimeField"
        ]
        for model in models
    }


def there() -> dict[type, set]:
    return {model: set(model.objects.values_list("pk", flat=True)) for model in kept()}


def told(old: dict[type, set]) -> dict[str, list[str]]:
    """What stands in every table. Numbers of what was made since `old` are drawn anew each time too."""

    def value(field, found):
        made_since = field.is_relation and found is not None and found not in old.get(field.related_model, {found})
        return "new" if made_since else found

    return {
        model._meta.label: sorted(
            repr([value(field, found) for field, found in zip(fields, row[1:], strict=True)])
            for row in model.objects.values_list("pk", *(field.attname for field in fields))
        )
        for model, fields in kept().items()
    }


def new_batch(made: Ground):
    list_ = f"name,mobile,amount\nAsha Rao,{MOBILE}61,5\n"
    account = made.batches["review"].account_id
    return "maker", "/batches/new/", {"purpose": "Mine", "account": account, "who": "new", "pasted": list_}


def cell(made: Ground):
    row = made.batches["review"].rows.get(number=2)
    seen = mending.fingerprint(row, "name")
    return "maker", f"/batches/{row.batch_id}/rows/2/cells/name/", {"text": "Asha", "seen": seen}


def submit(made: Ground):
    batch = review_batch(uploaded_by=made.people["maker"], purpose="Submitted now")
    return "maker", f"/batches/{batch.pk}/submit/", {}


def approve(made: Ground):
    batch = submitted_batch(uploaded_by=made.people["maker"], purpose="Approved now")
    sent = {"version": batch.version, "digest": batch.digest, "total": batch.points_total, "password": PASSWORD}
    return "approver", f"/batches/{batch.pk}/approve/", sent


def reverse(made: Ground):
    row = made.batches["approved"].rows.get(state="credited")
    form_key = "0b4a2f1e-7a0c-4a58-9e0c-0d3a6f1e2b4c"
    sent = {"amount": "10", "reason": "Wrong person", "form_key": form_key}
    return "maker", f"/batches/{row.batch_id}/rows/{row.number}/reverse/", sent


def reject(made: Ground):
    reversal = Reversal.objects.get(pk=made.numbers["reversal_id"])
    return "approver", f"/reversals/{reversal.pk}/reject/", {"digest": reversal.digest, "reason": "No"}


def policy(made: Ground):
    refuse_policy(known(made.people["approver"]), policy_id=made.numbers["policy_id"])
    return "owner", "/policies/new/", {"two_from_rows": "7", "note": "More eyes"}


def simply(who: str, path: str, body: dict[str, object]):
    return lambda made: (who, path.format(**made.numbers, **{k: b.pk for k, b in made.batches.items()}), body)


INVITED = {"first_name": "Ravi", "username": "ravi", "email": "ravi@portal.example", "roles": ["auditor"]}
ACCOUNT = {"name": "New", "company_id": "CEK1", "card_account_id": "CA1", "chunk_size": "50", "lanes": "1"}
FORMS = {
    "new batch": new_batch,
    "cell": cell,
    "submit": submit,
    "approve": approve,
    "reverse": reverse,
    "reject": reject,
    "leave out": simply("maker", "/batches/{review}/leave-out/", {"number": "2"}),
    "answer": simply("maker", "/batches/{submitted}/questions/{question_id}/answer/", {"text": "Because"}),
    "view": simply("maker", "/search/views/", {"name": "Mine", "state": "failed", "account": "", "purpose": ""}),
    "token": simply("maker", "/api/tokens/new/", {"name": "Payroll", "days": "5", "scopes": ["read"]}),
    "confirm": simply("approver", "/decisions/{proposal_id}/confirm/", {}),
    "invite": simply("owner", "/people/invite/", INVITED),
    "account": simply("owner", "/accounts/", ACCOUNT),
    "webhook": simply("owner", "/api/webhooks/new/", {"url": "https://hr.example.com/y", "events": ["run.settled"]}),
    "policy": policy,
}


def test_form_does_the_same_with_fields_that_it_has_not():
    made, wrong = ground(), []
    for form, prepared in FORMS.items():
        with undone():
            who, path, body = prepared(made)
            old = there()
            before, after = told(old), []
            for sent in (body, {**WISHES, **body}):
                with undone():
                    code = made.client(who).post(path, sent).status_code
                    after.append((code, told(old)))
            if after[0] != after[1] or after[0][0] not in {200, 302} or after[0][1] == before:
                different = {name for name, rows in after[0][1].items() if rows != after[1][1][name]}
                wrong.append((form, [code for code, _ in after], after[0][1] != before, different))
    assert wrong == []


@pytest.mark.parametrize(
    "wish", ["approved_by", "state", "points_total", "uploaded_by", "policy", "amount", "__proto__"]
)
def test_program_is_told_which_field_does_not_exist(wish):
    """What a program misspells it would otherwise believe done."""
    made = ground()
    program, batch = Program(made.people["maker"]), made.batches["review"]
    row = {"name": "Asha", "mobile": f"{MOBILE}71", "amount": 5}
    mine = {"purpose": "Mine", "account": batch.account_id, "rows": [row]}
    before = Batch.objects.count()
    wishes = [
        ("POST", "/batches", {**mine, wish: 9}),
        ("POST", "/batches", {**mine, "rows": [{**row, f"{wish}_": 9}]}),
        ("PATCH", f"/batches/{batch.pk}/rows/2", {f"{wish}_": "9"}),
        ("POST", f"/batches/{batch.pk}/submit", {wish: 9}),
        ("POST", f"/batches/{batch.pk}/confirm", {"code": "x", wish: 9}),
        ("POST", f"/batches/{batch.pk}/accept", {"code": "x", "rows": 1, "reason": "x", wish: 9}),
    ]
    for method, path, body in wishes:
        answer = program.send(method, path, body)
        assert (answer.status_code, wish in json.dumps(answer.json())) == (422, True), path
    assert Batch.objects.count() == before
