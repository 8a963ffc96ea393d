"""Every operation by its own document, with what fits it and what does not: no failure of ours, nothing undocumented."""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from allocations.api.bodies import ENDINGS
from allocations.api.portal import api
from allocations.models import Batch
from tests.factories.api import Program
from tests.factories.people import person

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))
# PostgreSQL refuses more, and once is enough for every run of all tests; FUZZ_EXAMPLES=60 plays it on SQLite too.
ON_THIS_DATABASE = connection.vendor == "postgresql" or "FUZZ_EXAMPLES" in os.environ
SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
SCHEMA.app = get_wsgi_application()
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@schemathesis.serializer(*ENDINGS)
def as_it_is(_context: object, value: object) -> bytes:
    """Bodies that are streams of bytes, whatever stands in them."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.fixture
def caller(db, account) -> Iterator[Program]:
    """With a batch and a row under the numbers that are tried first."""
    program = Program(person("admin", "auditor"))
    program.batch(account=account.pk)
    # The end of a request closes connections that are old; here the test's own transaction is on it.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield program
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.skipif(not ON_THIS_DATABASE, reason="PostgreSQL plays it: it takes less than SQLite does")
@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@pytest.mark.django_db
def test_operation_keeps_its_word(case: Case, caller: Program, settings) -> None:
    settings.API_CALLS_PER_MINUTE = 10**6
    if "batch_id" in (case.path_parameters or {}) and case.path_parameters["batch_id"] in range(1, 10):
        case.path_parameters["batch_id"] = Batch.objects.values_list("pk", flat=True).first()
    case.call_and_validate(headers={"Authorization": f"Bearer {caller.text}"}, checks=CHECKS)
