"""Delimited text: bytes, delimiters, quotes, ragged and blank rows."""

from tests.imports.cases.case import ASHA, LIST, RAVI, SHORT, Case, T, file_error

ANDRE = "Name,Mobile,Amount\nAndré,9812345671,100\n"
READ = {"name": "André", "mobile": "9812345671", "amount": 100}
BLANK = "Note: 1 blank row between the others was skipped."


def blank_rows(number: int, content: str, *, label: str = "") -> Case:
    return Case(number, T.W, content.encode(), told=(BLANK,), row={"name": "Asha"}, numbers=(2, 4), label=label)


CASES = [
    Case(1, T.A, ANDRE.encode("utf-8-sig"), row=READ),
    Case(2, T.A, b"\xff\xfe" + ANDRE.encode("utf-16-le"), row=READ, label="little"),
    Case(2, T.A, b"\xfe\xff" + ANDRE.encode("utf-16-be"), row=READ, label="big"),
    Case(2, T.A, ANDRE.encode("utf-32"), row=READ, label="utf_32"),
    *(
        file_error(
            3,
            ANDRE.encode(name),
            "The file is not UTF-8 text. Save it as 'CSV UTF-8' and upload again.",
            label=name[-2:],
        )
        for name in ("utf-16-le", "utf-16-be")
    ),
    Case(
        4,
        T.W,
        "Name,Mobile,Amount\nAndré “Andy”,9812345671,100\n".encode("cp1252"),
        told=("To confirm: This file is not UTF-8. We read it as Windows-1252; check the names below. [André “Andy”]",),
        row=READ | {"name": "André “Andy”"},
    ),
    file_error(
        5,
        SHORT.encode() + ASHA.encode() * 14 + b"Andr\xc3\xa9 Ren\xe9,9812345671,1\n",
        "Line 16 has bytes that are not valid text.",
        label="two_encodings",
    ),
    file_error(5, b"Name,Mobile,Amount\nA\x81,1,1\n", "Line 2 has bytes that are not valid text.", label="invalid"),
    *(
        Case(6, T.A, ANDRE.replace(",", mark).encode(), row=READ, label=label)
        for mark, label in ((";", "semicolon"), ("\t", "tab"), ("|", "pipe"))
    ),
    Case(
        7, T.A, b'Name,Mobile,Amount\n"Rao, Asha",9812345671,100\n', row={"name": "Rao, Asha", "mobile": "9812345671"}
    ),
    Case(
        8,
        T.W,
        b'Name,Mobile,Amount\n"Asha\nRao",9812345671,100\nRavi,9812345672,250\n',
        told=("Row 2, name: contained a line break; it is read as a space.",),
        row={"name": "Asha Rao"},
        numbers=(2, 3),
    ),
    *(
        Case(
            9,
            T.R,
            f"Name,Mobile,Amount,Reference\n{line}\n".encode(),
            told=(f"Row 2, {name}: contains a line break. A quote may be missing in the file.",),
            label=name,
        )
        for name, line in (
            ("mobile", 'Asha,"9812345671\n",100,'),
            ("amount", 'Asha,9812345671,"1\n00",'),
            ("client_reference", 'Asha,9812345671,100,"EMP\n1"'),
        )
    ),
    file_error(
        10,
        SHORT + ASHA * 10 + '"Zoya,9812345679,100\n' + RAVI,
        "A quote opened on line 12 is never closed. Nothing after it can be trusted.",
    ),
    file_error(11, SHORT + ASHA * 7 + '"Zoya" Khan,9812345679,1\n', "Line 9: text after a closing quote."),
    Case(12, T.A, ANDRE.replace("\n", "\r").encode(), row=READ, label="bare_cr"),
    Case(12, T.A, (LIST.replace("\n", "\r\n", 1) + "Zoya,9812345679,1\r").encode(), numbers=(2, 3, 4), label="mixed"),
    Case(
        13,
        T.R,
        b"Name,Mobile,Amount,Title,Email,Remarks\nAsha,9812345671,100\n",
        told=("Row 2: has 3 cells, the header has 6. Add the missing cells.",),
    ),
    Case(
        14,
        T.R,
        b"Name,Mobile,Amount\nAsha,9812345671,1,000\n",
        told=("Row 2: has more cells than the header; a comma may be unquoted.",),
    ),
    Case(15, T.A, b"Name,Mobile,Amount\nAsha,9812345671,100,,,\n", row={"name": "Asha", "amount": 100}),
    Case(16, T.A, (LIST + "\n\n,,\n").encode(), numbers=(2, 3)),
    blank_rows(17, SHORT + ASHA + "\n" + RAVI),
    blank_rows(18, SHORT + ASHA + " , ,\u00a0\n" + RAVI, label="spaces"),
    blank_rows(18, SHORT + ASHA + ",,\n" + RAVI, label="commas"),
    file_error(
        66,
        LIST + "As\0ha,9812345673,1\n",
        "Line 4 contains a NUL character. Save the list again as 'CSV UTF-8'.",
        label="nul",
    ),
    Case(
        121,
        T.R,
        (SHORT + "# October,,\n" + ASHA).encode(),
        told=(
            "Row 2, mobile: is empty. Enter the 10-digit mobile number.",
            "Row 2, amount: is empty. Enter the points as a whole number.",
        ),
        row={"name": "# October"},
        numbers=(2, 3),
    ),
    Case(122, T.A, b"sep=;\r\nName;Mobile;Amount\r\nAsha;9812345671;100\r\n", row={"name": "Asha"}, numbers=(2,)),
]
