"""People of the portal against its promise: points for themselves, a batch of their own, two votes, a row afterwards.

What the services and the database refuse is in tests.services and tests.models; here is the way through the pages.
"""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from allocations.models import Batch, BatchEditor, Reversal, Row, TrailEntry, Vote
from allocations.services import mending
from tests.attacks.ground import EMAIL, MOBILE, Ground, ground, undone
from tests.factories.api import Program
from tests.factories.batches import submitted_batch
from tests.factories.people import PASSWORD, known, person
from tests.factories.policies import agree
from tests.views.test_reading import stored

pytestmark = pytest.mark.django_db


def also(made: Ground, who: str, role: str) -> None:
    made.people[who].groups.add(Group.objects.get(name=role))


def vote(client, batch: Batch, **more):
    sent = {"version": batch.version, "digest": batch.digest, "total": str(batch.points_total), "password": PASSWORD}
    return client.post(f"/batches/{batch.pk}/approve/", sent | more)


def mended(made: Ground, row: Row, field: str, text: str):
    return {"text": text, "seen": mending.fingerprint(row, field)}


# Everything by which somebody has a hand in a list of another's, as a browser or a program sends it.
HANDS = {
    "cell": lambda made, b: ("cells/remarks/", mended(made, b.rows.get(number=4), "remarks", "x"), "rows/4/"),
    "put back": lambda made, b: ("cells/remarks/back/", mended(made, b.rows.get(number=2), "remarks", ""), "rows/2/"),
    "leave out": lambda _made, _b: ("leave-out/", {"number": 2}, ""),
    "leave out errors": lambda _made, _b: ("leave-out/", {}, ""),
    "leave out a cause": lambda _made, _b: ("leave-out/mobile_too_short/", {"rows": 1, "newest": 10**6}, ""),
    "take back": lambda _made, _b: ("take-back/", {"number": 2}, ""),
    "list": lambda _made, _b: ("list/", {"pasted": f"name,mobile,amount\nAsha Rao,{MOBILE}51,5\n"}, ""),
    "mapping": lambda _made, _b: ("mapping/", {"column_0": "name", "column_1": "mobile", "column_2": "amount"}, ""),
}


@pytest.mark.parametrize("hand", HANDS)
def test_whoever_had_a_hand_in_a_list_never_votes_on_it(hand):
    """The rule is per batch: a second role is no way around it."""
    made = ground()
    also(made, "other", "approver")
    batch, other = made.batches["review"], made.client("other")
    path, body, before = HANDS[hand](made, batch)
    heads = TrailEntry.objects.count()
    answer = other.post(f"/batches/{batch.pk}/{before}{path}", body)
    assert answer.status_code in {200, 302, 422}
    changed = TrailEntry.objects.count() > heads
    assert changed or hand in {"take back", "leave out a cause"}
    assert BatchEditor.objects.filter(batch=batch, user=made.people["other"]).exists() or not changed
    waiting = submitted_batch(uploaded_by=made.people["maker"])
    BatchEditor.objects.create(batch=waiting, user=made.people["other"])
    assert (vote(other, waiting).status_code, waiting.votes.count()) == (403, 0)


def test_program_of_an_approver_makes_its_person_a_maker():
    made = ground()
    also(made, "approver", "admin")
    program = Program(made.people["approver"])
    batch = made.batches["review"]
    assert program.send("PATCH", f"/batches/{batch.pk}/rows/4", {"remarks": "x"}).status_code == 200
    assert BatchEditor.objects.filter(batch=batch, user=made.people["approver"]).exists()


@pytest.mark.parametrize("role", ["maker", "other", "auditor", "owner"])
def test_form_of_an_approver_is_worth_nothing_to_others(role):
    """Complete, as an approver's browser would send it; makers have another role besides."""
    made = ground()
    batch = submitted_batch(uploaded_by=made.people["maker"])
    if role == "maker":
        also(made, "maker", "approver")
    assert vote(made.client(role), batch).status_code == 403
    assert vote(made.client("approver"), batch).status_code == 302


def test_one_person_has_one_vote():
    """Clicked twice, in two browsers, in another spelling of the form, and after sending it back and forth."""
    agree(two_from_points=1)
    made = ground()
    batch = submitted_batch(uploaded_by=made.people["maker"], policy=2, approvers=2)
    first, second = made.client("approver"), made.client("approver")
    assert vote(first, batch).status_code == 302
    for again in (first, second):
        vote(again, batch, version=[batch.version, batch.version], approvers="1", voted_by="1")
    batch.refresh_from_db()
    assert (batch.state, Vote.objects.filter(batch=batch).count()) == ("submitted", 1)


def decide(made, client):
    return client.post(f"/decisions/{made.numbers['proposal_id']}/confirm/")


def refuse(made, client):
    return client.post(f"/decisions/{made.numbers['proposal_id']}/refuse/", {"reason": "No"})


def give(made, client):
    waiting = submitted_batch(rows=1, uploaded_by=made.people["maker"], row={"email": f"d{EMAIL}"})
    return vote(client, waiting)


def ask(made, client):
    batch = made.batches["submitted"]
    return client.post(
        f"/batches/{batch.pk}/questions/", {"version": batch.version, "digest": batch.digest, "question": "Why?"}
    )


def keep(made, client):
    reversal = Reversal.objects.get(pk=made.numbers["reversal_id"])
    path = f"/reversals/{reversal.pk}/reject/"
    return client.post(path, {"digest": reversal.digest, "reason": "No"})


def take(made, client):
    reversal = Reversal.objects.get(pk=made.numbers["reversal_id"])
    sent = {"digest": reversal.digest, "amount": str(reversal.amount), "password": PASSWORD}
    return client.post(f"/reversals/{reversal.pk}/approve/", sent)


@pytest.mark.parametrize("act", [decide, refuse, give, ask, keep, take])
def test_nobody_decides_about_points_of_their_own(act):
    """Given, said to have failed so that they go again, or to be taken back; whatever the case of the address."""
    made = ground()
    approver, client = made.people["approver"], made.client("approver")
    with undone():
        # In a session of its own: showing who they are gives that another key, which is undone with the rest.
        assert act(made, made.client("approver")).status_code == 302
    approver.email = f"{'C' if act is ask else 'D'}{EMAIL.upper()}"
    approver.save()
    before = stored()
    with undone():
        answer = act(made, client)
        assert (answer.status_code, "has your own e-mail address" in answer.text) == (403, True)
    assert stored() == before


def test_pages_say_why_nobody_decides_about_their_own():
    made = ground()
    made.people["approver"].email = made.batches["approved"].rows.first().email
    made.people["approver"].save()
    client = made.client("approver")
    for path in (f"/decisions/{made.numbers['proposal_id']}/", f"/reversals/{made.numbers['reversal_id']}/"):
        text = client.get(path).text
        assert "has your own e-mail address" in text
        assert f'action="{path}confirm/"' not in text
        assert f'action="{path}approve/"' not in text


def test_form_that_somebody_else_sent_makes_and_shows_nothing():
    """The keys by which a double click is known are no way to another's thing, nor a way to spoil it."""
    made = ground()
    other = made.client("other")
    batch = made.batches["review"]
    form = {"purpose": "Mine", "account": batch.account_id, "who": "everybody", "pasted": "name,mobile,amount\nA,1,1"}
    answer = other.post("/batches/new/", form | {"form_key": str(batch.form_key)})
    assert (answer.status_code, Batch.objects.filter(purpose="Mine").count()) == (409, 0)
    row = made.batches["approved"].rows.get(state="credited")
    asked = {"amount": "10", "reason": "Wrong", "form_key": str(Reversal.objects.get(row=row).form_key)}
    answer = other.post(f"/batches/{row.batch_id}/rows/{row.number}/reverse/", asked)
    assert (answer.status_code, Reversal.objects.count()) == (409, 1)
    fresh = other.post(f"/batches/{row.batch_id}/rows/{row.number}/reverse/", asked | {"form_key": str(uuid4())})
    assert (fresh.status_code, Reversal.objects.count()) == (302, 2)


def test_nothing_gets_into_a_batch_that_was_submitted():
    """Not by a list, a workbook, a cell or a program, though each was begun while it could be changed."""
    made = ground()
    maker, program = made.client("maker"), Program(made.people["maker"])
    for state in ("submitted", "approved"):
        batch = made.batches[state]
        before = list(batch.rows.values_list("number", "mobile", "amount", "state", "payload_hash"))
        row = batch.rows.first()
        list_ = SimpleUploadedFile("list.csv", f"name,mobile,amount\nX,{MOBILE}99,5\n".encode())
        asked = [
            ("list/", {"file": list_}),
            ("cells/amount/", mended(made, row, "amount", "90000")),
            ("leave-out/", {"number": row.number}),
            ("take-back/", {"number": row.number}),
            ("corrections/apply/", {"correction": made.numbers["correction_id"]}),
        ]
        for path, body in asked:
            place = f"rows/{row.number}/" if path.startswith("cells") else ""
            assert maker.post(f"/batches/{batch.pk}/{place}{path}", body).status_code == 409, path
        line = b'{"name": "X", "mobile": "9876501499", "amount": 5}\n'
        put = program.send("PUT", f"/batches/{batch.pk}/list", line, kind="application/x-ndjson")
        patched = program.send("PATCH", f"/batches/{batch.pk}/rows/{row.number}", {"amount": 90_000})
        assert (put.status_code, patched.status_code) == (409, 409)
        assert list(batch.rows.values_list("number", "mobile", "amount", "state", "payload_hash")) == before


def test_owner_alone_makes_nobody_approver_and_no_way_into_an_account():
    made = ground()
    owner, approver = made.client("owner"), made.people["approver"]
    assert owner.post(f"/people/{approver.pk}/link/").status_code == 409
    helper = person("auditor")
    owner.post(f"/people/{helper.pk}/roles/give/", {"role": "approver"})
    for who in ("owner", "maker"):
        made.client(who).post(f"/people/roles/{helper.role_proposals.first().pk}/confirm/")
    assert list(helper.groups.values_list("name", flat=True)) == ["auditor"]
    for role in ("approver", "owner", "admin"):
        answer = owner.post(f"/people/{made.people['owner'].pk}/roles/give/", {"role": role})
        assert answer.status_code == 403
    assert known(made.people["owner"]).roles == {"owner"}
