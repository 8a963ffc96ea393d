"""What only the whole list shows."""

from tests.imports.cases.case import ASHA, LIST, SHORT, Case, T

REFERENCES = "Name,Mobile,Amount,Reference\nAsha,9812345671,100,{}\nRavi,9812345672,250,{}\n"


def rounded(count: int, *, of: int) -> bytes:
    lines = [f"P {n},98123{n:05},1" for n in range(1, of + 1 - count)]
    lines += [f"R {n},97{n:04}0000,1" for n in range(count)]
    return (SHORT + "\n".join(lines) + "\n").encode()


CASES: list[Case] = [
    Case(
        54,
        T.W,
        rounded(3, of=100),
        told=tuple(
            f"Row {number}, mobile: ends in 0000, as 3 of 100 numbers do. Excel may have rounded it; check the source."
            for number in (99, 100, 101)
        ),
        label="three_of_a_hundred",
    ),
    # By chance one number in 10,000 looks so: below 3 % nothing is said.
    Case(54, T.A, rounded(2, of=100), label="two_of_a_hundred"),
    Case(
        100,
        T.R,
        REFERENCES.format("ABC", "ABC").encode(),
        told=(
            "Row 2, client_reference: is also in row 3. Give each row its own reference.",
            "Row 3, client_reference: is also in row 2. Give each row its own reference.",
        ),
    ),
    *(
        Case(
            101,
            T.R,
            REFERENCES.format(one, other).encode(),
            told=(
                "Row 2, client_reference: differs from row 3 only in upper/lower case or dashes. Give each its own.",
                "Row 3, client_reference: differs from row 2 only in upper/lower case or dashes. Give each its own.",
            ),
            label=label,
        )
        for label, one, other in (("case", "ABC", "abc"), ("dashes", "AB-C", "ABC"))
    ),
    Case(
        112,
        T.F,
        LIST.encode(),
        told=("The list has more than 1 rows. Split it.",),
        settings={"MAX_ROWS": 1},
    ),
    # Refused at the block that goes beyond, so what follows is never read: a defect there is not found.
    Case(
        112,
        T.F,
        (SHORT + ASHA * 5_000 + ASHA * 5_000 + '"').encode(),
        told=("The list has more than 4,999 rows. Split it.",),
        settings={"MAX_ROWS": 4_999},
        label="no_full_read",
    ),
]
