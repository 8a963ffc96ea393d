"""The table of odd uploads, from the file's bytes to what is stored and said."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from allocations.domain.states import BatchState
from allocations.imports.run import run_import
from allocations.models import Problem, Row, Upload
from allocations.models.uploads import UploadState
from tests.factories.lists import BatchFactory, UploadFactory
from tests.imports.cases import amounts, headers, kinds, lists, mobiles, people, texts, workbooks
from tests.imports.cases.case import Case, T

CASES = [case for theme in (texts, headers, kinds, workbooks, mobiles, amounts, people, lists) for case in theme.CASES]


@pytest.mark.django_db
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_list_is_treated_as_the_table_says(case: Case, tmp_path: Path, settings) -> None:
    for name, value in case.settings.items():
        setattr(settings, name, value)
    upload = imported(case.content, folder=tmp_path, kind=case.kind)
    assert (treatment(upload), told(upload)) == (case.treatment, list(case.told))
    stored = Row.objects.order_by("number")
    if case.treatment is T.F:
        assert (upload.batch.state, stored.count(), Problem.objects.count()) == (BatchState.DRAFT, 0, 0)
        return
    assert upload.batch.state == BatchState.REVIEW
    assert {name: getattr(stored[0], name) for name in case.row} == case.row
    assert not case.numbers or tuple(stored.values_list("number", flat=True)) == case.numbers
    # Only a row without errors has the fingerprint of a request.
    assert all(bool(row.payload_hash) is (row.error_count == 0) for row in stored)


def imported(content: bytes | Callable[[Path], bytes], *, folder: Path, kind: str) -> Upload:
    data = content if isinstance(content, bytes) else content(folder)
    batch = BatchFactory(state=BatchState.CHECKING)
    waiting = UploadFactory(batch=batch, file=ContentFile(data, name="list"), kind=kind)
    run_import(waiting.pk)
    return Upload.objects.select_related("batch").get(pk=waiting.pk)


def treatment(upload: Upload) -> T:
    if upload.state == UploadState.REFUSED:
        return T.F
    if upload.batch.error_rows:
        return T.R
    return T.W if told(upload) else T.A


def told(upload: Upload) -> list[str]:
    """Everything that people read about the list."""
    if upload.state == UploadState.REFUSED:
        offered = [sheet["name"] for sheet in upload.offers.get("sheets", ())]
        offered += [f"row {upload.offers['header_row']}"] if "header_row" in upload.offers else []
        return [f"{upload.error} [{', '.join(offered)}]" if offered else upload.error]
    problems = Problem.objects.filter(batch=upload.batch).order_by("number", "id")
    return [
        *(f"Row {one.number}{f', {one.field}' if one.field else ''}: {one.message}" for one in problems),
        *(f"Note: {note}" for note in upload.notes),
        *(_asked(question) for question in upload.questions),
        *(f"Ignored: {header}" for header in upload.ignored),
    ]


def _asked(question: dict) -> str:
    shown = f" [{', '.join(question['shown'])}]" if question["shown"] else ""
    return f"To confirm: {question['sentence']}{shown}"
