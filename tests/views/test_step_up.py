"""What moves points is done only by somebody who showed within five minutes who they are."""

from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from allocations.actors import actor_of
from allocations.domain.errors import StepUpNeeded
from allocations.domain.policy import Role
from allocations.models import Freeze, RoleProposal, Vote
from allocations.services import freezes, proposals, roles
from allocations.services.accounts import add_account
from allocations.services.approval import approve_batch
from allocations.services.exporting import check_bundle
from allocations.services.reversals import approve_reversal
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.decisions import open_proposal
from tests.factories.people import PASSWORD, actor, known, person
from tests.factories.reversals import ReversalFactory

pytestmark = pytest.mark.django_db


def approver(*, factor: bool = False):
    user = person("approver")
    user.set_password(PASSWORD)
    user.save()
    if factor:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def proposed_release() -> Freeze:
    freeze = freezes.freeze_sending(actor("owner"), reason="EnKash called.")
    freezes.propose_release(known(freeze.frozen_by), freeze_id=freeze.pk)
    return freeze


def proposed_role() -> RoleProposal:
    return roles.give_role(actor("owner"), person_id=person().pk, role=Role.APPROVER)


def open_decision():
    return open_proposal(rows=approved_batch(run_state="attention", unknown=1).rows.all())


def approve(who):
    batch = submitted_batch()
    approve_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest)


def take_back(who):
    reversal = ReversalFactory()
    approve_reversal(who, reversal_id=reversal.pk, digest=reversal.digest)


ACTS = {
    "approve": approve,
    "take back": take_back,
    "decide": lambda who: proposals.confirm(who, proposal_id=open_decision().pk),
    "add an account": lambda who: add_account(
        replace(who, roles=frozenset({Role.OWNER})), name="New", company_id="CEK1", card_account_id="CA9"
    ),
    "bundle personal data": lambda who: check_bundle(
        replace(who, roles=frozenset({Role.AUDITOR})), approved_batch(credited=1), personal_data=True, reason="Audit."
    ),
    "role": lambda who: roles.confirm_role(who, proposal_id=proposed_role().pk),
    "release": lambda who: freezes.confirm_release(who, freeze_id=proposed_release().pk),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS)
def test_services_refuse_an_actor_who_showed_nothing(act):
    """From a shell as from a page: the check is in the service."""
    who = replace(actor("approver"), known_at=None)
    with pytest.raises(StepUpNeeded, match="show once more who you are"):
        ACTS[act](who)
    assert not Vote.objects.filter(voted_by_id=who.id).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["add an account", "bundle personal data", "release", "take back"])
def test_services_take_it_from_somebody_who_did(act):
    ACTS[act](actor("approver"))


@pytest.mark.parametrize(
    ("name", "made", "page"),
    [("decision-confirm", open_decision, "/decisions/{0}/"), ("freeze-confirm", proposed_release, "/freeze/")],
)
def test_button_leads_over_the_page_that_asks_who_it_is(name, made, page):
    thing, client = made(), Client()
    client.force_login(approver())
    answer = client.post(reverse(f"allocations:{name}", args=[thing.pk]))
    then = page.format(thing.pk).replace("/", "%2F")
    assert (answer.status_code, answer.url) == (302, f"/known/?next={then}")
    fragment = client.post(reverse(f"allocations:{name}", args=[thing.pk]), headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"].startswith("/known/")


def sheet(client, batch) -> str:
    return client.get(reverse("allocations:batch-approval", args=[batch.pk])).text


def sign(client, batch, **more):
    content = {"version": batch.version, "digest": batch.digest, "total": "1,500"} | more
    return client.post(reverse("allocations:batch-approve", args=[batch.pk]), content)


def test_password_typed_in_the_sheet_is_enough_without_a_second_factor():
    batch, client = submitted_batch(), Client()
    client.force_login(approver())
    assert 'name="password"' in sheet(client, batch)
    assert sign(client, batch, password=PASSWORD).url.startswith("/runs/")


def test_with_a_second_factor_the_sheet_sends_to_show_both_first(client):
    batch, stale = submitted_batch(), Client()
    who = approver(factor=True)
    stale.force_login(who)
    text = sheet(stale, batch)
    assert ("Show that it is you, then approve" in text, 'name="password"' in text) == (True, False)
    page = reverse("allocations:batch-approval", args=[batch.pk]).replace("/", "%2F")
    assert f'href="/known/?next={page}"' in text
    assert sign(stale, batch, password=PASSWORD).url.startswith("/known/?next=")
    client.force_login(who)
    assert 'name="total"' in sheet(client, batch)
    assert sign(client, batch).url.startswith("/runs/")


def test_somebody_elses_proof_in_a_session_counts_nothing(client):
    client.force_login(approver(factor=True))
    other = approver(factor=True)
    assert actor_of(other, client.session).known_at is None


def test_guessing_the_password_in_the_sheet_is_limited(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "reauthenticate": "2/15m/user"}
    batch, client = submitted_batch(), Client()
    client.force_login(approver())
    for _ in range(2):
        assert "This is not your password" in sign(client, batch, password="guess").text
    assert "typed wrongly too often" in sign(client, batch, password=PASSWORD).text
    assert not Vote.objects.exists()


def test_passwords_that_were_right_are_no_guesses(client, settings):
    """Somebody has more to approve within a quarter of an hour than anybody may guess."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"reauthenticate": "2/15m/user"}
    client.force_login(approver())
    for wrong in ({"total": "1"}, {}):
        found = [sign(client, submitted_batch(), password=PASSWORD, **wrong).status_code for _ in range(3)]
        assert found == [422 if wrong else 302] * 3
