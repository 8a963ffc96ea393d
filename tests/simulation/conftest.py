from collections.abc import Iterator

import pytest

from tests.services_up.postgresql import postgresql
from tests.simulation.crowd import close_stages


@pytest.fixture(autouse=True)
def _databases_of_its_own(django_db_blocker) -> Iterator[None]:
    """The simulation brings its databases; none of Django's test database is touched."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session", autouse=True)
def _closed_at_the_end(django_db_blocker) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        close_stages()


@pytest.fixture(scope="session")
def server(_closed_at_the_end) -> Iterator[str]:
    """The address of a PostgreSQL server."""
    with postgresql() as url:
        yield url
        close_stages()
