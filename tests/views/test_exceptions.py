"""The inbox of rows that wait for people, and the pages on which two people decide."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from allocations.models import ExceptionOwner, Proposal, Row, TrailEntry
from allocations.selectors import exceptions as reads
from tests.factories.batches import approved_batch
from tests.factories.decisions import open_proposal
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def waiting_batch(**outcomes):
    batch = approved_batch(run_state="attention", **(outcomes or {"credited": 1, "unknown": 2, "conflict": 1}))
    batch.runs.get().chunks.update(state="people")
    return batch


def sign_in(client, *roles):
    found = person(*roles)
    client.force_login(found)
    return found


def get(client, name, *numbers, query=None):
    return client.get(reverse(f"allocations:{name}", args=numbers), query or {})


def post(client, name, *numbers, **data):
    return client.post(reverse(f"allocations:{name}", args=numbers), data)


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def form(batch, *numbers, **changes):
    ids = {f"transaction_{number}": f"ECT{number}" for number in numbers}
    given = {"outcome": "credited", "statement": "On the statement.", "form_key": uuid4(), "row": list(numbers)}
    return {**given, **ids, **changes}


def test_inbox_lists_what_waits_by_batch_and_counts_it(client):
    batch, other = waiting_batch(), waiting_batch(anomaly=1)
    approved_batch(run_state="running", unknown=3)
    sign_in(client, "admin")
    page = text(get(client, "exceptions"))
    assert "4 rows wait for people" in page
    assert page.index(f"Batch {batch.pk}, ") < page.index(f"Batch {other.pk}, ")
    assert '<span class="visually-hidden">open: </span>4' in page
    assert (page.count("Choose row"), page.count(">nobody<")) == (4, 4)


@pytest.mark.parametrize(
    ("query", "rows"),
    [({"kind": "conflict"}, 2), ({"kind": "unknown"}, 2), ({"owner": "mine"}, 1), ({"owner": "nobody"}, 3)],
)
def test_inbox_is_filtered(client, query, rows):
    batch, mine = waiting_batch(unknown=2, conflict=1, anomaly=1), sign_in(client, "admin")
    ExceptionOwner.objects.create(row=batch.rows.first(), owner=mine, taken_at=batch.created_at)
    assert text(get(client, "exceptions", query=query)).count("Choose row") == rows


def test_inbox_filters_by_batch_and_says_what_is_hidden(client):
    batch = waiting_batch()
    sign_in(client, "auditor")
    assert f"Batch {batch.pk}, " in text(get(client, "exceptions", query={"batch": batch.pk}))
    assert "3 rows are hidden by the filter" in text(get(client, "exceptions", query={"batch": batch.pk + 1}))


def test_inbox_turns_the_page(client, monkeypatch):
    monkeypatch.setattr(reads.exception_page, "__kwdefaults__", {"after": None, "size": 2})
    batch = waiting_batch()
    sign_in(client, "admin")
    second = batch.rows.get(number=4)
    first_page = text(get(client, "exceptions", query={"batch": batch.pk}))
    assert f"?batch={batch.pk}&amp;after={second.pk}" in first_page
    rest = text(get(client, "exceptions", query={"after": second.pk}))
    assert ("Choose row 5" in rest, rest.count("Choose row")) == (True, 1)


@pytest.mark.parametrize("act", ["take", "give_back"])
def test_taking_and_giving_back_come_back_to_the_same_filter_and_page(client, monkeypatch, act):
    monkeypatch.setattr(reads.exception_page, "__kwdefaults__", {"after": None, "size": 1})
    batch = waiting_batch()
    sign_in(client, "admin")
    here = f"kind=unknown&after={batch.rows.get(number=3).pk}"
    path = reverse("allocations:exceptions-act", args=[batch.pk])
    shown = text(client.get(f"{reverse('allocations:exceptions')}?{here}"))
    assert f'action="{path}?{here.replace("&", "&amp;")}"' in shown
    answer = client.post(f"{path}?{here}", {"act": act, "row": 4})
    assert answer["Location"] == f"{reverse('allocations:exceptions')}?{here}"


def test_inbox_of_more_chunks_than_are_named(client, monkeypatch):
    monkeypatch.setattr(reads, "FEW_CHUNKS", 0)
    waiting_batch()
    sign_in(client, "auditor")
    assert text(get(client, "exceptions")).count("st-unknown") == 4


def test_inbox_without_anything_says_so(client):
    sign_in(client, "auditor")
    assert "No row waits for people" in text(get(client, "exceptions"))


def test_auditors_read_and_choose_nothing(client):
    batch = waiting_batch()
    sign_in(client, "auditor")
    page = text(get(client, "exceptions"))
    assert ("Choose row" in page, "Take them" in page) == (False, False)
    assert "To work on rows that wait for people you need the role admin or approver." in page
    assert post(client, "exceptions-act", batch.pk, act="take", row=3).status_code == 403
    assert get(client, "decision-new", batch.pk, query={"row": 3}).status_code == 403


def test_rows_are_taken_and_given_back(client):
    batch, mine = waiting_batch(), sign_in(client, "admin")
    other = ExceptionOwner.objects.create(
        row=batch.rows.get(number=4), owner=person("admin"), taken_at=batch.created_at
    )
    for _ in range(2):
        answer = post(client, "exceptions-act", batch.pk, act="take", row=[3, 4])
    assert answer["Location"] == reverse("allocations:exceptions")
    page = text(get(client, "exceptions"))
    assert "You look after 1 row now. 1 row is somebody else" in page
    assert page.count(mine.get_full_name()) >= 2
    post(client, "exceptions-act", batch.pk, act="give_back", row=[3, 4])
    assert list(ExceptionOwner.objects.all()) == [other]
    assert TrailEntry.objects.filter(event__startswith="exceptions").count() == 2


@pytest.mark.parametrize("data", [{"act": "take"}, {"act": "take", "row": "x"}, {"act": "eat", "row": 3}, {"row": 3}])
def test_what_the_inbox_does_not_understand(client, data):
    sign_in(client, "admin")
    assert post(client, "exceptions-act", waiting_batch().pk, **data).status_code == 422


@pytest.mark.parametrize("name", ["exceptions-act", "decision-new"])
def test_no_row_chosen_leads_back_to_the_inbox(client, name):
    sign_in(client, "admin")
    answer = post(client, name, waiting_batch().pk, act="take")
    assert (answer.status_code, "No row is chosen." in answer.text) == (422, True)
    assert 'href="/exceptions/">Go back</a>' in answer.text


def test_more_rows_than_one_decision_holds(client):
    sign_in(client, "admin")
    assert post(client, "exceptions-act", waiting_batch().pk, act="take", row=list(range(2, 150))).status_code == 422


def test_the_way_from_the_inbox_to_a_decision(client):
    batch = waiting_batch()
    sign_in(client, "admin")
    answer = post(client, "exceptions-act", batch.pk, act="decide", row=[3, 5])
    page = text(client.get(answer["Location"]))
    assert "Propose what became of 2 rows" in page
    assert 'name="transaction_3"' in page


def test_the_form_shows_which_transaction_enkash_named(client):
    batch = waiting_batch()
    batch.rows.get(number=3).attempts.update(transaction_id="ECT777")
    sign_in(client, "admin")
    assert "ECT777" in text(get(client, "decision-new", batch.pk, query={"row": 3}))


def test_a_proposal_is_made_once_and_shown(client):
    batch, proposer = waiting_batch(), sign_in(client, "admin", "approver")
    data = form(batch, 3, 5)
    first, second = (post(client, "decision-new", batch.pk, **data) for _ in range(2))
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    page = text(client.get(first["Location"]))
    assert f"2 rows of batch {batch.pk}, proposed as credited" in page
    assert "You proposed this decision." in page
    assert "Withdraw decision" in page
    assert Proposal.objects.get().proposed_by == proposer


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"statement": ""}, "Empty. Say how you know it"),
        ({"outcome": ""}, "Not chosen."),
        ({"file": SimpleUploadedFile("x.exe", b"MZ")}, "This kind of file is not kept"),
        ({"file": SimpleUploadedFile("x.pdf", b"")}, "The file is empty."),
    ],
)
def test_a_form_with_mistakes_keeps_what_was_typed(client, changes, said):
    batch = waiting_batch()
    sign_in(client, "admin")
    answer = post(client, "decision-new", batch.pk, **form(batch, 3, **changes))
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert "ECT3" in answer.content.decode()


def test_too_large_a_file(client, monkeypatch):
    monkeypatch.setattr("allocations.forms.decisions.EVIDENCE_MAX_BYTES", 3)
    batch = waiting_batch()
    sign_in(client, "admin")
    answer = post(client, "decision-new", batch.pk, **form(batch, 3, file=SimpleUploadedFile("x.pdf", b"1234")))
    assert "The file has 4 bytes; at most 3 are kept" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"transaction_3": ""}, "There is no evidence for row 3"),
        ({"transaction_3": "ECT5"}, "Rows 3 and 5 have the same transaction id ECT5."),
    ],
)
def test_a_refused_proposal_keeps_the_form_and_says_why(client, changes, said):
    batch = waiting_batch()
    sign_in(client, "admin")
    answer = post(client, "decision-new", batch.pk, **form(batch, 3, 5, **changes))
    assert (answer.status_code, said in answer.text, "Not stored" in answer.text) == (422, True, True)
    assert ("On the statement.</textarea>" in answer.text, 'value="ECT5"' in answer.text) == (True, True)
    assert not Proposal.objects.exists()


def test_rows_that_are_still_looked_up_keep_the_form_too(client):
    batch = waiting_batch()
    batch.runs.get().chunks.update(state="open")
    sign_in(client, "admin")
    answer = post(client, "decision-new", batch.pk, **form(batch, 3))
    assert (answer.status_code, "Row 3 is still being looked up by itself." in answer.text) == (409, True)
    assert ("On the statement.</textarea>" in answer.text, 'value="ECT3"' in answer.text) == (True, True)


def test_another_person_confirms_and_the_rows_are_decided(client):
    batch = waiting_batch(unknown=1)
    proposal = open_proposal(rows=(batch.rows.get(),))
    sign_in(client, "approver")
    assert "1 decision to confirm" in text(get(client, "home"))
    assert "Confirm that 1 row is credited" in text(get(client, "decision", proposal.pk))
    for _ in range(2):
        answer = post(client, "decision-confirm", proposal.pk)
        assert answer["Location"] == reverse("allocations:decision", args=[proposal.pk])
    page = text(client.get(answer["Location"]))
    assert "You confirmed that the rows are credited." in page
    assert f"1 row of batch {batch.pk}, decided as credited" in page
    assert batch.runs.get().state == "settled"
    row = text(get(client, "row", batch.pk, 2))
    assert ("What people decided" in row, "Two people, with evidence" in row) == (True, True)


@pytest.mark.parametrize("role", ["admin", "auditor", "owner"])
def test_only_an_approver_confirms(client, role):
    proposal = open_proposal(rows=(waiting_batch().rows.get(number=3),))
    sign_in(client, role)
    page = text(get(client, "decision", proposal.pk))
    assert "you need the role approver" in page
    for name in ("decision-confirm", "decision-withdraw"):
        assert post(client, name, proposal.pk).status_code == 403
    assert post(client, "decision-refuse", proposal.pk, reason="x").status_code == 403
    assert Row.objects.filter(state="unknown").count() == 2


def test_a_maker_of_the_batch_does_not_confirm(client):
    batch = waiting_batch()
    proposal = open_proposal(rows=(batch.rows.get(number=3),))
    batch.uploaded_by.groups.add(person("approver").groups.get())
    client.force_login(batch.uploaded_by)
    assert "You made or changed this batch." in text(get(client, "decision", proposal.pk))
    assert post(client, "decision-confirm", proposal.pk).status_code == 403


def test_a_refusal_needs_a_reason_and_shows_it(client):
    proposal = open_proposal(rows=(waiting_batch().rows.get(number=3),))
    sign_in(client, "approver")
    answer = post(client, "decision-refuse", proposal.pk, reason="")
    assert (answer.status_code, "Empty. Say what is missing" in answer.content.decode()) == (422, True)
    post(client, "decision-refuse", proposal.pk, reason="Another day's statement.")
    page = text(get(client, "decision", proposal.pk))
    assert ("Another day&#x27;s statement." in page, "Reject decision" in page) == (True, False)
    assert ("rejected</span>" in page, "refused" in page) == (True, False)
    assert TrailEntry.objects.filter(event="decision rejected").count() == 1
    assert post(client, "decision-confirm", proposal.pk).status_code == 409


def test_the_proposer_withdraws(client):
    proposer = sign_in(client, "admin")
    proposal = open_proposal(rows=(waiting_batch().rows.get(number=3),), proposed_by=proposer)
    post(client, "decision-withdraw", proposal.pk)
    assert "withdrawn" in text(get(client, "decision", proposal.pk))


def with_evidence(client, content=b"a statement"):
    batch = waiting_batch()
    sign_in(client, "admin")
    file = SimpleUploadedFile("ledger “Nov”.pdf", content, content_type="text/html")
    post(client, "decision-new", batch.pk, **form(batch, 3, transaction_3="", file=file))
    return Proposal.objects.get()


@pytest.mark.parametrize("role", ["admin", "approver", "auditor"])
def test_the_evidence_is_downloaded_as_it_came_and_never_rendered(client, role):
    proposal = with_evidence(client)
    opened_by = sign_in(client, role)
    assert "Download the evidence" in text(get(client, "decision", proposal.pk))
    answer = post(client, "decision-evidence", proposal.pk)
    assert b"".join(answer.streaming_content) == b"a statement"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert TrailEntry.objects.get(event="evidence opened").actor == opened_by


def test_the_evidence_is_not_for_owners_and_not_by_get(client):
    proposal = with_evidence(client)
    sign_in(client, "owner")
    assert post(client, "decision-evidence", proposal.pk).status_code == 403
    assert get(client, "decision-evidence", proposal.pk).status_code == 405


def test_changed_evidence_is_not_handed_out(client):
    proposal = with_evidence(client)
    with open(proposal.file.path, "wb") as stored:  # noqa: PTH123 - as somebody on the machine would
        stored.write(b"another")
    assert post(client, "decision-evidence", proposal.pk).status_code == 409


def test_a_decision_without_a_file_has_none_to_download(client):
    proposal = open_proposal(rows=(waiting_batch().rows.get(number=3),))
    sign_in(client, "auditor")
    assert post(client, "decision-evidence", proposal.pk).status_code == 422


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("decision", "get"),
        ("decision-new", "get"),
        ("exceptions-act", "post"),
        ("decision-confirm", "post"),
        ("decision-refuse", "post"),
        ("decision-withdraw", "post"),
        ("decision-evidence", "post"),
    ],
)
def test_things_that_do_not_exist_and_strangers(client, name, method):
    path = reverse(f"allocations:{name}", args=[900])
    assert getattr(client, method)(path)["Location"].startswith("/login/")
    sign_in(client, "admin", "approver")
    assert getattr(client, method)(path).status_code == 404
    if method == "post":
        assert client.get(path).status_code == 405


def test_other_pages_lead_to_the_inbox(client):
    batch = waiting_batch()
    sign_in(client, "admin")
    inbox = f"{reverse('allocations:exceptions')}?batch={batch.pk}"
    for page in (get(client, "batch", batch.pk), get(client, "run", batch.runs.get().pk)):
        assert inbox in text(page)
    decide = f"{reverse('allocations:decision-new', args=[batch.pk])}?row=3"
    assert decide in text(get(client, "row", batch.pk, 3))
    assert decide not in text(get(client, "row", batch.pk, 2))
    open_proposal(rows=(batch.rows.get(number=3),))
    assert decide not in text(get(client, "row", batch.pk, 3))
    assert "waits for a second person" in text(get(client, "row", batch.pk, 3))
