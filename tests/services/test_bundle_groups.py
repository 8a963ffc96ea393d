"""Where the manifest asks for an approver of a group, the bundle shows to an outsider that there was one."""

import hashlib
import json
from pathlib import Path

import pytest

from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch
from allocations.verifier import verify_bundle
from tests.factories.groups import group
from tests.factories.people import known, person
from tests.factories.policies import agree
from tests.services.conftest import Portal
from tests.services.test_bundles import bundle, key, rewritten, seal, verified

__all__ = ["key"]
ASKS = {"version": 2, "approvers": 2, "group": "Finance"}


@pytest.mark.django_db(transaction=True)
def test_the_bundle_of_a_batch_that_needed_somebody_of_a_group(portal: Portal, key: str, tmp_path: Path) -> None:
    member = person("approver")
    group("Finance", member)
    agree(two_from_rows=2, two_of_group="Finance")
    batch = submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk)
    for who in (portal.approver, known(member)):
        run = approve_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest)
    portal.drain(run)
    seal(portal)
    made = bundle(portal, batch, tmp_path / "bundle.zip")
    assert verified(made)[0] == 0
    another = lambda votes: [one if one["voted_by"] != member.pk else one | {"voted_by": 99_999} for one in votes]  # noqa: E731
    assert verified(rewritten(made, votes=another))[0] == 1


@pytest.mark.parametrize("of_group", [[3], [2], [2, 3]])
def test_one_of_those_who_approved_was_of_it(of_group: list[int]) -> None:
    assert checked(of_group=of_group) == 2


@pytest.mark.parametrize("said", [{"of_group": []}, {"of_group": [4]}, {}])
def test_enough_voters_of_whom_nobody_was_of_it_are_not_enough(said: dict[str, list[int]]) -> None:
    with pytest.raises(verify_bundle.Wrong, match="nobody of the group “Finance” approved it"):
        checked(**said)


def checked(**said: list[int]) -> int | None:
    """Two and three approved what one had made; `said`: in the entry of the approval."""
    manifest = json.dumps({"batch": 1, "uploaded_by": 1, "submitted_by": 1, "editors": [], "policy": ASKS})
    digest = hashlib.sha256(manifest.encode()).hexdigest()
    votes = [{"voted_by": who, "decision": "approve", "digest": digest} for who in (2, 3)]
    first = {"event": "batch approval given", "actor": {"id": 2}, "data": {"digest": digest}}
    last = {"event": "batch approved", "actor": {"id": 3}, "data": {"digest": digest, **said}}
    return verify_bundle.check_approval(1, manifest, votes, [(1, first), (2, last)])
