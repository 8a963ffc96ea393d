"""The OpenAPI document: the one in docs is the one that is, and it is sound."""

import json
from pathlib import Path

import jsonschema_rs
import schemathesis
from django.conf import settings

from allocations.api.portal import api

KEPT = Path(settings.BASE_DIR, "docs", "openapi.json")


def document():
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


def test_document_is_valid() -> None:
    schemathesis.openapi.from_dict(document()).validate()


def test_document_in_docs_is_that_of_the_code() -> None:
    """Write it anew with: manage.py print_openapi > docs/openapi.json"""
    assert json.loads(KEPT.read_text()) == document()


def test_every_example_is_of_its_shape() -> None:
    found = document()
    schemas = found["components"]["schemas"]
    shown = {name: schema["examples"] for name, schema in schemas.items() if "examples" in schema}
    for name, examples in shown.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        for example in examples:
            jsonschema_rs.validate(schema, example)
    for operation in (one for methods in found["paths"].values() for one in methods.values()):
        answers = [answer for status, answer in operation["responses"].items() if status < "300"]
        for said in [operation.get("requestBody", {}), *answers]:
            for kind, content in said.get("content", {}).items():
                name = content["schema"].get("items", content["schema"]).get("$ref", "").rpartition("/")[2]
                assert name in shown or "example" in content or kind.endswith("sheet"), (operation["operationId"], name)


def test_every_operation_says_what_it_does_and_how_it_refuses() -> None:
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            assert said["summary"], (path, method)
            assert said["description"], (path, method)
            assert {"401", "403", "404", "422", "429"} <= said["responses"].keys(), (path, method)
            needs_key = any(one["name"] == "Idempotency-Key" for one in said.get("parameters", ()))
            assert needs_key is (method == "post"), (path, method)
