"""When the weather is over: EnKash's ledger, the rows, the exports, the trail and a signed bundle tell one story."""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Sum

from allocations.exports.bundle import bundle_of
from allocations.models import Batch, Row, Run
from tests.exports.reading import csv_rows, make
from tests.factories.people import known
from tests.services.invariants import check_answers_read_again, check_batches, check_counters
from tests.soak.site import Site


def check_books(site: Site, *, by: User) -> list[str]:
    """AssertionError with what does not agree; else what was compared."""
    entries = [json.loads(line) for line in site.told("ledger").text.splitlines()]
    credits_ = [entry for entry in entries if entry["kind"] == "CR" and entry["status"] != "FAILED"]
    ledger = {entry["reference"]: entry for entry in credits_}
    assert len(ledger) == len(credits_), "a reference was credited twice"
    states: Counter[str] = Counter()
    for row in Row.objects.iterator():
        _check_row(row, ledger.pop(row.reference, None))
        states[row.state] += 1
    assert not ledger, f"credited and unknown here: {sorted(ledger)[:5]}"
    # Of lanes nobody can say here: EnKash's stand-in forgets how many there are when it is started anew, and a client whose
    # cable was pulled looks to it as if it still waited.
    violations = [one for one in site.told("state").json()["violations"] if one["invariant"] != "V10"]
    assert violations == [], violations[:5]
    check_batches()
    check_counters()
    check_answers_read_again()
    for batch in Batch.objects.filter(state="approved"):
        _check_export(batch)
    call_command("verify_trail", verbosity=0)
    verdict = _outsiders_verdict(list(Batch.objects.filter(state="approved")), by=by)
    return [
        f"an outsider with the bundle: {verdict}",
        f"{states.total()} rows: " + ", ".join(f"{count} {state}" for state, count in states.most_common()),
        f"{Run.objects.count()} runs: "
        + ", ".join(
            f"{count} {state}" for state, count in Counter(Run.objects.values_list("state", flat=True)).items()
        ),
    ]


def _outsiders_verdict(batches: list[Batch], *, by: User) -> str:
    """What the stand-alone verifier says of a bundle of everything, with nothing but Python's standard library."""
    with tempfile.TemporaryDirectory(prefix="portal-bundle-") as name:
        path = Path(name) / "bundle.zip"
        with bundle_of(known(by), batches, personal_data=False, reason="").file as file:
            path.write_bytes(file.read())
        with zipfile.ZipFile(path) as bundle:
            bundle.extractall(name)
        command = [sys.executable, "-I", "-S", str(next(Path(name).rglob("verify_bundle.py"))), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def _check_row(row: Row, entry: dict[str, object] | None) -> None:
    if row.state == "credited":
        assert entry is not None, f"{row.reference} is credited and not in the ledger"
        assert (row.credited_amount, row.mobile) == (Decimal(str(entry["amount"])), entry["mobile"])
        assert row.transaction_id in {None, entry["transaction_id"]}
    elif row.state in {"pending", "left_out", "cancelled", "failed", "unknown"}:
        assert entry is None, f"{row.reference} is {row.state} and in the ledger"
    assert row.state != "sending", f"{row.reference} is still being sent"


def _check_export(batch: Batch) -> None:
    lines = [line for line in csv_rows(make(batch)) if line["Outcome"] == "credited"]
    rows = Row.objects.filter(batch=batch, state="credited")
    told = sum((Decimal(line["Credited points"]) for line in lines), Decimal(0))
    assert (len(lines), told) == (rows.count(), rows.aggregate(points=Sum("credited_amount"))["points"] or 0)
