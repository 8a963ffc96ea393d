from pathlib import Path

import pytest
from django.utils import translation

from allocations.domain.states import RowEvent, RunEvent
from allocations.models import TrailEntry
from allocations.presenters import trail_words
from allocations.presenters.trail_words import sentence

SERVICES = Path(trail_words.__file__).parents[1] / "services"


def told(event: str, **data) -> str:
    return sentence(TrailEntry(event=event, object_type="batch", object_id=219, data=data))


@pytest.mark.parametrize(
    ("event", "data", "said"),
    [
        ("batch created", {"account": 1}, "The batch was made."),
        ("list checked", {"row_count": 5000, "error_rows": 71}, "The list was read and checked: 5,000 rows, of them 71 with errors."),
        ("attempt intended", {"number": 1, "chunk": 1042, "rows": 1, "points": 150000, "payload_sha256": "ab"}, "Call 1 of chunk 1,042 was written down before it was to go out: 1 row, 1,50,000 points."),
        ("attempt applied", {"result": "rows", "outcomes": {"credited": 49, "failed": 1}}, "A call was answered: 49 credited, 1 failed."),
        ("looked up", {"asked": 50, "found": 49, "decided": []}, "EnKash was asked what became of 50 rows: 49 found."),
        ("cell mended", {"number": 7, "field": "mobile"}, "Row 7: Mobile was changed."),
    ],
)  # fmt: skip
def test_sentences(event, data, said):
    assert told(event, **data) == said


def test_a_call_that_decided_no_row_says_how_it_ended():
    assert told("attempt applied", result="throttled", outcomes={"unknown": 50}) == (
        "A call was answered: EnKash asked to wait."
    )
    assert told("attempt applied", result="rows", outcomes={}) == ""


def test_what_else_an_entry_holds_is_no_matter():
    """As services write it: lists, texts and dictionaries of both."""
    assert told("rows repaired", rows=2, changed={"mobile": [7, 9]}, left_out=[]) == "A repair changed 2 rows."
    assert told("reading chosen", size=12, mapping={}, reading={"sheet": "", "header_row": 3}).startswith(
        "Somebody chose"
    )
    assert told("rows cancelled", cancelled=0, failed_as_before=3, to_be_looked_up=5) == (
        "Cancelled: 0 rows. Failed as before: 3 rows. Looked up first: 5 rows."
    )


def test_an_event_without_a_sentence_or_without_its_figures_has_none():
    assert told("lanes changed", to=2) == ""
    assert told("attempt intended", rows=1) == ""


def test_every_step_of_a_run_has_a_sentence():
    assert all(told(f"run {event}") for event in RunEvent)


def test_every_sentence_tells_of_an_event_that_is_written():
    written = "".join(path.read_text() for path in SERVICES.glob("*.py"))
    made = {f"run {event}" for event in RunEvent} | {f"rows {event}" for event in RowEvent}
    assert [name for name in trail_words._SENTENCES if name not in made and f'"{name}"' not in written] == []


def test_a_percent_sign_in_a_figure_is_left_alone():
    with translation.override("en"):
        assert told("cell mended", number=2, field="100 %s") == "Row 2: 100 %s was changed."
