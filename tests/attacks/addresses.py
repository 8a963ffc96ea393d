"""Every address of the portal, from its URLconf: whoever adds one has to say in the tables here what it opens."""

from collections.abc import Iterator
from dataclasses import dataclass

from allocations.api.portal import api
from tests.attacks.ground import Ground
from tests.views.test_gates import ACTIONS, FORMS
from tests.views.test_reading import address, routes

# What the pages ask for in a query.
ASKED = (
    "q",
    "state",
    "show",
    "problem",
    "purpose",
    "kind",
    "owner",
    "before",
    "after",
    "row",
    "year",
    "account",
    "sample",
)


@dataclass(frozen=True, slots=True)
class Address:
    """`batch`: the state of the batch that stands in it."""

    name: str
    path: str
    batch: str = ""

    @property
    def is_action(self) -> bool:
        return self.name in ACTIONS

    @property
    def takes_posts(self) -> bool:
        return self.name in ACTIONS or self.name in FORMS


def pages(ground: Ground) -> Iterator[Address]:
    """Of the application and its door, each that names a batch once for every state of one."""
    for prefix, pattern in routes():
        if prefix.startswith("api/v1/"):
            continue
        for state in ground.batches if "batch_id" in pattern.pattern.converters else [""]:
            number = ground.batches[state].pk if state else 0
            yield Address(str(pattern.name), address(prefix, pattern, ground.numbers, batch_id=number), state)


def operations(ground: Ground) -> Iterator[tuple[str, Address]]:
    """Method and address of everything that the API can do."""
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items():
        for state in ground.batches if "{batch_id}" in path else [""]:
            number = ground.batches[state].pk if state else 0
            full = path.replace("{batch_id}", str(number)).replace("{number}", str(ground.numbers["number"]))
            full = full.replace("{run_id}", str(ground.numbers["run_id"]))
            for method, said in methods.items():
                yield method.upper(), Address(said["operationId"], full, state)
