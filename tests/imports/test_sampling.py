from pathlib import Path

from allocations.domain.batches import ListCheck
from allocations.domain.cells import CleanRow, RowLimits
from allocations.domain.problems import Problem, Severity
from allocations.domain.rows import clean_row
from allocations.imports.opening import opened
from allocations.imports.resource import headers
from allocations.imports.sampling import sample_rows
from allocations.imports.sampling_files import write_sample

LIMITS = RowLimits(max_points=100_000)


def checked(**options) -> tuple[list[CleanRow], list[Problem]]:
    cleaned = [clean_row(row.cells, limits=LIMITS) for row in sample_rows(2000, **options)]
    check = ListCheck()
    check.add(range(2, 2 + len(cleaned)), [row for row, _ in cleaned])
    found = [problem for _, problems in cleaned for problem in problems]
    of_the_list = [*check.findings(), *check.far_above(factor=10)]
    return [row for row, _ in cleaned], found + [problem for _, problem in of_the_list]


def test_sample_without_flaws_has_no_problem_and_no_person_twice() -> None:
    rows, problems = checked(seed=1)
    assert (problems, len({row.mobile for row in rows})) == ([], 2000)


def test_sample_with_flaws_has_errors_in_one_to_three_of_100_rows() -> None:
    _, problems = checked(seed=1, flaws=True)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    warnings = {problem.code for problem in problems if problem.severity is Severity.WARNING}
    assert 20 <= len(errors) <= 60
    assert {"amount_read_as", "amount_far_above_list", "same_person_and_amount", "line_break"} <= warnings


def test_sample_is_the_same_for_the_same_seed() -> None:
    assert list(sample_rows(50, seed=7, flaws=True)) == list(sample_rows(50, seed=7, flaws=True))
    assert list(sample_rows(50, seed=7)) != list(sample_rows(50, seed=8))


def test_sample_marks_its_people_as_invented() -> None:
    emails = {row.email.rpartition("@")[2] for row in checked(seed=1)[0]}
    assert emails == {"", "example.com", "example.in"}


def test_sample_files_read_back_as_the_same_rows(tmp_path: Path) -> None:
    read = []
    for path in write_sample(sample_rows(300, seed=3, flaws=True), tmp_path, stem="s"):
        with opened(path, kind=path.suffix[1:]) as sheet:
            assert list(sheet.head[0]) == headers()
            read.append([clean_row(tuple(record), limits=LIMITS) for block in sheet.blocks for record in block])
    assert len(read[0]) == 300
    assert read[0] == read[1]
