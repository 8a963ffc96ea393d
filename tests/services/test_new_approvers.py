"""Somebody who was just confirmed as approver decides about no points for a day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from allocations.domain.errors import NotAllowed
from allocations.domain.policy import Role
from allocations.models import RoleProposal, Vote
from allocations.services import roles
from allocations.services.approval import approve_batch, send_back_batch
from allocations.services.reversals import approve_reversal
from tests.factories.batches import submitted_batch
from tests.factories.people import actor, known, person
from tests.factories.reversals import ReversalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh():
    user = person()
    proposal = roles.give_role(actor("owner"), person_id=user.pk, role=Role.APPROVER)
    roles.confirm_role(actor("owner"), proposal_id=proposal.pk)
    return user


def test_a_new_approver_neither_approves_nor_sends_back(fresh, client) -> None:
    batch, reversal = submitted_batch(), ReversalFactory()
    shown = {"batch_id": batch.pk, "version": batch.version, "digest": batch.digest}
    for act in (
        lambda: approve_batch(known(fresh), **shown),
        lambda: send_back_batch(known(fresh), **shown, reason="No."),
        lambda: approve_reversal(known(fresh), reversal_id=reversal.pk, digest=reversal.digest),
    ):
        with pytest.raises(NotAllowed, match="less than 24 hours ago"):
            act()
    client.force_login(fresh)
    page = client.get(reverse("allocations:batch-approval", args=[batch.pk])).text
    assert ("You became approver less than 24 hours ago" in page, fresh.votes.count()) == (True, 0)


def test_the_day_after_they_do(fresh) -> None:
    RoleProposal.objects.update(decided_at=timezone.now() - timedelta(hours=25))
    batch = submitted_batch()
    approve_batch(known(fresh), batch_id=batch.pk, version=batch.version, digest=batch.digest)
    assert Vote.objects.get().voted_by == fresh
