from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trigger:
    """Refuse `action` on `table` when `condition` holds; OLD and NEW as in SQL, {differs} for "is distinct from".

    `only_if`: a part of the condition that looks at nothing but OLD and NEW. PostgreSQL asks it without calling a
    function, which costs a run's rows a third of their update otherwise.
    """

    name: str
    table: str
    action: str
    condition: str
    sentence: str
    only_if: str = ""
    # A query; on PostgreSQL its rows are locked before the condition is asked,
    # so that two writers cannot both pass it. SQLite has one writer.
    lock: str = ""
