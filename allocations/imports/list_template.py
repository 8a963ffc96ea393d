"""The workbook that people fill in: our headers, and columns that Excel leaves alone."""

from io import BytesIO

from xlsxwriter import Workbook

from allocations.imports.resource import columns

HINTS = {
    "title": "Mr, Ms, Dr. May stay empty.",
    "name": "The name as the person writes it.",
    "email": "One address. May stay empty.",
    "mobile": "10 digits, the first one 6 to 9, without +91.",
    "amount": "Points: a whole number, at least 1.",
    "remarks": "What the person will read. May stay empty.",
    "client_reference": "Your own number for this row: A-Z, 0-9 and -. May stay empty.",
}
_WIDTHS = {"title": 8, "name": 32, "email": 34, "mobile": 16, "amount": 12, "remarks": 40, "client_reference": 24}


def list_template() -> bytes:
    """XLSX. Every column but the amount is text, so that Excel shortens no mobile and no reference."""
    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("List")
        text, whole = workbook.add_format({"num_format": "@"}), workbook.add_format({"num_format": "0"})
        head = workbook.add_format({"bold": True, "bottom": 1})
        for index, (name, column) in enumerate(columns().items()):
            sheet.set_column(index, index, _WIDTHS[name], whole if name == "amount" else text)
            sheet.write_string(0, index, column.column_name, head)
            hint = {"validate": "any", "input_title": column.column_name, "input_message": HINTS[name]}
            sheet.data_validation(1, index, 1_048_575, index, hint)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
