"""Rows that share a person, an e-mail address or a reference.

Lists are parallel: position i of each belongs to the i-th row. 0 stands for an empty cell and matches nothing.
"""

from collections.abc import Iterator, Sequence

from allocations.domain.problems import Problem, error, warning

Finding = tuple[int, Problem]


def person_problems(
    numbers: Sequence[int],
    mobiles: Sequence[int],
    emails: Sequence[int],
    names: Sequence[int],
    amounts: Sequence[int],
) -> Iterator[Finding]:
    """Rows with one mobile: another e-mail is an error, anything else is for people to confirm."""
    for group in repeated(mobiles):
        found = str(mobiles[group[0]])
        partners = _differing(group, emails)
        for index, other in partners.items():
            sentence = f"row {numbers[other]} has another e-mail for this number. Correct one of them."
            yield numbers[index], error("same_mobile_other_email", "mobile", found, sentence)
        for index, other in _firsts(group):
            if index in partners:
                continue
            yield numbers[index], _same_person(found, numbers[other], same=amounts[index] == amounts[other])
            if names[index] != names[other]:
                sentence = f"row {numbers[other]} has another name for this number. Check which is right."
                yield numbers[index], warning("same_mobile_other_name", "mobile", found, sentence)


def email_problems(numbers: Sequence[int], emails: Sequence[int], mobiles: Sequence[int]) -> Iterator[Finding]:
    """Rows with one e-mail address and different mobiles."""
    for group in repeated(emails):
        for index, other in _differing(group, mobiles).items():
            sentence = f"row {numbers[other]} has this e-mail with another mobile number. Check both."
            yield numbers[index], warning("same_email_other_mobile", "email", "", sentence)


def reference_problems(numbers: Sequence[int], keys: Sequence[int], references: Sequence[int]) -> Iterator[Finding]:
    """Rows whose references are equal, or equal but for case and dashes."""
    for group in repeated(keys):
        for index, other in _firsts(group):
            number = numbers[other]
            if references[index] == references[other]:
                code, sentence = "reference_twice", f"is also in row {number}. Give each row its own reference."
            else:
                code = "reference_nearly_twice"
                sentence = f"differs from row {number} only in upper/lower case or dashes. Give each its own."
            yield numbers[index], error(code, "client_reference", "", sentence)


def repeated(keys: Sequence[int]) -> Iterator[list[int]]:
    """The positions of every key that occurs more than once, key by key in order of their first row."""
    distinct = set(keys)
    empty = keys.count(0)
    if len(distinct) - (empty > 0) == len(keys) - empty:
        return
    distinct.clear()
    several = {key for key in keys if key in distinct or distinct.add(key)}  # type: ignore[func-returns-value]
    several.discard(0)
    groups: dict[int, list[int]] = {}
    for index, key in enumerate(keys):
        if key in several:
            groups.setdefault(key, []).append(index)
    yield from groups.values()


def _firsts(group: list[int]) -> Iterator[tuple[int, int]]:
    """Each position with the first other one of the group."""
    yield group[0], group[1]
    for index in group[1:]:
        yield index, group[0]


def _differing(group: list[int], values: Sequence[int]) -> dict[int, int]:
    """Positions whose value contradicts the group's first known one, both sides, each with a partner."""
    first = next((index for index in group if values[index]), None)
    if first is None:
        return {}
    others = [index for index in group if values[index] not in {0, values[first]}]
    return {first: others[0]} | dict.fromkeys(others, first) if others else {}


def _same_person(found: str, number: int, *, same: bool) -> Problem:
    if same:
        sentence = f"same person and amount as row {number}. Keep both only if both are meant."
        return warning("same_person_and_amount", "mobile", found, sentence)
    sentence = f"same person as row {number}, with another amount. Keep both only if both are meant."
    return warning("same_person_other_amount", "mobile", found, sentence)
