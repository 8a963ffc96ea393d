import pytest

from allocations import queue
from allocations.models import Account
from tests.factories.api import Program
from tests.factories.lists import AccountFactory


@pytest.fixture(autouse=True)
def bells(monkeypatch) -> list[int]:
    """Uploads that a worker was rung for; the tests read them themselves."""
    rung: list[int] = []
    monkeypatch.setattr(queue, "ring_import", rung.append)
    return rung


@pytest.fixture
def account(db) -> Account:
    return AccountFactory()


@pytest.fixture
def program(db) -> Program:
    return Program()
