from io import BytesIO

import pytest
from openpyxl import load_workbook

from allocations.imports.mapping import automap
from tests.factories.people import person


@pytest.mark.django_db
def test_template_is_a_workbook_that_the_portal_reads(client):
    client.force_login(person("auditor"))
    response = client.get("/template.xlsx")
    (sheet,) = load_workbook(BytesIO(response.content)).worksheets
    header = [cell.value for cell in sheet[1]]
    assert response.headers["Content-Disposition"] == 'attachment; filename="reward-points-list.xlsx"'
    assert sorted(automap(header).columns) == [
        "amount",
        "client_reference",
        "email",
        "mobile",
        "name",
        "remarks",
        "title",
    ]


@pytest.mark.django_db
def test_template_keeps_every_column_but_the_amount_as_text(client):
    client.force_login(person("admin"))
    (sheet,) = load_workbook(BytesIO(client.get("/template.xlsx").content)).worksheets
    formats = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[1]}
    assert formats == {
        "Title": "@",
        "Name": "@",
        "Email": "@",
        "Mobile": "@",
        "Amount": "0",
        "Remarks": "@",
        "Reference": "@",
    }
