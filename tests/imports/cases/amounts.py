"""Amount cells of delimited text."""

from tests.imports.cases.case import Case, T, accepted, one_row, refused, warned

ABOVE = "is {}; that is above the limit of 1,00,000 points per person."
WHOLE = "is {}; points must be a whole number. Nothing is rounded."


def read_as(number: int, found: str, value: int, *, label: str = "") -> Case:
    return warned(number, "amount", found, value, said=f"is written {found}; it is read as {value}.", label=label)


def bad(number: int, found: str, said: str, *, label: str = "") -> Case:
    return refused(number, "amount", found, said=said.format(found), label=label)


def each(number: int, said: str, **found: str) -> list[Case]:
    return [bad(number, text, said, label=label) for label, text in found.items()]


NOT_A_NUMBER = "is not a number ({}). Enter a whole number."
NEGATIVE = "is negative ({}); negative amounts are not allowed. Enter 1 or more."
AMBIGUOUS = "is ambiguous ({}). Enter it without separators."
OTHER = "is in another currency ({}). Enter points as a whole number."
IN_FULL = "is in scientific notation ({}). Enter the number in full."

CASES: list[Case] = [
    accepted(68, "amount", "100", 100),
    accepted(69, "amount", "100.0", 100, label="one_zero"),
    accepted(69, "amount", "100.00", 100, label="two_zeros"),
    bad(70, "100.5", WHOLE),
    *each(71, WHOLE, float="0.30000000000000004", nines="99.99999999"),
    read_as(72, "1,000", 1000),
    read_as(72, "1,00,000", 100_000, label="lakh"),
    *each(73, AMBIGUOUS, dot="1.000", both="1.000,00"),
    read_as(74, "1 000", 1000),
    warned(74, "amount", "1\u00a0000", 1000, said="is written 1 000; it is read as 1000.", label="nbsp"),
    read_as(75, "Rs 100", 100, label="rs"),
    read_as(75, "INR 100", 100, label="inr"),
    read_as(75, "₹100", 100, label="sign"),
    read_as(75, "100/-", 100, label="dash"),
    *each(76, OTHER, dollar="$100", euro="100 EUR"),
    bad(77, "0", "is 0; it must be at least 1."),
    *each(78, NEGATIVE, minus="-100", parentheses="(100)", unicode="\u2212100"),
    bad(79, "+100", "starts with a plus sign ({}); remove the + sign."),
    *each(80, IN_FULL, small="1e3", excel="1E+3"),
    *each(81, NOT_A_NUMBER, underscore="1_000", hexadecimal="0x64"),
    *each(82, NOT_A_NUMBER, nan="NaN", inf="inf", infinity="Infinity"),
    bad(83, "1000000000000", ABOVE),
    bad(83, "100001", ABOVE, label="one_too_many"),
    bad(84, "9" * 900, ABOVE.format("9" * 29 + "…"), label="900_digits"),
    bad(84, "9" * 5000, "is longer than 1000 characters (5000). Shorten it."),
    Case(
        85,
        T.F,
        one_row(amount="100000"),
        told=("The list totals 1,00,000 points; the limit is 99,999. Split the list.",),
        settings={"MAX_POINTS_PER_BATCH": 99_999},
    ),
    bad(86, "", "is empty. Enter the points as a whole number."),
    bad(87, "hundred", NOT_A_NUMBER),
    accepted(88, "amount", "100  ", 100),
]
