import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from allocations import gateway
from allocations.models import Reversal
from allocations.services import recovering
from tests.factories.people import PASSWORD, person
from tests.factories.reversals import ReversalAttemptFactory, ReversalFactory, credited_row, reversal_in

pytestmark = pytest.mark.django_db


def known(*roles):
    user = person(*roles)
    user.set_password(PASSWORD)
    user.save()
    return user


def shown(client, name, *args, **query):
    answer = client.get(reverse(f"allocations:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client, reversal, name, **data):
    return client.post(reverse(f"allocations:reversal-{name}", args=[reversal.pk]), data)


def ask(client, row, **data):
    form = {"amount": "200", "reason": "Left the company", "form_key": str(uuid4())} | data
    return client.post(reverse("allocations:row-reverse", args=[row.batch_id, row.number]), form)


def test_admin_asks_from_the_row_and_the_whole_is_offered(client):
    row = credited_row()
    client.force_login(person("admin"))
    assert "Take points back from row 2" in shown(client, "row", row.batch_id, row.number)
    text = shown(client, "row-reverse", row.batch_id, row.number)
    assert 'value="500"' in text
    answer = ask(client, row, amount="2,00")
    reversal = Reversal.objects.get()
    assert (answer["Location"], reversal.amount) == (reverse("allocations:reversal", args=[reversal.pk]), 200)
    assert 'value="300"' in shown(client, "row-reverse", row.batch_id, row.number)


def test_a_row_with_nothing_left_offers_no_reversal(client):
    row = credited_row()
    ReversalFactory(row=row, amount=500)
    client.force_login(person("admin"))
    text = shown(client, "row", row.batch_id, row.number)
    assert "Take points back from row" not in text
    assert "All points of this row are taken back, asked for or under way." in text


def test_a_row_tells_who_may_not_take_points_back_why(client):
    row = credited_row()
    client.force_login(person("auditor"))
    text = shown(client, "row", row.batch_id, row.number)
    assert "Take points back from row" not in text
    assert "To take points back you need the role admin." in text


def test_a_button_that_is_off_sends_nothing(client):
    reversal = reversal_in("disputed")
    for role, kind in (("auditor", "button"), ("admin", "submit")):
        client.force_login(person(role))
        text = shown(client, "reversal", reversal.pk)
        button = text.partition("Ask EnKash again about reversal")[0].rpartition("<button")[2]
        assert (f'type="{kind}"' in button, "aria-disabled" in button) == (True, kind == "button")


def test_the_same_form_twice_is_one_reversal(client):
    row = credited_row()
    client.force_login(person("admin"))
    key = re.search(r'name="form_key" value="([0-9a-f-]+)"', shown(client, "row-reverse", row.batch_id, row.number))[1]
    first, second = (ask(client, row, amount="500", form_key=key) for _ in range(2))
    assert (first["Location"], Reversal.objects.count()) == (second["Location"], 1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"amount": ""}, "Empty. Enter how many points to take back, in digits."),
        ({"amount": "ten"}, "“ten” is not a whole number above 0. Enter points."),
        ({"amount": "0"}, "“0” is not a whole number above 0. Enter points."),
        ({"amount": "501"}, "501 points are more than can be taken back: the row was credited 500."),
        ({"reason": ""}, "Empty. Say why the points are taken back; the approver reads it."),
        ({"form_key": "x"}, "The form is damaged. Open the page again."),
    ],
)
def test_request_says_what_is_wrong(client, data, sentence):
    client.force_login(person("admin"))
    answer = ask(client, credited_row(), **data)
    assert (answer.status_code, sentence in answer.content.decode(), Reversal.objects.count()) == (422, True, 0)


def test_request_is_not_for_others_and_the_row_says_nothing_of_it(client):
    row = credited_row()
    client.force_login(person("auditor"))
    assert "Take points back from row" not in shown(client, "row", row.batch_id, row.number)
    assert ask(client, row).status_code == 403


def test_request_of_no_row_is_no_page(client):
    client.force_login(person("admin"))
    assert client.get(reverse("allocations:row-reverse", args=[9, 9])).status_code == 404
    assert client.get(reverse("allocations:reversal", args=[9])).status_code == 404
    assert client.post(reverse("allocations:reversal-approve", args=[9])).status_code == 404


def test_approver_reads_in_full_and_signs(client):
    reversal = ReversalFactory()
    approver = known("approver")
    client.force_login(approver)
    text = shown(client, "reversal", reversal.pk)
    assert "200 points would be taken back from Person" in text
    assert reversal.row.email in text
    answer = act(client, reversal, "approve", digest=reversal.digest, amount="200", password=PASSWORD)
    reversal.refresh_from_db()
    assert (answer.status_code, reversal.state, reversal.approved_by) == (302, "approved", approver)
    again = act(client, reversal, "approve", digest=reversal.digest, amount="200", password=PASSWORD)
    assert again["Location"] == answer["Location"]
    assert reversal.row.email not in shown(client, "reversal", reversal.pk)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"amount": "500"}, "“500” is not the amount: 200 points are taken back. Type that number."),
        ({"password": "wrong"}, "This is not your password."),
        ({"digest": "0" * 64}, "The reversal is not the one that the page showed. Nothing was decided."),
    ],
)
def test_approval_insists_on_amount_password_and_content(client, data, sentence):
    reversal = ReversalFactory()
    client.force_login(known("approver"))
    answer = act(
        client, reversal, "approve", **{"digest": reversal.digest, "amount": "200", "password": PASSWORD, **data}
    )
    reversal.refresh_from_db()
    assert (answer.status_code, sentence in answer.content.decode(), reversal.state) == (422, True, "proposed")


def test_who_asked_cannot_decide_and_is_told_why(client):
    reversal = ReversalFactory(requested_by=known("admin", "approver"))
    client.force_login(reversal.requested_by)
    text = shown(client, "reversal", reversal.pk)
    assert "You asked for this reversal. Another approver must decide about it." in text
    assert 'name="password"' not in text
    answer = act(client, reversal, "approve", digest=reversal.digest, amount="200", password=PASSWORD)
    assert answer.status_code == 403


@pytest.mark.parametrize("role", ["admin", "auditor", "owner"])
@pytest.mark.parametrize("name", ["approve", "reject"])
def test_decisions_are_for_approvers(client, role, name):
    reversal = ReversalFactory()
    client.force_login(person(role))
    answer = act(client, reversal, name, digest=reversal.digest, amount="200", reason="No")
    assert (answer.status_code, Reversal.objects.get().state) == (403, "proposed")


def test_rejection_needs_a_reason_and_shows_it(client):
    reversal = ReversalFactory()
    client.force_login(known("approver"))
    assert act(client, reversal, "reject", digest=reversal.digest, reason="").status_code == 422
    answer = act(client, reversal, "reject", digest=reversal.digest, reason="She earned them")
    assert answer["Location"] == reverse("allocations:reversals")
    text = shown(client, "reversal", reversal.pk)
    assert "has rejected it: “She earned them”" in text
    assert "200 points stay with Person" in text


def test_decided_meanwhile_is_a_conflict_with_a_way_back(client):
    reversal = reversal_in("rejected")
    client.force_login(known("approver"))
    answer = act(client, reversal, "approve", digest=reversal.digest, amount="200", password=PASSWORD)
    assert answer.status_code == 409
    assert reverse("allocations:reversal", args=[reversal.pk]) in answer.content.decode()


def test_who_asked_withdraws(client):
    reversal = ReversalFactory()
    client.force_login(reversal.requested_by)
    assert f"Withdraw reversal {reversal.pk}" in shown(client, "reversal", reversal.pk)
    act(client, reversal, "withdraw")
    assert Reversal.objects.get().state == "withdrawn"
    assert f"Withdraw reversal {reversal.pk}" not in shown(client, "reversal", reversal.pk)
    assert act(client, reversal, "withdraw").status_code == 409


def test_a_held_reversal_says_why_and_is_resumed(client):
    reversal = reversal_in("approved", pause_code="login", pause_text="EnKash refuses our login.")
    client.force_login(person("admin"))
    text = shown(client, "reversal", reversal.pk)
    assert "EnKash refuses our login." in text
    assert f"Resume reversal {reversal.pk}" in text
    act(client, reversal, "resume")
    assert Reversal.objects.get().pause_code == ""


def test_a_disputed_reversal_offers_to_ask_enkash_again(client):
    reversal = reversal_in("disputed", doubt="amount_differs", said="Two amounts")
    client.force_login(person("auditor"))
    text = shown(client, "reversal", reversal.pk)
    assert "EnKash lists another amount." in text
    assert "To resume a reversal you need the role admin or approver." in text
    client.force_login(person("approver"))
    act(client, reversal, "resume")
    assert Reversal.objects.get().state == "disputed"


def test_every_call_is_shown(client):
    reversal = reversal_in("failed", doubt="too_few_points", said="Insufficient balance in user card")
    ReversalAttemptFactory(
        reversal=reversal, result="insufficient_balance", message="Insufficient balance in user card"
    )
    client.force_login(person("auditor"))
    text = shown(client, "reversal", reversal.pk)
    assert "not enough points on the card" in text
    assert "The person&#x27;s card holds fewer points: some are spent." in text
    assert reversal.row.email not in text


def test_list_has_what_waits_what_is_under_way_and_what_ended(client):
    waiting, open_, ended = ReversalFactory(), reversal_in("unknown", doubt="no_answer"), reversal_in("reversed")
    client.force_login(person("approver"))
    text = shown(client, "reversals")
    assert f"Decide about reversal {waiting.pk}" in text
    assert "EnKash gave no answer that proves anything." in text
    assert f"Row {open_.row.number} of batch {open_.row.batch_id}" in text
    assert "taken back" in text
    assert reverse("allocations:reversal", args=[ended.pk]) in text


def test_empty_list_says_where_reversals_begin(client):
    client.force_login(person("auditor"))
    text = shown(client, "reversals")
    assert "open the row that was credited and ask there" in text
    assert "No reversal has ended yet." in text


def test_list_turns_the_page_by_number(client, monkeypatch):
    monkeypatch.setattr("allocations.views.reversals.PAGE", 1)
    first, second = (reversal_in("reversed") for _ in range(2))
    client.force_login(person("auditor"))
    assert f"?before={second.pk}" in shown(client, "reversals")
    older = shown(client, "reversals", before=second.pk)
    assert reverse("allocations:reversal", args=[first.pk]) in older
    assert reverse("allocations:reversal", args=[second.pk]) not in older


def test_row_and_batch_show_gross_reversed_and_net(client):
    row = credited_row()
    reversal_in("reversed", row=row, amount=200)
    ReversalFactory(row=row, amount=100)
    client.force_login(person("auditor"))
    for text in (
        shown(client, "row", row.batch_id, row.number),
        shown(client, "batch", row.batch_id, tab="reversals"),
    ):
        assert re.search(
            r"Credited \(gross\).*?500.*?Taken back.*?−200.*?Net.*?300.*?under way.*?−100", text, re.DOTALL
        )
    assert "500 credited − 200 taken back = 300 points net; 100 asked for or under way" in shown(
        client, "batch", row.batch_id
    )


def test_batch_without_reversals_says_nothing_was_taken_back(client):
    row = credited_row()
    client.force_login(person("auditor"))
    assert "Nothing was taken back" in shown(client, "batch", row.batch_id, tab="reversals")
    assert "500 points credited are 500 points net" in shown(client, "row", row.batch_id, row.number)


def test_one_that_came_back_with_a_backup_is_closed_only_by_who_says_they_looked(client):
    reversal = ReversalFactory()
    recovering.begin(now=timezone.now() + timedelta(minutes=1), timing=gateway.timing(), why="Restored.")
    client.force_login(known("approver"))
    text = shown(client, "reversal", reversal.pk)
    assert ("This reversal came back with a backup" in text, text.count('name="compared"')) == (True, 1)
    # Another one, of the same row and forgotten, may have taken points too.
    assert "What was taken back from this row after the backup is not known here" in text
    said = {"digest": reversal.digest, "reason": "She earned them"}
    assert "Look for its reference in EnKash" in act(client, reversal, "reject", **said).content.decode()
    act(client, reversal, "reject", **said, compared="yes")
    reversal.refresh_from_db()
    assert reversal.state == "rejected"


def test_who_withdraws_one_that_came_back_says_so_too(client):
    maker = known("admin")
    reversal = ReversalFactory(requested_by=maker)
    recovering.begin(now=timezone.now() + timedelta(minutes=1), timing=gateway.timing(), why="Restored.")
    client.force_login(maker)
    assert 'name="compared"' in shown(client, "reversal", reversal.pk)
    for data, state in (({}, "proposed"), ({"compared": "yes"}, "withdrawn")):
        act(client, reversal, "withdraw", **data)
        reversal.refresh_from_db()
        assert reversal.state == state
