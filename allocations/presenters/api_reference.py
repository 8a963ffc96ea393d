"""The API's own document as a page to read: operations by part, and the shapes that they speak of."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
_REF = "#/components/schemas/"
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class FieldLine:
    """`place`: path, query or header; "" for a field. `shape`: the name of another shape that it is or has, or ""."""

    name: str
    type: str
    place: str
    is_needed: bool
    text: str
    shape: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    fields: tuple[FieldLine, ...]
    body: tuple[str, ...]
    answer: tuple[str, str]
    refusals: str


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """`example`: as JSON over several lines, or ""."""

    name: str
    text: str
    fields: tuple[FieldLine, ...]
    example: str


def parts(document: Document) -> list[Part]:
    """In the order of the document."""
    found: dict[str, list[Operation]] = {}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if operation := operations.get(method):
                found.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    return [Part(name, tuple(operations)) for name, operations in found.items()]


def shapes(document: Document) -> list[Shape]:
    """What bodies and answers hold, by name. Others stand as parameters where they are used."""
    schemas = document["components"]["schemas"]
    found = [
        Shape(name, _about(schema), tuple(_fields(schema)), _example(schema))
        for name, schema in sorted(schemas.items())
    ]
    by_name = {shape.name: shape for shape in found}
    shown: set[str] = set()
    operations = [one for part in parts(document) for one in part.operations]
    named = {"Problem"} | {name for one in operations for name in (*one.body, one.answer[1])}
    named |= {field.shape for one in operations for field in one.fields if field.shape}
    while named:
        shown |= named
        fields = [field for name in named if name in by_name for field in by_name[name].fields]
        named = {field.shape for field in fields if field.shape} - shown
    return [shape for shape in found if shape.name in shown]


def _operation(method: str, path: str, operation: Document) -> Operation:
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=_one_line(operation.get("description", "")),
        scope=operation["x-scope"],
        fields=tuple(_parameter(one) for one in operation.get("parameters", ())),
        body=tuple(_body(operation.get("requestBody", {}).get("content", {}))),
        answer=next((status, _answer(answer)) for status, answer in _answers(operation) if status < "300"),
        refusals=", ".join(sorted(status for status, _ in _answers(operation) if status >= "400")),
    )


def _parameter(one: Document) -> FieldLine:
    schema = one["schema"]
    kind, shape = _type(schema)
    text = one.get("description") or schema.get("description", "")
    return FieldLine(one["name"], kind, one["in"], is_needed=one["required"], text=text, shape=shape)


def _about(schema: Document) -> str:
    return f"One of: {', '.join(schema['enum'])}." if "enum" in schema else _one_line(schema.get("description", ""))


def _example(schema: Document) -> str:
    return "\n".join(json.dumps(one, indent=2, ensure_ascii=False) for one in schema.get("examples", ()))


def _fields(schema: Document) -> Iterator[FieldLine]:
    needed = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        kind, shape = _type(field)
        text = _one_line(field.get("description", ""))
        yield FieldLine(name, kind, place="", is_needed=name in needed, text=text, shape=shape)


def _body(content: Document) -> Iterator[str]:
    """The name of a shape, or the media types of a stream."""
    for media, said in content.items():
        name = said["schema"].get("$ref", "").removeprefix(_REF)
        yield name or media


def _answers(operation: Document) -> list[tuple[str, Document]]:
    return [(str(status), answer) for status, answer in operation["responses"].items()]


def _answer(answer: Document) -> str:
    for said in answer.get("content", {}).values():
        kind, shape = _type(said["schema"])
        return shape or kind
    return ""


def _type(schema: Document) -> tuple[str, str]:
    """What it is in words, and the name of the shape in it."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REF)
        return name, name
    if "anyOf" in schema:
        found = [_type(one) for one in schema["anyOf"]]
        kinds = list(dict.fromkeys(kind for kind, _ in found))
        return " or ".join(kinds), next((shape for _, shape in found if shape), "")
    if schema.get("type") == "array":
        kind, shape = _type(schema["items"])
        return f"list of {kind}", shape
    return str(schema.get("format") or schema.get("type", "anything")), ""


def _one_line(text: str) -> str:
    """Without the marks of Markdown."""
    return " ".join(text.replace("`", "").split())
