"""What each column of a list takes, told by the cleaning itself: what is said here is what happens to a list."""

from collections.abc import Iterator
from dataclasses import dataclass

from allocations.domain.approval_policies import Terms
from allocations.domain.cells import FIELDS, HEADERS, REQUIRED, RowLimits
from allocations.domain.names import TITLES
from allocations.domain.numerals import grouped
from allocations.domain.problems import Severity
from allocations.domain.row_limits import not_allowed
from allocations.domain.rows import clean_row

# Stands in the template's guide. A list in the sheet beside it has the columns that their names say.
TEMPLATE_ID = "rewards-portal-list-1"
# A row that the cleaning takes as it is; each example takes the place of one cell.
_PLAIN = {
    "title": "",
    "name": "Asha Rao",
    "email": "",
    "mobile": "9820441234",
    "amount": "500",
    "remarks": "",
    "client_reference": "",
}
_NO_TERMS = Terms()
# Excel shows 255 characters beside a cell.
_NAMED = 5
_EXAMPLES = {
    "title": ("Ms", "MR.", "Dr"),
    "name": ("Asha Rao", "आशा राव", ""),
    "email": ("asha@example.com", "", "asha@example.com, ravi@example.com"),
    "mobile": ("9820441234", "+91 98204 41234", "98204", "9.82044E+09"),
    "amount": ("500", "1,000", "₹500", "500.50", "1e3", "0"),
    "remarks": ("Happy Diwali", ""),
    "client_reference": ("HR-2026-001", "", "HR/2026/001"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """`becomes`: how the text is read, or why it is refused."""

    text: str
    is_accepted: bool
    becomes: str


@dataclass(frozen=True, slots=True)
class Column:
    field: str
    header: str
    is_required: bool
    rule: str
    examples: tuple[Example, ...]


def guide(limits: RowLimits, terms: Terms = _NO_TERMS) -> Iterator[Column]:
    """The columns of a list in order. `terms`: of the approval policy."""
    rules = _rules(limits)
    rules["amount"] += _rules_of_policy(terms)
    for field in FIELDS:
        texts = _EXAMPLES[field]
        if field == "amount" and terms.allowed_amounts:
            texts = (str(terms.allowed_amounts[0]), *texts)
        examples = tuple(_example(field, text, limits, terms) for text in dict.fromkeys(texts))
        yield Column(field, HEADERS[field], field in REQUIRED, rules[field], examples)


def _rules(limits: RowLimits) -> dict[str, str]:
    *titles, last = [title for title in TITLES.values() if title]
    return {
        "title": f"{', '.join(titles)} or {last}. May stay empty.",
        "name": f"The name as the person writes it, at most {limits.max_name} characters.",
        "email": "One address. May stay empty.",
        "mobile": "An Indian mobile number of 10 digits, the first one 6 to 9.",
        "amount": f"Points: a whole number from 1 to {grouped(limits.max_points)}.",
        "remarks": f"What the person will read, at most {limits.max_remarks} characters. May stay empty.",
        "client_reference": f"Your own number for this row, each one once: A-Z, 0-9 and -, at most "
        f"{limits.max_reference} characters. May stay empty.",
    }


def _rules_of_policy(terms: Terms) -> str:
    said = ""
    if allowed := terms.allowed_amounts:
        rest = len(allowed) - _NAMED
        more = f" and {rest} more, see the page Policies" if rest > 0 else ""
        said = f" Only {', '.join(map(grouped, allowed[:_NAMED]))}{more}."
    if most := terms.most_points_person_month:
        said = f"{said} At most {grouped(most)} for one person in a month."
    return said


def _example(field: str, text: str, limits: RowLimits, terms: Terms) -> Example:
    values, problems = clean_row([text if name == field else _PLAIN[name] for name in FIELDS], limits=limits)
    for one in problems:
        if one.severity is Severity.ERROR:
            return Example(text, is_accepted=False, becomes=f"refused: {one.message}")
    value = values[FIELDS.index(field)]
    allowed = terms.allowed_amounts
    if allowed and field == "amount" and values.amount and values.amount not in allowed:
        return Example(text, is_accepted=False, becomes=f"refused: {not_allowed(values.amount, allowed).message}")
    return Example(text, is_accepted=True, becomes=f"read as {value}" if str(value) != text else "read as it is")
