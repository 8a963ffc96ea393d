"""Names, titles, addresses, remarks and references of delimited text."""

from tests.imports.cases.case import Case, T, accepted, one_row, refused, warned

MARKUP = "contains the character <. It is kept and shown as text."
NOT_ONE = "is not one e-mail address ({}). Enter one, such as asha@example.com, or none."
NO_LETTERS = "has no letters ({}). Check whether it is a name."
TOTAL = "Row 2, name: looks like a total, not a person. Delete the row from the file or leave it out."


def no_letters(found: str, label: str) -> Case:
    """What EnKash does with such a name is not documented, so people decide; it is kept as it is."""
    return warned(90, "name", found, found, said=NO_LETTERS.format(found), label=label)


def like_formula(mark: str, label: str) -> Case:
    said = f"starts with {mark}, as a spreadsheet formula does. It is kept as text."
    return warned(91, "name", f"{mark}Asha", f"{mark}Asha", said=said, label=label)


def bad_email(found: str, label: str) -> Case:
    return refused(98, "email", found, said=NOT_ONE.format(found), label=label)


def bad_reference(found: str, shown: str, label: str) -> Case:
    said = f"is {shown}; use A-Z, 0-9, '-', max 30 characters."
    return refused(104, "client_reference", found, said=said, label=label)


CASES: list[Case] = [
    Case(47, T.R, one_row(name="Total", mobile="", amount="12345"), told=(TOTAL,), row={"name": "Total"}),
    refused(89, "name", "", said="is empty. Enter the person's name."),
    no_letters("...", "punctuation"),
    no_letters("😀", "emoji"),
    no_letters("12345", "digits"),
    *(like_formula(mark, label) for mark, label in (("=", "equals"), ("+", "plus"), ("-", "minus"), ("@", "at"))),
    # A tab or line end at an edge is no part of a name: nothing is left that a spreadsheet would run.
    accepted(91, "name", "\tAsha", "Asha", label="tab"),
    accepted(91, "name", "\rAsha", "Asha", label="cr"),
    refused(92, "name", "A" * 101, said="is longer than 100 characters (101). Shorten it."),
    refused(92, "email", "a" * 1001, said="is longer than 1000 characters (1001). Shorten it.", label="any_cell"),
    accepted(93, "remarks", '&lt;b&gt; & "quotes"', '&lt;b&gt; & "quotes"'),
    warned(93, "name", "<script>x</script>", "<script>x</script>", said=MARKUP, label="name"),
    warned(93, "remarks", "<b>well done</b>", "<b>well done</b>", said=MARKUP, label="remarks"),
    accepted(94, "name", "Ame\u0301lie", "Am\u00e9lie"),
    accepted(95, "name", "\u0410sha", "\u0410sha"),
    accepted(96, "title", "MR.", "Mr"),
    accepted(96, "title", "mrs", "Mrs", label="case"),
    refused(96, "title", "Dr", said="is Dr; use Mr, Mrs or Ms, or leave it empty.", label="unknown"),
    accepted(97, "email", "", ""),
    bad_email("asha.example.com", "invalid"),
    bad_email("a@example.com, b@example.com", "two"),
    bad_email("mailto:a@example.com", "mailto"),
    bad_email("a b@example.com", "space"),
    bad_email("a@example.com,", "comma"),
    accepted(99, "email", "Asha.Rao@EXAMPLE.com", "Asha.Rao@example.com", label="case"),
    accepted(99, "email", "asha@उदाहरण.भारत", "asha@उदाहरण.भारत", label="idn"),
    accepted(99, "email", "asha+gift@example.com", "asha+gift@example.com", label="plus"),
    refused(
        103,
        "client_reference",
        "1.23E+15",
        said="was rounded by Excel (1.23E+15). Format the column as text and enter it in full.",
    ),
    bad_reference("A" * 31, "A" * 29 + "…", "long"),
    bad_reference("A/B 1", "A/B 1", "odd"),
    refused(124, "remarks", "x" * 501, said="is longer than 500 characters (501). Shorten it."),
    warned(
        124,
        "remarks",
        "well\ndone",
        "well done",
        said="contained a line break; it is read as a space.",
        label="newline",
    ),
]
