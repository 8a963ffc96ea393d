"""The first line: missing, doubled, in other words, too wide, further down."""

from tests.imports.cases.case import ASHA, LIST, Case, T, file_error

EMPTY = "The file is empty. Choose a file with a header and at least one row."


def mapped(number: int, header: str, *, label: str = "") -> Case:
    return Case(number, T.A, f"{header}\n{ASHA}".encode(), row={"name": "Asha", "amount": 100}, label=label)


CASES = [
    file_error(19, ASHA, "The first line looks like data. Add a header: name, mobile, amount..."),
    file_error(
        20,
        "Name,Mobile,Amount,Dept,mobile\nAsha,9812345671,100,HR,9812345672\n",
        "Column 'mobile' occurs twice (B and E). Keep one.",
    ),
    file_error(
        21,
        "Name,Mobile,Phone,Amount\nAsha,9812345671,9812345672,100\n",
        "Both 'Mobile' and 'Phone' mean mobile. Keep one.",
    ),
    file_error(
        22,
        "Name,Phone,Email\nAsha,9812345671,a@example.com\n",
        "Missing column: amount. Found: Name, Phone, Email.",
    ),
    mapped(23, "Employee Name,Phone No.,Points"),
    Case(
        23,
        T.A,
        b"Name,Mobile,Points,Ref\nAsha,9812345671,100,E-1\n",
        row={"client_reference": "E-1"},
        label="reference",
    ),
    mapped(24, "\ufeff NAME ,mobile_no,Amount\u00a0"),
    mapped(24, "n a m e,MOBILE-NO,a m o u n t", label="spaces"),
    Case(25, T.W, b"Name,Dept,Mobile,Amount\nAsha,HR,9812345671,100\n", told=("Ignored: Dept",), row={"amount": 100}),
    file_error(26, "Name,Mobile,Amount\n", "The file has a header but no rows. Add a row for each person."),
    file_error(27, b"", EMPTY),
    file_error(28, b" \r\n\t \n", EMPTY),
    file_error(29, "Mobile\n9812345671\n", "Missing columns: name, amount. Found: Mobile."),
    file_error(
        46,
        f"Diwali 2026\nMade by HR\n{LIST}",
        "Header not found in the first row. It seems to be in row 3. "
        "Read the list from there, or delete the rows above it. [row 3]",
    ),
    file_error(
        114,
        ",".join(["Name", "Mobile", "Amount", *(f"x{n}" for n in range(297))]) + "\n" + ASHA,
        "The file has more than 60 columns. Delete the columns that are not needed.",
    ),
    file_error(
        120,
        "=Name,+Mobile,@Amount\nAsha,9812345671,100\n",
        "Missing columns: name, mobile, amount. Found: =Name, +Mobile, @Amount.",
    ),
]
