import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


def test_live_answers_without_a_database(client: Client) -> None:
    response = client.get("/health/")
    assert (response.status_code, response.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_ready_answers_when_every_migration_is_applied(client: Client) -> None:
    response = client.get("/health/ready/")
    assert (response.status_code, response.content) == (200, b"ready\n")


@pytest.mark.django_db
def test_ready_refuses_while_a_migration_waits(client: Client) -> None:
    """F57."""
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = client.get("/health/ready/")
    assert (response.status_code, response.content) == (503, b"migrations waiting\n")


@pytest.mark.parametrize("address", ["/health/", "/health/ready/"])
def test_health_refuses_post(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
