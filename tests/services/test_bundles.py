"""A bundle convinces somebody who has nothing but the file and Python, and nothing that was tampered with does."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from allocations.domain import chain
from allocations.domain.errors import InvalidInput, NotAllowed
from allocations.exports.bundle import bundle_of
from allocations.gateway import trail_key
from allocations.models import Row, TrailEntry, TrailSeal
from allocations.services import publishing, sealing
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch
from tests.factories.accepting import accept_all
from tests.factories.lists import ProblemFactory
from tests.factories.people import actor
from tests.factories.policies import agree
from tests.services.conftest import Portal
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(tmp_path, settings):
    settings.TRAIL_KEY_FILE = str(tmp_path / "trail.pem")
    settings.TRAIL_SEALS_FILE = str(tmp_path / "seals.jsonl")
    return trail_key.public_hex(trail_key.make(Path(settings.TRAIL_KEY_FILE)))


@pytest.fixture
def made(portal: Portal, key, tmp_path) -> Path:
    """The bundle of a settled batch, whose trail is sealed and whose seals were sent."""
    run = portal.drain(portal.approved_run(rows=7))
    seal(portal)
    return bundle(portal, run.batch, tmp_path / "bundle.zip")


def seal(portal: Portal) -> None:
    sealing.link_entries()
    assert sealing.seal_if_due(now=portal.clock()) is not None
    assert publishing.publish_seals(now=portal.clock()) == 1


def bundle(portal: Portal, batch, path: Path, *, personal_data: bool = True) -> Path:
    found = bundle_of(actor("auditor"), [batch], personal_data=personal_data, reason="yearly audit")
    path.write_bytes(found.file.read())
    found.file.close()
    return path


def verified(path: Path, *words: str) -> tuple[int, str]:
    """By the program that is in the bundle, in a Python that knows nothing of the portal."""
    return verified_by(path, path, *words)


def verified_by(source: Path, path: Path, *words: str) -> tuple[int, str]:
    with zipfile.ZipFile(source) as content:
        program = path.with_name("verify.py")
        program.write_bytes(content.read("verify_bundle.py"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(path), *words], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_bundle_verifies_by_itself(made: Path, key, settings) -> None:
    code, told = verified(made, "--key", key, "--seals", settings.TRAIL_SEALS_FILE)
    assert code == 0, told
    assert "7 rows (7 credited), 700.00 points credited" in told
    assert "NOT SHOWN" not in told


def test_a_bundle_tells_what_it_does_not_show(made: Path) -> None:
    code, told = verified(made)
    assert code == 0
    assert "NOT SHOWN without --key" in told
    assert "NOT SHOWN without --seals" in told


def test_without_personal_data_nobody_is_in_it_and_the_rest_still_holds(portal: Portal, key, tmp_path) -> None:
    run = portal.drain(portal.approved_run(rows=3))
    seal(portal)
    path = bundle(portal, run.batch, tmp_path / "bundle.zip", personal_data=False)
    people = [value for row in Row.objects.all() for value in (row.name, row.mobile, row.email) if value]
    with zipfile.ZipFile(path) as content:
        everything = b"".join(content.read(name) for name in content.namelist()).decode()
    assert not [value for value in people if value in everything]
    code, told = verified(path)
    assert code == 0
    assert "that its rows' contents are those approved. The bundle is without details." in told
    assert not [row for row in lines(path, "rows.jsonl", folder=f"batch-{run.batch_id}/") if "payload_sha256" in row]


def test_personal_data_needs_a_reason(portal: Portal) -> None:
    batch = portal.approved_run(rows=1).batch
    with pytest.raises(InvalidInput, match="reason is empty"):
        bundle_of(actor("auditor"), [batch], personal_data=True, reason=" ")
    with pytest.raises(NotAllowed):
        bundle_of(actor("owner"), [batch], personal_data=False)


def test_a_list_under_review_has_a_bundle_too(portal: Portal, key, tmp_path) -> None:
    batch = portal.review_batch(rows=2)
    Row.objects.filter(batch=batch, number=3).update(amount=None, payload_hash="", error_count=1)
    code, told = verified(bundle(portal, batch, tmp_path / "bundle.zip"))
    assert (code, "2 rows (2 pending), 0.00 points credited" in told) == (0, True), told


def test_of_other_batches_only_hashes_are_in_it(portal: Portal, key, tmp_path) -> None:
    other = portal.drain(portal.approved_run(rows=2)).batch
    mine = portal.drain(portal.approved_run(rows=2)).batch
    seal(portal)
    path = bundle(portal, mine, tmp_path / "bundle.zip")
    assert {record["batch"] for record in lines(path, "trail.jsonl") if "body" in record} - {None} == {mine.pk}
    assert [record for record in lines(path, "trail.jsonl") if record["batch"] == other.pk and "body_sha256" in record]
    assert verified(path)[0] == 0


def test_the_chain_of_a_later_batch_begins_at_the_seal_before_it(portal: Portal, key, tmp_path, settings) -> None:
    portal.drain(portal.approved_run(rows=2))
    seal(portal)
    size = TrailSeal.objects.get().size
    later = portal.drain(portal.approved_run(rows=2)).batch
    seal(portal)
    path = bundle(portal, later, tmp_path / "bundle.zip")
    assert next(lines(path, "trail.jsonl"))["number"] == size + 1
    assert verified(path, "--key", key, "--seals", settings.TRAIL_SEALS_FILE)[0] == 0


# What is done to the file, and what the verifier says of it --------------------------------------------------------


def lines(path: Path, name: str, *, folder: str = ""):
    with zipfile.ZipFile(path) as content:
        yield from map(json.loads, content.read(folder + name).splitlines())


def rewritten(path: Path, **files) -> Path:
    """The bundle with other lines in some of its files: `trail=change` changes the list of records of trail.jsonl."""
    new = path.with_name("tampered.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w") as made:
        for name in old.namelist():
            change = files.get(Path(name).stem)
            content = old.read(name)
            if change:
                records = [json.loads(line) for line in content.splitlines()]
                content = "\n".join(map(json.dumps, change(records))).encode()
            made.writestr(name, content)
    return new


def edit(records: list[dict]) -> list[dict]:
    at = next(place for place, record in enumerate(records) if "batch approved" in record["body"])
    records[at]["body"] = records[at]["body"].replace("approved", "rejected", 1)
    return records


def chained_anew(records: list[dict]) -> list[dict]:
    previous = chain.GENESIS
    for number, record in enumerate(records, start=1):
        previous = chain.link(number, previous, batch=record["batch"], body=record["body"])
        record |= {"number": number, "link": previous}
    return records


def swap(records: list[dict]) -> list[dict]:
    records[2], records[3] = records[3], records[2]
    return records


TRAIL = {
    "edited": (edit, "was changed"),
    "edited and chained anew": (lambda r: chained_anew(edit(r)), "changed after it was sealed"),
    "deleted": (lambda r: r[:2] + r[3:], "is missing"),
    "deleted and chained anew": (
        lambda r: chained_anew(r[:2] + r[3:]),
        "its end was cut off|changed after it was sealed",
    ),
    "swapped": (swap, "is missing"),
    "twice": (lambda r: r[:3] + r[2:], "is missing"),
    "cut": (lambda r: r[:-4], "its end was cut off"),
    "hidden": (
        lambda r: [
            *r[:2],
            {k: v for k, v in r[2].items() if k != "body"} | {"body_sha256": chain.sha256(r[2]["body"])},
            *r[3:],
        ],
        "its text was left out",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), TRAIL.values(), ids=TRAIL)
def test_a_changed_trail_is_detected_from_the_file_alone(made: Path, change, sentence: str) -> None:
    code, told = verified(rewritten(made, trail=change))
    assert code == 1
    assert re.search(sentence, told), told


def signed_with(key: Ed25519PrivateKey, records: list[dict], former: list[dict]) -> list[dict]:
    """One seal over the records, as somebody with the key would make it."""
    said = json.loads(former[0]["text"]) | {
        "size": len(records),
        "head": records[-1]["link"],
        "previous": chain.GENESIS,
    }
    text = chain.canonical(said)
    return [{"text": text, "signature": key.sign(text.encode()).hex(), "public_key": trail_key.public_hex(key)}]


def written_anew(path: Path, key: Ed25519PrivateKey) -> Path:
    """The whole trail without its last entry, with links and seals that fit."""
    records = chained_anew(list(lines(path, "trail.jsonl"))[:-1])
    return rewritten(path, trail=lambda _: records, seals=lambda seals: signed_with(key, records, seals))


def test_another_key_is_detected_by_the_pinned_one_only(made: Path, key) -> None:
    tampered = written_anew(made, Ed25519PrivateKey.generate())
    assert verified(tampered)[0] == 0
    code, told = verified(tampered, "--key", key)
    assert code == 1
    assert "another key" in told


def test_a_stolen_key_is_detected_by_a_kept_seal_only(made: Path, key, settings) -> None:
    tampered = written_anew(made, trail_key.sealing_key())
    assert verified(tampered, "--key", key)[0] == 0
    code, told = verified(tampered, "--key", key, "--seals", settings.TRAIL_SEALS_FILE)
    assert code == 1
    assert "cut off" in told


def test_a_cut_at_an_old_seal_is_detected_by_a_kept_seal_only(portal: Portal, key, tmp_path, settings) -> None:
    batch = portal.drain(portal.approved_run(rows=2)).batch
    seal(portal)
    size = TrailSeal.objects.get().size
    portal.drain(portal.approved_run(rows=2))
    seal(portal)
    path = bundle(portal, batch, tmp_path / "bundle.zip")
    cut = rewritten(path, trail=lambda r: r[:size], seals=lambda s: s[:1])
    assert verified(cut, "--key", key)[0] == 0
    code, told = verified(cut, "--key", key, "--seals", settings.TRAIL_SEALS_FILE)
    assert code == 1
    assert "its end was cut off" in told


def change_row(**values):
    return lambda rows: [rows[0] | values, *rows[1:]]


def change_line(rows: list[dict]) -> list[dict]:
    rows[0]["lines"][0][3] = "TXN-OF-SOMEBODY"
    return rows


BATCH = {
    "another amount": ({"rows": change_row(amount=999)}, "rows and points are not those that were approved"),
    "another person": (
        {"rows": lambda r: [r[0] | {"payload": r[1]["payload"]}, *r[1:]]},
        "content is not what its hash says",
    ),
    "another content with its hash": (
        {"rows": lambda r: [r[0] | {"payload": "{}", "payload_sha256": chain.sha256("{}")}, *r[1:]]},
        "its rows are not those that were approved",
    ),
    "a row too few": ({"rows": lambda r: r[1:]}, "its rows are not those that were approved"),
    "a row twice": ({"rows": lambda r: [r[0], *r]}, "2 rows have the reference"),
    "a credit without proof": ({"rows": change_row(transaction_id="INVENTED")}, "nothing in the trail proves that"),
    "another outcome": ({"attempts": change_line}, "outcomes of its rows were changed"),
    "a call too few": ({"attempts": lambda a: a[1:]}, "calls of this bundle are not those of the trail"),
    "another call": (
        {"attempts": lambda a: [a[0] | {"payload_sha256": "0" * 64}, *a[1:]]},
        "not the call that was entered",
    ),
    "rows of a call in another order": (
        {"attempts": lambda a: [a[0] | {"lines": a[0]["lines"][::-1]}, *a[1:]]},
        "what was sent is not what was approved",
    ),
    "no vote": ({"votes": lambda v: []}, "no vote of the person who approved it"),
}


@pytest.mark.parametrize(("changes", "sentence"), BATCH.values(), ids=BATCH)
def test_a_changed_batch_is_detected(made: Path, changes, sentence: str) -> None:
    code, told = verified(rewritten(made, **changes))
    assert code == 1
    assert sentence in told


@pytest.fixture
def by_two(portal: Portal, key, tmp_path) -> Path:
    """The bundle of a batch that needed two approvers."""
    agree(two_from_rows=2)
    batch = submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk)
    for who in (portal.approver, actor("approver")):
        run = approve_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest)
    portal.drain(run)
    seal(portal)
    return bundle(portal, batch, tmp_path / "bundle.zip")


BY_TWO = {
    "untouched": ({}, 0, "none of them twice"),
    "the first vote is gone": ({"votes": lambda v: v[1:]}, 1, "it needed 2 approvers, and 1 approved it"),
    "one voted twice": ({"votes": lambda v: [v[1], v[1]]}, 1, "it needed 2 approvers, and 1 approved it"),
    "a vote that the trail does not know": (
        {"votes": lambda v: [v[0] | {"voted_by": 99_999}, v[1]]},
        1,
        "it needed 2 approvers, and 1 approved it",
    ),
}


@pytest.mark.parametrize(("changes", "code", "sentence"), BY_TWO.values(), ids=BY_TWO)
def test_as_many_approved_as_the_manifest_asks_for(by_two: Path, changes, code: int, sentence: str) -> None:
    assert verified(rewritten(by_two, **changes))[0] == code
    assert sentence in verified(rewritten(by_two, **changes))[1]


def test_something_else_than_a_bundle_is_unreadable(tmp_path, portal: Portal, made: Path) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"no zip")
    code, told = verified_by(made, other)
    assert code == 2
    assert "UNREADABLE" in told


# What is done to the database ---------------------------------------------------------------------------------------


def test_a_row_that_was_called_credited_by_hand_is_detected(portal: Portal, key, tmp_path) -> None:
    run = portal.drain(portal.approved_run(rows=3))
    seal(portal)
    remove_triggers(connection)
    row = Row.objects.filter(batch=run.batch).first()
    Row.objects.filter(pk=row.pk).update(transaction_id="BY-HAND")
    code, told = verified(bundle(portal, run.batch, tmp_path / "bundle.zip"))
    assert code == 1
    assert f"row {row.number}: it is called credited, and nothing in the trail proves that" in told


def test_an_entry_that_was_taken_out_of_the_database_is_detected(portal: Portal, key, tmp_path) -> None:
    run = portal.drain(portal.approved_run(rows=3))
    seal(portal)
    remove_triggers(connection)
    TrailEntry.objects.filter(event="batch approved").delete()
    code, told = verified(bundle(portal, run.batch, tmp_path / "bundle.zip"))
    assert code == 1
    assert "is missing" in told


def other_words(records: list[dict]) -> list[dict]:
    (manifest,) = records
    manifest["accepted"][0]["reason"] = "Something else"
    return records


def test_why_warnings_were_accepted_is_part_of_what_was_approved(portal: Portal, key, tmp_path) -> None:
    batch = portal.review_batch(rows=2)
    ProblemFactory(row=batch.rows.get(number=2), severity="warning", code="markup")
    accept_all(portal.maker, batch.pk, reason="A department is called so")
    sent = submit_batch(portal.maker, batch_id=batch.pk)
    seen = {"version": sent.version, "digest": sent.digest, "seen": ["markup"]}
    run = portal.drain(approve_batch(portal.approver, batch_id=batch.pk, **seen))
    seal(portal)
    path = bundle(portal, run.batch, tmp_path / "bundle.zip")
    (manifest,) = lines(path, "manifest.json", folder=f"batch-{batch.pk}/")
    assert manifest["accepted"] == [{"code": "markup", "reason": "A department is called so", "rows": 1}]
    assert verified(path)[0] == 0
    code, told = verified(rewritten(path, manifest=other_words))
    assert (code, "what was approved is not the manifest of this bundle" in told) == (1, True)
