import pytest
from django.urls import reverse

from allocations import gateway
from allocations.domain.states import RunState
from allocations.services import recovering
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.lists import NOW
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def running(**outcomes):
    counts = outcomes or {"credited": 2, "failed": 1, "unknown": 1, "pending": 3}
    return approved_batch(run_state=RunState.RUNNING, **counts).runs.get()


def page(client, run, **headers):
    return client.get(reverse("allocations:run", args=[run.pk]), headers=headers).content.decode()


def test_runs_lists_open_and_ended_ones(client):
    live, ended = running(), approved_batch(credited=4).runs.get()
    client.force_login(person("auditor"))
    text = client.get(reverse("allocations:runs")).content.decode()
    assert f"Watch run 1 of batch {live.batch_id}" in text
    assert "7 = 2 credited + 1 failed + 1 unknown + 3 others" in text
    assert reverse("allocations:run", args=[ended.pk]) in text


def test_runs_turns_the_page_by_number(client, monkeypatch):
    monkeypatch.setattr("allocations.views.runs.PAGE", 1)
    first, second = (approved_batch().runs.get() for _ in range(2))
    client.force_login(person("auditor"))
    newest = client.get(reverse("allocations:runs")).content.decode()
    older = client.get(reverse("allocations:runs"), {"before": second.pk}).content.decode()
    assert f"?before={second.pk}" in newest
    assert reverse("allocations:run", args=[first.pk]) in older
    assert reverse("allocations:run", args=[second.pk]) not in older


def test_runs_without_any_says_how_they_begin(client):
    client.force_login(person("auditor"))
    text = client.get(reverse("allocations:runs")).content.decode()
    assert "No run is under way" in text
    assert "No run has ended yet." in text


def test_run_page_adds_up_and_polls(client):
    """F59."""
    client.force_login(person("auditor"))
    text = page(client, running())
    assert "Chunk 1 of 1: 2 people have their points." in text
    assert "adds up" in text
    assert 'hx-trigger="every 3s"' in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text


def test_run_fragment_is_only_the_live_part(client):
    client.force_login(person("auditor"))
    text = page(client, running(), **{"HX-Request": "true"})
    assert text.startswith("<title>42 % · Diwali 2026")
    assert 'id="live"' in text
    assert "<html" not in text


def test_run_that_ended_polls_no_more(client):
    client.force_login(person("auditor"))
    text = page(client, approved_batch(credited=2, failed=1).runs.get())
    assert "Ended: 2 people have their points, 1 row failed." in text
    assert "hx-trigger" not in text
    assert "http-equiv" not in text


def test_run_page_says_what_is_unknown_and_disputed(client):
    client.force_login(person("auditor"))
    text = page(client, running(credited=1, unknown=2, conflict=1))
    assert "2 rows: we do not know" in text
    assert "1 row in conflict: the evidence contradicts itself" in text


def test_run_before_its_first_chunk(client):
    batch = approved_batch(pending=3, run_state=RunState.QUEUED)
    batch.rows.update(chunk=None)
    batch.runs.get().chunks.all().delete()
    client.force_login(person("auditor"))
    text = page(client, batch.runs.get())
    assert "3 rows wait for a worker." in text
    assert "Nothing was sent yet." in text


def test_pause_and_resume_happen_once(client):
    """F51."""
    run = running()
    client.force_login(person("approver"))
    for act, state in (("pause", "paused"), ("pause", "paused"), ("resume", "running"), ("resume", "running")):
        answer = client.post(reverse(f"allocations:run-{act}", args=[run.pk]))
        run.refresh_from_db()
        assert (answer["Location"], run.state) == (reverse("allocations:run", args=[run.pk]), state)
    assert list(run.batch.trail.order_by("id").values_list("event", flat=True)) == ["run pause", "run resume"]


def test_paused_run_says_why_and_offers_to_resume(client):
    run = running()
    client.force_login(person("admin"))
    client.post(reverse("allocations:run-pause", args=[run.pk]))
    text = page(client, run)
    assert "Somebody paused the run. Resume when you are ready." in text
    assert "Resume run 1" in text


def test_pause_of_an_ended_run_is_a_conflict(client):
    run = approved_batch().runs.get()
    client.force_login(person("admin"))
    answer = client.post(reverse("allocations:run-pause", args=[run.pk]))
    assert answer.status_code == 409
    assert "The run has ended" in answer.content.decode()


def test_rerun_page_shows_what_would_be_sent(client):
    batch = approved_batch(credited=2, failed=1)
    client.force_login(person("admin"))
    text = client.get(reverse("allocations:batch-rerun", args=[batch.pk])).content.decode()
    assert "1 row, 500 points, are sent once more." in text
    assert "Re-run 1 failed row, 500 points" in text
    assert "Mobile number registered with another company" in text


def test_rerun_starts_one_child_run(client):
    """F51."""
    batch = approved_batch(credited=2, failed=1)
    client.force_login(person("admin"))
    path = reverse("allocations:batch-rerun", args=[batch.pk])
    first, second = client.post(path), client.post(path)
    child = batch.runs.get(generation=2)
    assert first["Location"] == reverse("allocations:run", args=[child.pk])
    assert second.status_code == 409
    assert batch.runs.count() == 2


@pytest.mark.parametrize("make", [submitted_batch, approved_batch])
def test_rerun_without_failed_rows_offers_nothing(client, make):
    batch = make()
    client.force_login(person("admin"))
    text = client.get(reverse("allocations:batch-rerun", args=[batch.pk])).content.decode()
    assert "No row of this batch failed." in text
    assert '<button class="btn btn-primary"' not in text


def test_the_unknown_rows_of_a_paused_run_wait_for_its_resume(client):
    run = approved_batch(run_state=RunState.PAUSED, credited=1, unknown=1).runs.get()
    run.chunks.update(next_action_at=NOW)
    client.force_login(person("admin"))
    text = page(client, run)
    assert "Nothing is looked up until the run is resumed." in text
    assert ("Nothing for you to do now" in text, ", next</time>" in text) == (False, False)
    assert "waits for the resume</time>" in text


def test_the_unknown_rows_of_a_running_run_are_looked_up_by_themselves(client):
    run = running()
    run.chunks.update(next_action_at=NOW)
    client.force_login(person("admin"))
    text = page(client, run)
    assert ("Nothing for you to do now" in text, ", next</time>" in text) == (True, True)


def test_the_unknown_rows_of_a_paused_run_are_looked_up_in_a_recovery(client):
    run = approved_batch(run_state=RunState.PAUSED, credited=1, unknown=1).runs.get()
    recovering.begin(now=NOW, timing=gateway.timing(), why="Restored.")
    client.force_login(person("admin"))
    text = page(client, run)
    assert "until the run is resumed" not in text
    assert "They are looked up because the portal recovers" in text
