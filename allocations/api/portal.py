"""The API as a whole: its parts, its refusals, its document."""

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from allocations.api import batches, problems, reading, readings, rows, submitting
from allocations.api.bodies import OnceNamed
from allocations.api.documents import as_problems
from allocations.api.door import never_kept
from allocations.api.examples import with_examples

VERSION = "1"
_ABOUT = """Feeds lists into the rewards portal and tells what became of them. A program acts for the person whose \
token it has: that person counts as the maker of what it makes. It never approves, decides or takes points back: that \
stays with people.

Points are whole numbers or decimal texts, times are ISO 8601 in UTC. Every POST has an `Idempotency-Key`. Changes may \
carry the `ETag` of the batch in `If-Match`. Refusals are `application/problem+json`."""


class _Json(BaseRenderer):
    """With every digit of a time, as ETags need it."""

    media_type = "application/json"

    def render(self, _request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ANN401, ARG002
        return to_json(data)


class Portal(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **how: Any) -> Any:  # noqa: ANN401 - the library's own
        document = super().get_openapi_schema(**how)
        as_problems(document)
        with_examples(document)
        return document


api = Portal(
    title="Rewards portal",
    version=VERSION,
    description=_ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    renderer=_Json(),
    parser=OnceNamed(),
)
# Refusals too.
api.add_decorator(never_kept, mode="view")
for part in (batches, readings, rows, submitting, reading):
    api.add_router("", part.router)
problems.install(api)
