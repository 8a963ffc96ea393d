"""The same set for every page from submission on: method, login, role."""

import pytest
from django.urls import reverse

from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db

READS = ("approvals", "batch-approval", "runs", "run", "batch-rows", "row", "batch-trail")
ACTIONS = ("batch-approve", "batch-send-back", "run-pause", "run-resume")


def address(name):
    batch = approved_batch(credited=1, failed=1)
    numbers = {
        "approvals": [],
        "runs": [],
        "run": [batch.runs.get().pk],
        "run-pause": [batch.runs.get().pk],
        "run-resume": [batch.runs.get().pk],
        "row": [batch.pk, 2],
    }
    return reverse(f"allocations:{name}", args=numbers.get(name, [batch.pk]))


@pytest.mark.parametrize("name", READS)
def test_reading_pages_refuse_post(client, name):
    client.force_login(person("admin", "approver"))
    assert client.post(address(name)).status_code == 405


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_refuse_get(client, name):
    client.force_login(person("admin", "approver"))
    assert client.get(address(name)).status_code == 405


@pytest.mark.parametrize("name", [*READS, "batch-rerun"])
def test_pages_send_a_stranger_to_the_login(client, name):
    path = address(name)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={path}")


@pytest.mark.parametrize("name", [*ACTIONS, "batch-rerun"])
def test_actions_send_a_stranger_to_the_login(client, name):
    answer = client.post(address(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


@pytest.mark.parametrize("name", [*READS, "batch-rerun"])
def test_pages_refuse_somebody_without_a_role(client, name):
    client.force_login(person())
    assert client.get(address(name)).status_code == 403


@pytest.mark.parametrize(
    ("name", "role", "sentence"),
    [
        ("batch-approve", "admin", "To decide about a batch you need the role approver."),
        ("batch-send-back", "auditor", "To decide about a batch you need the role approver."),
        ("run-pause", "auditor", "To pause, stop or resume a run you need the role admin or approver."),
        ("run-resume", "owner", "To pause, stop or resume a run you need the role admin or approver."),
        ("batch-rerun", "approver", "To run failed rows again you need the role admin."),
    ],
)
def test_actions_refuse_another_role_with_the_sentence(client, name, role, sentence):
    client.force_login(person(role))
    answer = client.post(address(name))
    assert answer.status_code == 403
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("name", ["batch-approval", "run", "row", "batch-rows", "batch-trail", "batch-rerun"])
def test_pages_of_something_that_does_not_exist(client, name):
    client.force_login(person("admin"))
    numbers = [900, 2] if name == "row" else [900]
    assert client.get(reverse(f"allocations:{name}", args=numbers)).status_code == 404


@pytest.mark.parametrize("name", [*ACTIONS, "batch-rerun"])
def test_actions_on_something_that_does_not_exist(client, name):
    client.force_login(person("admin", "approver"))
    assert client.post(reverse(f"allocations:{name}", args=[900])).status_code == 404
