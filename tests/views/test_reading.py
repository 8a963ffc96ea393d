"""GET changes nothing: every address of the portal is read by somebody with every role."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver

from allocations.domain.approval_policies import Terms
from allocations.domain.policy import Role
from allocations.services import freezes, roles
from allocations.services.approval_policies import propose_policy
from tests.factories.api import token_for
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.decisions import open_proposal
from tests.factories.exports import ExportJobFactory
from tests.factories.people import PASSWORD, known, person
from tests.factories.reversals import ReversalFactory

pytestmark = pytest.mark.django_db
# Sessions and tokens tell when somebody was last seen; what the limits count is no state of the portal.
_NOT_STATE = {"session", "usersession", "apitoken"}
_VALUES = {"uidb36": "1", "key": "x-y", "provider_id": "company", "pk": "1", "field": "mobile", "code": "markup"}
_VALUES |= {"kind": "empty", "session_id": "1"}


def routes(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix, pattern


def stored():
    """Every row of every table."""
    models = [one for one in apps.get_models() if one._meta.managed and one._meta.model_name not in _NOT_STATE]
    return {model._meta.label: sorted(map(repr, model.objects.values_list())) for model in models}


def numbers():
    run = approved_batch(run_state="attention", credited=1, failed=1, unknown=1, conflict=1).runs.get()
    run.chunks.update(state="people")
    owner = person("owner")
    freeze = freezes.freeze_sending(known(owner), reason="EnKash called.")
    proposed = roles.give_role(known(owner), person_id=person().pk, role=Role.OWNER)
    policy = propose_policy(known(owner), terms=Terms(two_from_rows=1), note="More eyes.")
    return {
        "batch_id": run.batch_id,
        "run_id": run.pk,
        "number": 2,
        "proposal_id": open_proposal(rows=run.batch.rows.filter(state="unknown")).pk,
        "reversal_id": ReversalFactory().pk,
        "account_id": run.batch.account_id,
        "freeze_id": freeze.pk,
        "person_id": owner.pk,
        "role_proposal_id": proposed.pk,
        "view_id": 1,
        "policy_id": policy.pk,
        "repair_id": 1,
        "question_id": 1,
        "token_id": 1,
        "webhook_id": 1,
        "delivery_id": 1,
        "difference_id": 1,
        "session_id": 1,
        "export_id": ExportJobFactory(asked_by=User.objects.get(username="reader")).pk,
    }


def address(prefix, pattern, known_numbers, *, batch_id):
    values = {**_VALUES, **{key: str(value) for key, value in known_numbers.items()}, "batch_id": str(batch_id)}
    route = str(pattern.pattern)
    if route.startswith("^"):
        return f"/password/reset/key/{values['uidb36']}-{values['key']}/"
    for name in pattern.pattern.converters:
        kind = next(part for part in route.split("<") if part.rstrip("/").split(">")[0].split(":")[-1] == name)
        route = route.replace(f"<{kind.split('>')[0]}>", values[name])
    return f"/{prefix}{route}"


def test_reading_every_page_changes_nothing(client):
    person_ = person(*(role.value for role in Role), username="reader")
    person_.set_password(PASSWORD)
    person_.save()
    known_numbers, submitted = numbers(), submitted_batch()
    client.force_login(person_)
    seen = {}
    token = {"Authorization": f"Bearer {token_for(person_)[1]}"}
    before = stored()
    for prefix, pattern in routes():
        for batch_id in (known_numbers["batch_id"], submitted.pk):
            path = address(prefix, pattern, known_numbers, batch_id=batch_id)
            seen[path] = client.get(path, headers=token).status_code
    assert stored() == before
    assert {code for code in seen.values() if code >= 500} <= {503}
    assert sum(code == 200 for path, code in seen.items() if path.startswith("/api/v1/")) >= 10
    assert sum(code == 200 for code in seen.values()) > 60
