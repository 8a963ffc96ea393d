"""What Prometheus is told, and who is told nothing."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from allocations.domain.states import RunState
from allocations.models import ContractDifference, Freeze, SweeperLease
from allocations.services.contract import mark_difference
from tests.factories.batches import approved_batch
from tests.factories.people import known, person

TOKEN = "0123456789abcdef" * 2
pytestmark = pytest.mark.django_db


def read(client: Client, token: str = TOKEN):
    return client.get("/metrics/", headers={"Authorization": f"Bearer {token}"})


def figures(client: Client) -> dict[tuple[str, str], float]:
    text = read(client).content.decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture(autouse=True)
def token(settings) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.mark.parametrize("told", ["", "wrong", "ü"])
def test_without_the_token_there_is_nothing(client: Client, told: str) -> None:
    assert read(client, told).status_code == 404
    client.force_login(person("owner"))
    assert client.get("/metrics/").status_code == 404


def test_an_empty_token_opens_nothing(client: Client, settings) -> None:
    settings.METRICS_TOKEN = ""
    assert read(client, "").status_code == 404


def test_figures_are_those_of_the_open_work(client: Client, redis_url: str) -> None:
    approved_batch(credited=4)
    running = approved_batch(run_state=RunState.RUNNING, credited=2, unknown=1, pending=3)
    SweeperLease.objects.update_or_create(pk=1, defaults={"swept_at": timezone.now()})
    Freeze.objects.create(is_open=True, frozen_by=person("owner"), frozen_at=timezone.now(), reason="Audit")
    found = figures(client)
    assert found["portal_runs", "running"] == 1
    rows = {key[1]: value for key, value in found.items() if key[0] == "portal_open_rows" and value}
    assert rows == {"credited": 2, "unknown": 1, "pending": 3}
    assert (found["portal_frozen",], found["portal_recovering",]) == (1, 0)
    assert 0 <= found["portal_sweeper_seconds",] < 60
    assert (found["portal_queue_workers", "runs"], found["portal_queue_jobs", "runs"]) == (0, 0)
    assert found["portal_recent_calls", "applied"] == 2
    assert (found["portal_webhook_events", "waiting"], found["portal_webhook_events", "given_up"]) == (0, 0)
    assert found["portal_recent_call_seconds", "0.95"] == 1.8
    names = [value for row in running.rows.all() for value in (row.name, row.mobile, row.email) if value]
    assert not [name for name in names if name in read(client).content.decode()]


def test_open_differences_are_told_by_call_and_weight(client: Client, redis_url: str) -> None:
    seen = {"call": "bulk", "kind": "unknown_field", "first_seen": timezone.now(), "last_seen": timezone.now()}
    for path in "ab":
        ContractDifference.objects.create(path=path, breaking=False, **seen)
    one = ContractDifference.objects.create(path="c", breaking=True, **seen)
    assert figures(client)["portal_contract_differences", "bulk", "news"] == 2
    assert figures(client)["portal_contract_differences", "bulk", "breaking"] == 1
    owner = known(person("owner"))
    mark_difference(owner, difference_id=one.pk, mark="known", reason="EnKash said so.")
    assert ("portal_contract_differences", "bulk", "breaking") not in figures(client)


def test_without_redis_the_rest_is_told(client: Client, settings) -> None:
    settings.RQ_QUEUES = {
        name: {**each, "URL": "unix:///nowhere/redis.sock"} for name, each in settings.RQ_QUEUES.items()
    }
    found = figures(client)
    assert "portal_queue_workers" not in {key[0] for key in found}
    assert found["portal_batches_to_approve",] == 0


def test_alarms_and_board_ask_for_figures_that_are_told_and_alarms_are_explained(
    client: Client, redis_url: str
) -> None:
    docs = Path(portal.BASE_DIR) / "docs"
    rules, board = (docs / "alerts.yml").read_text(), json.loads((docs / "grafana.json").read_text())
    told = set(re.findall(r"# TYPE (portal_\w+) gauge", read(client).content.decode()))
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    assert set(re.findall(r"portal_\w+", rules)) - told == set()
    assert set(re.findall(r"portal_\w+", " ".join(asked))) == told
    explained = re.findall(r"^\| (`Portal.+?) \| .+ \| .+ \|$", (docs / "operations.md").read_text(), re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(explained))) == sorted(re.findall(r"alert: (\w+)", rules))


def test_panels_of_the_board_lie_side_by_side() -> None:
    panels = json.loads((Path(portal.BASE_DIR) / "docs" / "grafana.json").read_text())["panels"]
    places = [panel["gridPos"] for panel in panels]
    cells = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert (len(cells), max(x for x, _ in cells)) == (len(set(cells)), 23)
    assert len({panel["id"] for panel in panels}) == len(panels)
