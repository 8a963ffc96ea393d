"""Whoever meets an error can name it, and the log knows the name."""

import json
import logging
import logging.config
import re
from io import StringIO

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from structlog.contextvars import get_contextvars

from rewards_portal import health, logs


@pytest.fixture
def written():
    """The lines that a production installation would write."""
    config = logs.logging_settings(readable=False, level="INFO")["formatters"]["line"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.config.DictConfigurator({}).configure_formatter(dict(config)))
    logging.getLogger("django.request").addHandler(handler)
    yield stream
    logging.getLogger("django.request").removeHandler(handler)


@pytest.mark.django_db
def test_a_page_that_fails_tells_the_id_that_is_in_the_log(client: Client, monkeypatch, written: StringIO) -> None:
    def broken() -> str:
        raise RuntimeError("a defect")

    monkeypatch.setattr(health, "_problem", broken)
    client.raise_request_exception = False
    response = client.get("/health/ready/")
    (told,) = re.findall(r"<code>(\w+)</code>", response.content.decode())
    assert (response.status_code, response.headers["X-Request-Id"]) == (500, told)
    (event,) = map(json.loads, written.getvalue().splitlines())
    assert (event["request_id"], event["event"]) == (told, "Internal Server Error: /health/ready/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/batches/", "/login/", "/api/v1/accounts"])
def test_while_the_database_is_away_a_page_says_so(client: Client, monkeypatch, written: StringIO, address) -> None:
    """F22: wherever the request first asks for it. Its line in the log says why, without the way to it."""

    def away(*_: object, **__: object) -> None:
        raise OperationalError(
            "connection refused\n\tIs the server running on that host?"
        ) from psycopg.OperationalError()

    client.cookies["sid"] = "a-session-that-must-be-looked-up-0"
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", away)
    client.raise_request_exception = False
    response = client.get(address, headers={"Authorization": "Bearer rpt_x"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert response.headers["X-Request-Id"] in response.content.decode()
    event, *_ = map(json.loads, written.getvalue().splitlines())
    assert (event["because"], "exception" in event) == ("connection refused", False)


def test_ids_are_ours_and_new_each_time(client: Client) -> None:
    given = [client.get("/health/", headers={"X-Request-Id": "theirs"}).headers["X-Request-Id"] for _ in range(2)]
    assert len({*given, "theirs"}) == 3
    assert get_contextvars() == {}


def test_no_id_looks_like_somebodys_mobile(client: Client) -> None:
    """Which the log hides: the id on the page would find nothing there."""
    given = [client.get("/health/").headers["X-Request-Id"] for _ in range(200)]
    assert [one for one in given if any(character.isdigit() for character in one)] == []
