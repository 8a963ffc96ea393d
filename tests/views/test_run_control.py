"""Stopping and cancelling a run from its page."""

import pytest
from django.urls import reverse

from allocations.domain.states import RunState
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def running(**outcomes):
    counts = outcomes or {"credited": 2, "unknown": 1, "pending": 3}
    return approved_batch(run_state=RunState.RUNNING, **counts).runs.get()


def address(act: str, run) -> str:
    return reverse(f"allocations:{act}", args=[run.pk])


def events(run) -> list[str]:
    return list(run.batch.trail.order_by("id").values_list("event", flat=True))


def test_a_running_run_offers_to_stop_pause_and_cancel(client):
    run = running()
    client.force_login(person("admin"))
    text = client.get(address("run", run)).text
    assert [words in text for words in ("Stop after this chunk", "Pause now", "Cancel what is not sent…")] == [True] * 3


def test_an_auditor_is_told_why_not(client):
    run = running()
    client.force_login(person("auditor"))
    text = client.get(address("run", run)).text
    assert text.count('type="button" aria-disabled="true" aria-describedby="run-why"') == 2
    assert "To pause, stop or resume a run you need the role admin or approver." in text
    assert "Cancel what is not sent…" not in text


def test_stopping_happens_once_and_says_so(client):
    run = running()
    run.chunks.update(attempts_used=1)
    client.force_login(person("approver"))
    for _ in range(2):
        answer = client.post(address("run-stop", run), follow=True)
    run.refresh_from_db()
    assert (run.state, events(run)) == ("running", ["run stop requested"])
    assert "It stops after the chunk in hand." in answer.text
    assert "Stop after this chunk" not in answer.text


def test_stopping_with_no_chunk_in_hand_pauses_at_once(client):
    run = running(pending=3)
    client.force_login(person("admin"))
    text = client.post(address("run-stop", run), follow=True).text
    assert "Somebody asked to stop after the chunk in hand." in text
    assert "Resume run 1" in text


def test_the_cancel_page_says_what_it_would_do_and_changes_nothing(client):
    run = running()
    client.force_login(person("admin"))
    text = client.get(address("run-cancel", run)).text
    assert "3 rows of this run will not be sent." in text
    assert "Cancel 3 rows" in text
    assert "This cannot be undone." in text
    assert events(run) == []


@pytest.mark.parametrize(("outcomes", "buttons"), [({"credited": 2, "conflict": 1}, 0), ({"unknown": 2}, 1)])
def test_the_cancel_page_offers_only_what_there_is_to_cancel(client, outcomes, buttons):
    run = approved_batch(run_state=RunState.ATTENTION, **outcomes).runs.get()
    client.force_login(person("admin"))
    text = client.get(address("run-cancel", run)).text
    assert ("0 rows" in text, text.count('class="btn btn-primary"')) == (False, buttons)


def test_what_a_re_run_has_not_sent_stays_failed(client):
    run = running()
    run.generation = 2
    run.save()
    client.force_login(person("admin"))
    text = client.get(address("run-cancel", run)).text
    assert ("Leave 3 rows failed" in text, "Cancel 3 rows" in text) == (True, False)
    assert "another re-run can send them" in text
    assert (
        "Rows of this re-run that were not sent stay failed"
        in client.post(address("run-cancel", run), follow=True).text
    )


def test_a_cancelled_run_is_not_offered_to_be_cancelled_again(client):
    run = running()
    client.force_login(person("admin"))
    client.post(address("run-cancel", run))
    for send in (client.get, client.post):
        answer = send(address("run-cancel", run), follow=True)
        assert answer.redirect_chain == [(address("run", run), 302)]
        assert "What run 1 had not sent is cancelled already." in answer.text
    assert events(run).count("run cancel") == 1


def test_cancelling_happens_once(client):
    run = running(credited=2, pending=3)
    client.force_login(person("admin"))
    for _ in range(2):
        answer = client.post(address("run-cancel", run), follow=True)
    run.refresh_from_db()
    assert (answer.status_code, run.state) == (200, "settled")
    assert events(run) == ["run cancel", "rows cancelled", "run settle"]
    assert "Ended: 2 people have their points, 0 rows failed, 3 rows cancelled." in answer.text
    assert "Cancelled rows never go out" in answer.text


def test_a_cancelled_run_with_unknown_rows_goes_on_looking(client):
    run = running()
    client.force_login(person("admin"))
    text = client.post(address("run-cancel", run), follow=True).text
    run.refresh_from_db()
    assert (run.state, sorted(run.batch.rows.values_list("state", flat=True))) == (
        "running",
        ["cancelled"] * 3 + ["credited"] * 2 + ["unknown"],
    )
    assert "1 row is unknown; EnKash is asked again" in text
    assert "Cancel what is not sent" not in text


def test_cancelled_rows_are_named_on_the_batch_page_and_in_its_story(client):
    run = running(credited=1, pending=3)
    who = person("admin", first_name="Meera", last_name="K")
    client.force_login(who)
    client.post(address("run-cancel", run))
    page = client.get(reverse("allocations:batch", args=[run.batch_id])).text
    assert "Meera K cancelled what Run 1 had not sent" in page
    assert "4 = 1 credited + 3 cancelled" in page
    rows = client.get(reverse("allocations:batch-rows", args=[run.batch_id]), {"state": "cancelled"}).text
    assert rows.count("cancelled</span>") >= 3


def test_an_ended_run_has_nothing_to_cancel(client):
    run = approved_batch(credited=1).runs.get()
    client.force_login(person("admin"))
    for send in (client.get, client.post):
        answer = send(address("run-cancel", run))
        assert (answer.status_code, "there is nothing left to cancel" in answer.text) == (409, True)


@pytest.mark.parametrize("role", ["auditor", "owner"])
@pytest.mark.parametrize("act", ["run-stop", "run-cancel"])
def test_others_cannot(client, role, act):
    run = running()
    client.force_login(person(role))
    answer = client.post(address(act, run))
    run.refresh_from_db()
    assert (answer.status_code, run.state, run.cancelled_at, run.stop_requested_at) == (403, "running", None, None)


def test_no_run_nothing_to_do(client):
    client.force_login(person("admin"))
    for act in ("run-stop", "run-cancel"):
        assert client.post(reverse(f"allocations:{act}", args=[999999])).status_code == 404
