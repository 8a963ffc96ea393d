import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from allocations.forms.lists import BatchForm, ListForm
from tests.factories.lists import AccountFactory

LINES = "Name\tMobile\tPoints\nAsha Rao\t9876500001\t700\n"


def form_with(name="list.csv", content=b"Name,Mobile,Points\n", **data):
    return ListForm(data, {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("name", ["list.csv", "LIST.CSV", "list.tsv", "list.txt", "list.xlsx"])
def test_file_of_a_known_kind_is_taken(name):
    form = form_with(name)
    assert (form.is_valid(), form.kind, form.file_name) == (True, "file", name)


def test_pasted_lines_become_a_file():
    form = ListForm({"pasted": LINES})
    assert (form.is_valid(), form.kind, form.file_name, form.content.read()) == (
        True,
        "paste",
        "pasted (2 lines)",
        LINES.encode(),
    )


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        (ListForm({}), {"file": ["No list yet. Choose a file, or paste the lines of a spreadsheet."]}),
        (
            form_with(pasted=LINES),
            {"pasted": ["A file is chosen and lines are pasted. Remove one of the two."]},
        ),
        (
            form_with("list.pdf"),
            {"file": ["“.pdf” cannot be read. Save the list as .csv or .xlsx and choose that file."]},
        ),
        (
            form_with("list"),
            {"file": ["A file without an ending cannot be read. Save the list as .csv or .xlsx and choose that file."]},
        ),
    ],
    ids=["nothing", "both", "another kind", "no ending"],
)
def test_list_that_cannot_be_taken_says_why(form, errors):
    assert form.errors == errors


def test_file_above_the_limit_is_refused(settings):
    settings.UPLOAD_MAX_BYTES = 10
    assert form_with().errors == {"file": ["The file has 19 bytes; at most 10 are read. Split the list."]}


def test_empty_file_is_left_to_the_reader():
    assert form_with(content=b"").is_valid() is True


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "flag"), [("everybody", True), ("new", False)])
def test_batch_form_knows_who_gets_points(who, flag):
    form = BatchForm({"purpose": "Diwali", "account": AccountFactory().pk, "who": who, "pasted": LINES})
    assert (form.is_valid(), form.is_points_allocation) == (True, flag)


@pytest.mark.django_db
def test_batch_form_has_no_default_for_who_gets_points():
    form = BatchForm({"purpose": "Diwali", "account": AccountFactory().pk, "pasted": LINES})
    assert form.errors == {
        "who": ["Not chosen. Say who gets points: everybody in the list, or only people new to EnKash."]
    }
