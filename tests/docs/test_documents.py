import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from allocations.management.documents import sections

DOCS = settings.BASE_DIR / "docs"
READERS = re.compile(r'env\.(?:text|words|whole|seconds|flag|choice|weekdays)\(\s*"([A-Z_]+)"')
LINKS = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "section", list(sections()), ids=["batch", "run", "row", "attempt", "decision", "reversal", "calls", "pauses"]
)
def test_documents_hold_every_printed_section(section):
    assert text("protocol.md").count(section) + text("operations.md").count(section) == 1


def test_print_states_prints_every_section():
    out = StringIO()
    call_command("print_states", stdout=out)

    assert out.getvalue() == "\n\n".join(sections()) + "\n"


def test_operations_names_every_variable_of_the_settings_and_no_other():
    folder = settings.BASE_DIR / "rewards_portal"
    whole = re.sub(
        r"^from rewards_portal\.(limits) import .*$",
        lambda found: (folder / f"{found[1]}.py").read_text(encoding="utf-8"),
        (folder / "settings.py").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    read = READERS.findall(whole)
    table = re.findall(r"^\| `([A-Z_]+)` \| ", text("operations.md"), re.MULTILINE)

    assert table == read


def test_tests_that_the_invariants_name_are_there():
    lines = re.findall(r"^\| (V\d+) \| .* \| (.+) \|$", text("protocol.md"), re.MULTILINE)
    named = {name for _, names in lines for name in re.findall("`([^`]+)`", names)}
    tests = settings.BASE_DIR / "tests"

    assert [number for number, _ in lines] == [f"V{number}" for number in range(1, 25)]
    assert [name for name in named if not ((tests / name).is_dir() or (tests / f"{name}.py").is_file())] == []


def test_links_of_the_documents_lead_somewhere():
    broken = [
        f"{path.name}: {link}"
        for path in DOCS.rglob("*.md")
        for link in LINKS.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    ]

    assert broken == []
