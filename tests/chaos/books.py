"""After the storm: the ledger of EnKash, the rows and the export tell one story."""

from collections import Counter
from decimal import Decimal

from allocations.models import Attempt, Row
from tests.chaos.storm import Storm
from tests.exports.reading import csv_rows, make


def check_books(storm: Storm) -> None:
    """AssertionError with what does not agree."""
    entries = [entry for entry in storm.sim.ledger.entries if entry.status != "FAILED"]
    ledger = {entry.reference: entry for entry in entries}
    assert len(ledger) == len(entries), "a reference was credited twice"
    rows = {row.reference: row for row in Row.objects.filter(batch=storm.run.batch_id)}
    assert len(rows) == storm.rows
    assert ledger.keys() <= rows.keys()
    told = {line["Our reference"]: line for line in csv_rows(make(storm.run.batch, by=storm.people))}
    assert told.keys() == rows.keys()
    for reference, row in rows.items():
        entry, line = ledger.get(reference), told[reference]
        assert row.state not in {"sending", "pending"}, f"{reference} is {row.state}"
        if row.state == "credited":
            assert entry is not None, f"{reference} is credited and not in the ledger"
            assert (row.credited_amount, row.mobile) == (entry.amount, entry.mobile)
            assert row.transaction_id in {None, entry.transaction_id}
            assert (line["Outcome"], Decimal(line["Credited points"])) == ("credited", entry.amount)
        elif row.state in {"failed", "unknown"}:
            assert entry is None, f"{reference} is {row.state}, and a look-up would find it"
            assert line["Outcome"] == row.state
    assert storm.sim.control.state()["violations"] == []


def summary(storm: Storm) -> str:
    rows = Counter(Row.objects.filter(batch=storm.run.batch_id).values_list("state", flat=True))
    calls = Counter(Attempt.objects.filter(chunk__run=storm.run).values_list("result", flat=True))
    faults = Counter(note.fault for note in storm.sim.control.watch.notes if note.fault)
    parts = {
        "outcomes": rows,
        "ends of calls": Counter({result or "never answered": count for result, count in calls.items()}),
        "faults of EnKash": Counter({"of all kinds": faults.total(), "kinds": len(faults)}),
        "meanwhile": storm.seen,
    }
    lines = [f"{storm.rows} rows, seed {storm.seed}: {storm.run.state} after {storm.seconds:.0f} s"]
    for title, counted in parts.items():
        lines.append(f"  {title}: " + ", ".join(f"{count} {name}" for name, count in counted.most_common()))
    lines.append("  ledger, rows and export agree; nobody was credited twice")
    return "\n".join(lines)
