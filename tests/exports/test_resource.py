import pytest

from allocations.domain.states import RowState
from allocations.exports.cells import Reader
from allocations.exports.resource import RowResource, columns
from allocations.imports.mapping import automap
from allocations.imports.resource import columns as list_columns
from tests.exports.reading import EVIDENCE, REASONS, csv_rows, make, true_up
from tests.factories.batches import approved_batch

SHARED = ("title", "name", "email", "mobile", "amount", "remarks")


def test_columns_of_the_list_have_the_headers_of_its_template():
    own = {column.attribute: column.column_name for column in columns()}

    assert [own[name] for name in SHARED] == [list_columns()[name].column_name for name in SHARED]


def test_headers_differ_from_each_other():
    headers = [column.column_name for column in columns()]

    assert len(set(headers)) == len(headers) == 30


@pytest.mark.django_db
def test_export_by_object_equals_the_export_by_block():
    batch = approved_batch(**{state.value: 1 for state in RowState if state != RowState.LEFT_OUT})
    true_up(batch)
    reader = Reader(reasons=REASONS, evidence=EVIDENCE, masked=False)

    dataset = RowResource().export(RowResource().get_queryset().filter(batch=batch), reader=reader)

    assert [{head: str(cell) for head, cell in row.items()} for row in dataset.dict] == csv_rows(make(batch))


def test_an_export_uploaded_again_maps_to_the_columns_of_the_list():
    headers = [column.column_name for column in columns()]

    mapped = automap(headers).columns

    assert {name: headers[index] for name, index in mapped.items()} == {
        **{name: list_columns()[name].column_name for name in SHARED},
        "client_reference": "Client reference",
    }
