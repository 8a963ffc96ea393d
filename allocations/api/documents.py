"""What the OpenAPI document says beside the shapes: refusals, headers, bodies that are streams."""

from collections.abc import Mapping
from typing import Any

from ninja import Field, Schema

from allocations.api.bodies import ENDINGS
from allocations.api.problems import Problem

_PROBLEM = "#/components/schemas/Problem"
READ_ANSWERS: Mapping[int, Any] = {401: Problem, 403: Problem, 404: Problem, 422: Problem, 429: Problem}
CHANGE_ANSWERS: Mapping[int, Any] = {
    **READ_ANSWERS,
    400: Problem,
    409: Problem,
    412: Problem,
    413: Problem,
    503: Problem,
}
LIST_BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The list. JSON Lines: one object a line, with the fields of NewRow.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ENDINGS},
    }
}


class Once(Schema):
    """Every POST has a key of its own. Sent again with the same key, the same request gets the same answer for 30 days,
    and another one is refused."""

    idempotency_key: str = Field(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="New for each new request, the same when a request is sent again.",
    )


class Met(Schema):
    """The change is made only to the batch as it was read."""

    if_match: str = Field(
        "",
        alias="If-Match",
        max_length=50,
        pattern=r'^(\*|(W/)?"[\x21\x23-\x7e]*")?$',
        description="The ETag that came with the batch; without it, or with *, the change meets whatever is there. A "
        "weak tag (W/) meets nothing.",
    )


class OnceMet(Once, Met):
    """Both."""


def as_problems(document: dict[str, Any]) -> None:
    """Refusals have their own media type, which the library cannot be told."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                content = response.get("content", {})
                if content.get("application/json", {}).get("schema", {}).get("$ref") == _PROBLEM:
                    content["application/problem+json"] = content.pop("application/json")
