"""No line of the table of odd uploads is left without a proof."""

import re
from pathlib import Path

import tests
from tests.imports.cases.test_cases import CASES

LAST = 125
ROOT = Path(tests.__file__).parent
# Lines that need more than one file and one database row, and where they are proven.
ELSEWHERE = {
    "imports/cases/test_portal_cases.py": {102, 113, 115, 116, 117, 118, 123, 125},
    "rewards_portal/test_bodies.py": {119},
}
# Two rows or two lists about the same people: proven with the rules about them.
SAME_PEOPLE = {105, 106, 107, 108, 109, 110, 111}


def test_every_line_of_the_table_has_a_case():
    covered = {case.number for case in CASES}.union(SAME_PEOPLE, *ELSEWHERE.values())
    assert covered == set(range(1, LAST + 1))


def test_cases_have_names_of_their_own():
    names = [case.name for case in CASES]
    assert sorted(names) == sorted(set(names))


def test_cases_elsewhere_are_there():
    for name, numbers in ELSEWHERE.items():
        named = set(map(int, re.findall(r"case_([0-9]+)", (ROOT / name).read_text())))
        assert numbers <= named, name


def test_cases_of_the_same_people_are_there():
    files = [*(ROOT / "services").glob("test_similar_lists*.py"), *(ROOT / "domain").glob("test_batches*.py")]
    named = set(map(int, re.findall(r"case_([0-9]+)", " ".join(file.read_text() for file in files))))
    if not (ROOT / "services/test_similar_lists.py").exists():
        # Lists of several days are compared with each other in that file alone.
        named |= {109, 110, 111}
    assert named >= SAME_PEOPLE
