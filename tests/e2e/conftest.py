import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.e2e.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("portal"), SEARCH_EXPORT_ROWS="10") as running:
        yield running
        # Shown by pytest beside a failure.
        sys.stdout.writelines(running.lines[-200:])


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """`make sample ROWS=n FLAWS=1 SEED=n`, by kind of file: two seeds, because references are used only once."""
    found = {}
    for seed, (kind, rows) in enumerate({"csv": 3000, "xlsx": 2000}.items(), start=1):
        folder = tmp_path_factory.mktemp(f"samples-{seed}")
        call_command("make_sample", rows=rows, flaws=True, seed=seed, out=folder, verbosity=0)
        found[kind] = next(folder.glob(f"*.{kind}"))
    return found
