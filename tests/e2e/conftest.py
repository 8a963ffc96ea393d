from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.e2e.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("portal")) as running:
        yield running


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """`make sample ROWS=5000 FLAWS=1`, by kind of file."""
    folder = tmp_path_factory.mktemp("samples")
    call_command("make_sample", rows=5000, flaws=True, seed=1, out=folder, verbosity=0)
    return {path.suffix.lstrip("."): path for path in folder.iterdir()}
