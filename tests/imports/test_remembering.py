"""Columns that a person chose for a header, and the next list with that header."""

import pytest
from django.core.files.base import ContentFile

from allocations.domain.states import BatchState
from allocations.imports.run import run_import
from allocations.models import Upload
from tests.factories.lists import BatchFactory, UploadFactory

pytestmark = pytest.mark.django_db

ODD = "Who,Number,How many\n"
CHOSEN = {"name": 0, "mobile": 1, "amount": 2}
ASHA, RAVI = "Asha,9812345671,100\n", "Ravi,9812345672,250\n"


def read(content: str, *, mapping: dict[str, int] | None = None) -> Upload:
    batch = BatchFactory(state=BatchState.CHECKING)
    file = ContentFile(content.encode(), name="list")
    waiting = UploadFactory(batch=batch, file=file, mapping_override=mapping)
    run_import(waiting.pk)
    return Upload.objects.get(pk=waiting.pk)


def asked(upload: Upload) -> list[str]:
    return [question["sentence"] for question in upload.questions]


def test_same_headers_are_read_as_they_were_chosen_before_and_asked_about() -> None:
    first, second = read(ODD + ASHA, mapping=CHOSEN), read(ODD + RAVI)
    assert (first.questions, second.state, second.mapping) == ([], "ready", CHOSEN)
    (sentence,) = asked(second)
    assert sentence == (
        f"The columns are read as they were chosen for batch {first.batch_id}, whose list had the same headers: "
        "Name from “Who” (column A), Mobile from “Number” (column B), Amount from “How many” (column C)."
    )


def test_column_without_a_header_is_named_by_its_letter() -> None:
    header = "Who,,How many\n"
    read(header + ASHA, mapping=CHOSEN)
    assert "Mobile from column B, Amount from “How many” (column C)" in asked(read(header + RAVI))[0]


def test_choice_against_the_names_is_kept() -> None:
    header = "Name,Mobile,Amount,Bonus due\n"
    against = {"name": 0, "mobile": 1, "amount": 3}
    read(header + "Asha,9812345671,100,7\n", mapping=against)
    again = read(header + "Ravi,9812345672,250,9\n")
    assert (again.mapping, len(again.questions), again.batch.points_total) == (against, 1, 9)


def test_choice_that_the_names_say_too_asks_nothing() -> None:
    header = "Name,Mobile,Amount\n"
    read(header + ASHA, mapping=CHOSEN)
    assert read(header + RAVI).questions == []


def test_newest_choice_counts() -> None:
    header = "Who,Number,How many,Of which new\n"
    newest = CHOSEN | {"amount": 3}
    for mapping in (CHOSEN, newest):
        read(header + "Asha,9812345671,100,7\n", mapping=mapping)
    assert read(header + "Ravi,9812345672,250,9\n").mapping == newest


def test_choice_for_this_list_wins() -> None:
    header = "Who,Number,How many,Of which new\n"
    read(header + "Asha,9812345671,100,7\n", mapping=CHOSEN)
    own = CHOSEN | {"amount": 3}
    chosen = read(header + "Ravi,9812345672,250,9\n", mapping=own)
    assert (chosen.mapping, chosen.questions) == (own, [])


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Number,Who,How many\n", id="other_order"),
        pytest.param("Who,Number,How many,Dept\n", id="one_more"),
        pytest.param("Who,Number,how many\n", id="other_case"),
    ],
)
def test_other_headers_are_not_guessed(header) -> None:
    read(ODD + ASHA, mapping=CHOSEN)
    other = read(header + RAVI)
    assert (other.state, other.error[:14]) == ("refused", "Missing column")


def test_choice_that_could_not_be_read_is_forgotten() -> None:
    read(ODD, mapping=CHOSEN)
    assert read(ODD + RAVI).state == "refused"


def test_person_in_the_first_line_is_never_taken_for_a_known_header() -> None:
    read(ASHA + RAVI, mapping=CHOSEN)
    again = read(ASHA + RAVI)
    assert (again.state, again.error) == (
        "refused",
        "The first line looks like data. Add a header: name, mobile, amount...",
    )
