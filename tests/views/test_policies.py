"""The page of approval policies, and what a proposal would have done."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from allocations.domain.approval_policies import Terms
from allocations.domain.numerals import grouped
from allocations.models import ApprovalPolicy
from allocations.services.approval_policies import propose_policy
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.people import actor, known, person
from tests.factories.policies import agree

pytestmark = pytest.mark.django_db
PAGE, NEW = reverse("allocations:policies"), reverse("allocations:policy-new")


def signed_in(client, *roles: str):
    user = person(*roles)
    client.force_login(user)
    return user


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def typed(**changes) -> dict[str, str]:
    return {"two_from_points": "5,00,000", "note": "More eyes.", "act": "propose"} | changes


@pytest.mark.parametrize("role", ["admin", "approver", "auditor", "owner"])
def test_everybody_reads_it_and_owners_propose(client, role):
    agree(
        two_from_rows=1_000,
        most_points_day=5_00_000,
        most_points_person_month=10_000,
        allowed_amounts=(500, 1_000, 2_500),
    )
    signed_in(client, role)
    answer = client.get(PAGE)
    said = words(answer)
    assert "In force: policy 2" in said
    assert "Two approvers from this many rows 1,000 rows" in said
    assert "Most points of an account in a day (IST) 5,00,000 points" in said
    assert "Most points of a batch 10,00,00,000 points, as installed" in said
    assert "Most points of a person in a month (IST) 10,000 points" in said
    assert "Amounts that a row may give 500, 1,000, 2,500 points" in said
    assert "“The auditors asked for it.”" in said
    assert "Policy 1: as installed." in said
    assert ("Propose another policy" in said) == (role == "owner")
    form = client.get(NEW)
    assert (form.status_code, 'value="5,00,000"' in form.text) == ((200, True) if role == "owner" else (403, False))


def test_an_owner_proposes_what_another_confirms(client):
    approved_batch()
    signed_in(client, "owner")
    answer = client.post(NEW, typed(), follow=True)
    assert "It counts when another owner or approver confirms it." in words(answer)
    assert "You proposed this policy. Another owner or approver must confirm it." in words(answer)
    policy = ApprovalPolicy.objects.get()
    confirm = reverse("allocations:policy-confirm", args=[policy.pk])
    assert client.post(confirm).status_code == 403
    signed_in(client, "approver")
    assert "An approval policy is to be confirmed" in words(client.get("/"))
    assert "Policy 2 is in force from now on." in words(client.post(confirm, follow=True))
    assert "An approval policy is to be confirmed" not in words(client.get("/"))


def test_it_is_turned_down(client):
    policy = propose_policy(actor("owner"), terms=Terms(two_from_rows=2), note="More eyes.")
    signed_in(client, "approver")
    said = words(client.post(reverse("allocations:policy-refuse", args=[policy.pk]), follow=True))
    assert "Nothing changed." in said
    assert "proposed another policy (“More eyes.”), and" in said


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_readers_decide_nothing(client, role):
    policy = propose_policy(actor("owner"), terms=Terms(two_from_rows=2), note="More eyes.")
    signed_in(client, role)
    assert "Confirm this policy" not in words(client.get(PAGE))
    for act in ("confirm", "refuse"):
        assert client.post(reverse(f"allocations:policy-{act}", args=[policy.pk])).status_code == 403
    assert client.post(NEW, typed()).status_code == 403


def test_who_was_not_seen_lately_shows_who_they_are_first():
    client = Client()
    client.force_login(person("owner"))
    assert client.get(NEW)["Location"].startswith(f"{reverse('account_reauthenticate')}?next=")
    assert client.post(NEW, typed()).status_code == 302
    assert not ApprovalPolicy.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"two_from_points": "many"}, "“many” is no whole number"),
        ({"two_from_points": "५००"}, "Type digits such as 500"),
        ({"two_from_points": "1.5"}, "“1.5” is no whole number"),
        ({"two_from_points": "0"}, "0 is no limit"),
        ({"two_from_points": ""}, "These are the terms in force already"),
        ({"most_points_row": "1,00,001"}, "1,00,001 points for a row is more than this installation allows: 1,00,000"),
        ({"note": " "}, "Say why the policy is to change"),
        ({"most_points_person_month": "ten"}, "“ten” is no whole number"),
        ({"allowed_amounts": "500, many"}, "“many” is no whole number. Type digits such as 500, 1,000, 2,500, with"),
        ({"allowed_amounts": "५००, 1000"}, "“५००” is no whole number. Type digits such as 500, with"),
        ({"allowed_amounts": "500, 10.5"}, "“10.5” is no whole number"),
        ({"allowed_amounts": "50,100"}, "“50,100” can be one amount or several. Type 50100 if it is one, or a space"),
        ({"allowed_amounts": "500,1,000"}, "“000” is no whole number. Type digits such as 500, 1,000, 2,500"),
        ({"allowed_amounts": "0, 5"}, "0 is no amount that a row can give"),
        ({"allowed_amounts": "500, 1,00,001"}, "1,00,001 is among the allowed amounts, and a row may give 1,00,000"),
        ({"allowed_amounts": ", ".join(map(str, range(1, 52)))}, "These are 51 allowed amounts"),
    ],
)
def test_what_cannot_be_proposed_is_shown_again(client, changes, said):
    signed_in(client, "owner")
    answer = client.post(NEW, typed(**changes))
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert f'value="{typed(**changes)["most_points_row"] if "most_points_row" in changes else ""}"' in answer.text
    assert not ApprovalPolicy.objects.exists()


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("2,500, 500, 1,000", [500, 1_000, 2_500]),
        ("500,1000,2500,500", [500, 1_000, 2_500]),
        ("500 1000", [500, 1_000]),
        ("1,00,000", [100_000]),
        ("500, 1000,", [500, 1_000]),
        ("", None),
    ],
)
def test_amounts_are_typed_with_commas(client, text, amounts):
    signed_in(client, "owner")
    assert client.post(NEW, typed(allowed_amounts=text, most_points_person_month="10,000")).status_code == 302
    policy = ApprovalPolicy.objects.get()
    assert (policy.allowed_amounts, policy.most_points_person_month) == (amounts, 10_000)
    if amounts:
        shown = ", ".join(map(grouped, amounts))
        assert f"Amounts that a row may give any {shown} points" in words(client.get(PAGE))


def test_what_is_in_force_can_be_proposed_as_it_stands_in_the_form(client):
    agree(allowed_amounts=(2_500,))
    signed_in(client, "owner")
    assert 'name="allowed_amounts" value="2500" inputmode="text"' in client.get(NEW).text
    assert client.post(NEW, typed(allowed_amounts="2500")).status_code == 302
    assert ApprovalPolicy.objects.get(state="open").allowed_amounts == [2_500]


def test_what_if_looks_at_single_rows(client):
    first = approved_batch(credited=2)
    signed_in(client, "owner")
    asked = {"act": "what-if", "two_from_points": "", "most_points_person_month": "499", "allowed_amounts": "400, 600"}
    said = words(client.post(NEW, typed(**asked)))
    assert "1 would have been refused: 1 by the points of a person, 1 by the amounts of its rows." in said
    assert "A person's month is counted over these batches alone." in html.unescape(said)
    assert f"{first.pk}, Diwali 2026" in said
    assert "refused: points of a person, amounts of its rows" in said


def test_what_if_stores_nothing_and_tells_how_batches_would_have_fared(client):
    small, large = approved_batch(credited=1), submitted_batch(rows=4)
    signed_in(client, "owner")
    answer = client.post(
        NEW, typed(act="what-if", note="", two_from_points="", two_from_rows="4", most_points_batch="1,999")
    )
    said = words(answer)
    assert (answer.status_code, ApprovalPolicy.objects.count()) == (200, 0)
    assert (
        "Of the last 2 batches, 0 would have needed two approvers (0 did), and 1 would have been refused: "
        "1 by the points of a batch." in said
    )
    assert f"{large.pk}, Diwali 2026" in said
    assert f"{small.pk}, Diwali 2026" in said
    assert "refused: points of a batch" in said
    assert "Only 1 person is approver now: nobody could approve second." in said
    assert "1 batch waits for approval under policy 1" in said


def test_whoever_confirms_sees_it_too(client):
    submitted_batch(rows=4)
    propose_policy(actor("owner"), terms=Terms(two_from_rows=4), note="More eyes.")
    signed_in(client, "auditor")
    said = words(client.get(PAGE))
    assert "Of the last 1 batch, 1 would have needed two approvers (0 did), and 0 would have been refused." in said
    assert "1 approver 2 approvers" in said


def test_an_owner_who_proposed_withdraws(client):
    user = signed_in(client, "owner")
    propose_policy(known(user), terms=Terms(two_from_rows=4), note="More eyes.")
    assert "Withdraw this policy" in words(client.get(PAGE))
