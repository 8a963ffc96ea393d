"""Mobile cells of delimited text."""

from tests.imports.cases.case import Case, accepted, refused, warned

GOOD = "9812345671"
USE_DIGITS = "uses non-English digits. Type it as 9876543211."
MADE_UP = "looks made up ({}). Check it with the person."

CASES: list[Case] = [
    accepted(52, "mobile", "9812345671.0", GOOD, label="text"),
    refused(
        53,
        "mobile",
        "9.87654E+09",
        said="was shortened by Excel (9.87654E+09). Format the column as text and enter the full number.",
    ),
    *(
        accepted(55, "mobile", f"{prefix}{GOOD}", GOOD, label=label)
        for prefix, label in (("+91", "plus_91"), ("91", "91"), ("0091", "0091"), ("0", "0"), ("+91 0", "both"))
    ),
    *(
        accepted(56, "mobile", found, GOOD, label=label)
        for found, label in (
            ("98123 45671", "space"),
            ("98123-45671", "dash"),
            ("98.12.34.56.71", "dots"),
            ("(+91) 98123 45671", "parentheses"),
        )
    ),
    accepted(57, "mobile", "'9812345671", GOOD),
    refused(58, "mobile", "981234567", said="has 9 digits (981234567); an Indian mobile number has 10.", label="9"),
    refused(
        58, "mobile", "98123456711", said="has 11 digits (98123456711); an Indian mobile number has 10.", label="11"
    ),
    refused(
        58,
        "mobile",
        "5812345671",
        said="starts with 5 (5812345671); an Indian mobile number starts with 6, 7, 8 or 9.",
        label="start",
    ),
    refused(
        59,
        "mobile",
        "9812345671/9812345672",
        said="contains two numbers (9812345671/9812345672). Keep one.",
    ),
    refused(
        60,
        "mobile",
        "+14155550123",
        said="is not an Indian number (+14155550123); only Indian mobile numbers are accepted.",
    ),
    *(
        warned(61, "mobile", found, found, said=MADE_UP.format(found), label=found)
        for found in ("9999999999", "9876543210")
    ),
    refused(62, "mobile", "९८७६५४३२११", said=USE_DIGITS, label="devanagari"),
    refused(62, "mobile", "９８７６５４３２１１", said=USE_DIGITS, label="full_width"),
    refused(62, "mobile", "٩٨٧٦٥٤٣٢١١", said=USE_DIGITS, label="arabic"),
    refused(63, "mobile", "987654321¹", said="uses non-English digits. Type it as 9876543211."),
    accepted(64, "mobile", "\u00a09812345671\u200b", GOOD, label="around"),
    accepted(64, "mobile", "98123\u00a045671", GOOD, label="nbsp_inside"),
    warned(
        64,
        "mobile",
        "98123\u200b45671",
        GOOD,
        said="contained invisible characters; they were removed.",
        label="inside",
    ),
    *(
        refused(65, name, found, said="contains invisible direction marks. Type the cell again.", label=name)
        for name, found in (
            ("mobile", "\u202a9812345671\u202c"),
            ("amount", "\u200e100"),
            ("email", "a@\u202eexample.com"),
            ("client_reference", "EMP\u200f1"),
        )
    ),
    warned(
        65,
        "name",
        "Asha\u202e Rao",
        "Asha Rao",
        said="contained invisible direction marks; they were removed.",
        label="name",
    ),
    refused(66, "mobile", "98123\x0745671", said="contains control characters. Type the cell again."),
    refused(67, "mobile", "981234567O", said="contains letters (981234567O). Use the digits 0-9 only.", label="big_o"),
    refused(
        67, "mobile", "98l2345671", said="contains letters (98l2345671). Use the digits 0-9 only.", label="small_l"
    ),
]
