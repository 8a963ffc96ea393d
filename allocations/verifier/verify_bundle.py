"""Checks a bundle of the rewards portal without the portal: python3 verify_bundle.py BUNDLE.zip

Needs nothing but Python 3.9. Three questions, answered from the file alone: was nothing sent that nobody approved, was
no row credited twice, is none missing? --key: the public key, got by other means; without it a trail written anew with
another key looks right. --seals: seals that you kept (mails, a log); without them a trail cut at its end looks right.
Ends with 0: everything holds; 1: something does not; 2: the bundle cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

Record = dict[str, Any]
Entries = Sequence[tuple[int, Record]]
Point = tuple[int, int, int, int]
GENESIS = "0" * 64
APPROVED = ("batch approval given", "batch approved")
# Of the rows that approvers open: how many largest ones, and up to how many none has to be opened.
LARGEST, SHOWN_WHOLE = 5, 8
FILES = ("votes", "rows", "attempts", "questions")
SAID = {"question asked": "asked", "question answered": "answer", "question taken back": "take_back"}


class Wrong(Exception):
    """What does not hold, as a sentence."""


def sha256(data: str | bytes) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


# Ed25519 signatures (RFC 8032), for checking only ----------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
BASE_Y = 4 * pow(5, -1, P) % P


def _point(encoded: bytes) -> Point:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _add(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def signed(text: str, signature: str, public_key: str) -> bool:
    """Whether the holder of `public_key` signed the text; both in hexadecimal."""
    try:
        key, raw = bytes.fromhex(public_key), bytes.fromhex(signature)
        scalar = int.from_bytes(raw[32:], "little")
        if len(key) != 32 or len(raw) != 64 or scalar >= ORDER:
            return False
        challenge = int.from_bytes(hashlib.sha512(raw[:32] + key + text.encode()).digest(), "little") % ORDER
        left = _times(scalar, _point(BASE_Y.to_bytes(32, "little")))
        right = _add(_point(raw[:32]), _times(challenge, _point(key)))
    except ValueError:
        return False
    return all((left[axis] * right[2] - right[axis] * left[2]) % P == 0 for axis in (0, 1))


# The trail -------------------------------------------------------------------------------------------------------


def check_chain(records: Iterable[Record], after: tuple[int, str]) -> Iterator[Record]:
    """Follows the links from `after`, the number and link before the first record, and yields what fits."""
    number, previous = after
    for record in records:
        number += 1
        if record["number"] != number:
            raise Wrong(f"Entry {number} of the trail is missing; entry {record['number']} is in its place.")
        body = record.get("body")
        body_hash = record["body_sha256"] if body is None else sha256(body)
        batch = "-" if record["batch"] is None else record["batch"]
        if sha256(f"{number} {previous} {batch} {body_hash}") != record["link"]:
            raise Wrong(f"Entry {number} of the trail was changed, or the one before it: its link does not fit.")
        previous = record["link"]
        yield record


def check_seal(seal: Record, heads: Mapping[int, str], last: int, pinned: str) -> None:
    """`heads`: links by number, of those that are in the bundle; `last`: the highest number."""
    said = json.loads(seal["text"])
    name = f"The seal of {said['size']} entries"
    if pinned and seal["public_key"] != pinned:
        raise Wrong(f"{name} was made with another key than the one you gave.")
    if not signed(seal["text"], seal["signature"], seal["public_key"]):
        raise Wrong(f"{name} has a wrong signature.")
    if said["size"] > last:
        raise Wrong(f"{name} was made, but the trail here has {last}: its end was cut off.")
    if heads.get(said["size"], said["head"]) != said["head"]:
        raise Wrong(f"{name} does not fit the trail: it was changed after it was sealed.")


# A batch ---------------------------------------------------------------------------------------------------------


def merkle_root(leaves: Iterable[str]) -> str:
    """RFC 6962."""
    level = [hashlib.sha256(b"\x00" + leaf.encode()).digest() for leaf in leaves] or [hashlib.sha256().digest()]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0].hex()


def check_batch(batch: int, manifest: str, files: Mapping[str, list[Record]], entries: Entries) -> Iterator[str]:
    """`entries`: the batch's own of the trail, by number. Yields sentences that tell what was found."""
    votes, rows, attempts, said = (files[name] for name in FILES)
    for number, entry in entries:
        if entry["batch"] != batch:
            raise Wrong(f"Entry {number} of the trail names another batch than its link.")
    approved = check_approval(batch, manifest, votes, entries)
    check_questions(batch, manifest, said, entries)
    check_rows(batch, json.loads(manifest) if approved else None, rows)
    if approved:
        check_sample(batch, manifest, rows, entries)
    check_attempts(batch, attempts, entries, {row["number"]: row for row in rows}, approved)
    check_credits(batch, rows, proofs_of(attempts, entries))
    states = sorted(Counter(row["state"].replace("_", " ") for row in rows).items())
    counted = ", ".join(f"{count} {state}" for state, count in states)
    points = sum(Decimal(row["credited"]) for row in rows if row["state"] == "credited")
    yield f"Batch {batch}: {len(rows)} rows ({counted}), {points:.2f} points credited, none of them twice."
    yield f"Batch {batch}: {len(attempts)} calls, each of approved rows only and entered before it was made."
    if said:
        asked = sum(one["kind"] == "asked" for one in said)
        yield f"Batch {batch}: questions of approvers: {asked}; nobody approved while one was open."
    if not all("text" in one for one in said):
        yield f"NOT SHOWN of batch {batch}: the words of its questions and answers. The bundle is without them."
    if not all("payload" in row for row in rows if row["state"] != "left_out"):
        yield f"NOT SHOWN of batch {batch}: that its rows' contents are those approved. The bundle is without details."


def roots(entries: Entries) -> dict[int, str]:
    """By call: the root of its outcomes that was entered last."""
    return {e["object"]["id"]: e["data"]["outcomes_root"] for _, e in entries if "outcomes_root" in e["data"]}


def check_approval(batch: int, manifest: str, votes: list[Record], entries: Entries) -> int | None:
    """The number of the entry that tells of the approval; None where nobody approved."""
    approvals = [(number, entry) for number, entry in entries if entry["event"] == "batch approved"]
    if not approvals:
        return None
    number, entry = approvals[-1]
    digest, content = sha256(manifest), json.loads(manifest)
    if entry["data"]["digest"] != digest or content["batch"] != batch:
        raise Wrong(f"Batch {batch}: what was approved is not the manifest of this bundle.")
    voters = {vote["voted_by"] for vote in votes if vote["decision"] == "approve" and vote["digest"] == digest}
    if entry["actor"]["id"] not in voters:
        raise Wrong(f"Batch {batch}: there is no vote of the person who approved it.")
    entered = {e["actor"]["id"] for _, e in entries if e["event"] in APPROVED and e["data"]["digest"] == digest}
    # The first manifests knew no policy: one approver.
    policy = content.get("policy", {"approvers": 1})
    needed, group = policy["approvers"], policy.get("group")
    if len(voters & entered) < needed:
        raise Wrong(f"Batch {batch}: it needed {needed} approvers, and {len(voters & entered)} approved it.")
    if group and not voters & entered & set(entry["data"].get("of_group", ())):
        raise Wrong(f"Batch {batch}: nobody of the group “{group}” approved it, and one of its approvers had to be.")
    if voters & makers_of(content):
        raise Wrong(f"Batch {batch}: somebody approved a list that they had a hand in.")
    return number


def makers_of(manifest: Record) -> set[int]:
    return {manifest["uploaded_by"], manifest["submitted_by"], *manifest["editors"]}


def check_questions(batch: int, manifest: str, said: list[Record], entries: Entries) -> None:
    """What was asked and answered is what the trail binds, and nobody approved over an open question."""
    entered = {
        (SAID[e["event"]], e["object"]["id"], e["data"].get("reply")): [
            *(e["actor"]["id"], e["at"]),
            *(e["data"][name] for name in ("version", "digest", "sha256")),
        ]
        for _, e in entries
        if e["event"] in SAID
    }
    found = {
        (one["kind"], one["question"], one["reply"]): [one[k] for k in ("by", "at", "version", "digest", "sha256")]
        for one in said
    }
    if found != entered or len(found) != len(said):
        raise Wrong(f"Batch {batch}: its questions and answers are not those of the trail.")
    makers = makers_of(json.loads(manifest)) if manifest else set()
    askers = {one["question"]: one["by"] for one in said if one["kind"] == "asked"}
    for one in said:
        name = f"Batch {batch}, question {one['question']}"
        if "text" in one and sha256(one["salt"] + one["text"]) != one["sha256"]:
            raise Wrong(f"{name}: its words were changed.")
        if one["digest"] == sha256(manifest) and (one["kind"] == "answer") != (one["by"] in makers):
            raise Wrong(f"{name}: it was asked by somebody who made the list, or answered by somebody who did not.")
        if one["kind"] == "take_back" and one["by"] != askers[one["question"]]:
            raise Wrong(f"{name}: somebody took back what another person had asked.")
    check_none_open(batch, entries)


def check_none_open(batch: int, entries: Entries) -> None:
    """At each approval, every question about its content had a reply, and the approver had ticked all of them."""
    asked: dict[int, str] = {}
    replies: Counter[int] = Counter()
    for _, entry in entries:
        question, data = entry["object"]["id"], entry["data"]
        if entry["event"] == "question asked":
            asked[question] = data["digest"]
        elif entry["event"] in SAID:
            replies[question] += 1
        elif entry["event"] in APPROVED:
            for about in (one for one, digest in asked.items() if digest == data["digest"]):
                if not replies[about]:
                    raise Wrong(f"Batch {batch}: it was approved while question {about} was open.")
                if f"question_{about}_{replies[about]}" not in data.get("seen", ()):
                    raise Wrong(
                        f"Batch {batch}: somebody approved it who had not ticked what question {about} brought."
                    )


def check_rows(batch: int, manifest: Record | None, rows: list[Record]) -> None:
    sent = sorted((row for row in rows if row["state"] != "left_out"), key=lambda row: int(row["number"]))
    for row in sent:
        if "payload" in row and sha256(row["payload"]) != row["payload_sha256"]:
            raise Wrong(f"Batch {batch}, row {row['number']}: its content is not what its hash says.")
    for reference, count in Counter(row["reference"] for row in rows).items():
        if count > 1:
            raise Wrong(f"Batch {batch}: {count} rows have the reference {reference}.")
    if manifest is None:
        return
    shown = all("payload" in row for row in sent)
    if shown and merkle_root(f"{r['number']}:{r['payload_sha256']}" for r in sent) != manifest["merkle_root"]:
        raise Wrong(f"Batch {batch}: its rows are not those that were approved: one is missing, added or changed.")
    if (len(sent), sum(row["amount"] for row in sent)) != (manifest["rows"], manifest["points"]):
        raise Wrong(f"Batch {batch}: rows and points are not those that were approved.")


def check_sample(batch: int, manifest: str, rows: list[Record], entries: Entries) -> None:
    """Who approved had opened the largest rows. Short lists stand on the sheet whole; old manifests know no sample."""
    content = json.loads(manifest)
    if int(content.get("manifest_version", "1")) < 4 or content["rows"] <= SHOWN_WHOLE:
        return
    sent = [row for row in rows if row["state"] != "left_out"]
    largest = {row["number"] for row in sorted(sent, key=lambda row: (-row["amount"], row["number"]))[:LARGEST]}
    for _, entry in entries:
        approves = entry["event"] in APPROVED and entry["data"]["digest"] == sha256(manifest)
        if approves and not largest <= set(entry["data"].get("sample", ())):
            raise Wrong(f"Batch {batch}: somebody approved it who had not opened its largest rows.")


def check_attempts(
    batch: int, attempts: list[Record], entries: Entries, rows: Mapping[int, Record], approved: int | None
) -> None:
    """`approved`: the number of the approval's entry."""
    applied = roots(entries)
    intended = {e["object"]["id"]: (number, e["data"]) for number, e in entries if e["event"] == "attempt intended"}
    if set(intended) != {attempt["id"] for attempt in attempts}:
        raise Wrong(f"Batch {batch}: the calls of this bundle are not those of the trail.")
    for attempt in attempts:
        name = f"Batch {batch}, call {attempt['id']}"
        number, said = intended[attempt["id"]]
        sent = [rows[line[0]] for line in attempt["lines"] if line[0] in rows]
        if approved is None or number < approved or len(sent) != len(attempt["lines"]):
            raise Wrong(f"{name}: it was made before the approval, or with a row that nobody approved.")
        if (said["payload_sha256"], said["rows"]) != (attempt["payload_sha256"], len(sent)):
            raise Wrong(f"{name}: it is not the call that was entered in the trail.")
        shown = all("payload" in row for row in sent)
        if shown and sha256("[" + ",".join(row["payload"] for row in sent) + "]") != attempt["payload_sha256"]:
            raise Wrong(f"{name}: what was sent is not what was approved.")
        root = merkle_root(f"{place}:{line[1]}:{line[2]}:{line[3]}" for place, line in enumerate(attempt["lines"]))
        if applied.get(attempt["id"], root) != root:
            raise Wrong(f"{name}: the outcomes of its rows were changed after they were entered in the trail.")


def proofs_of(attempts: list[Record], entries: Entries) -> dict[int, set[str]]:
    """Transaction ids that the trail has for a row's credit: of answers, of look-ups, of people who decided."""
    applied = roots(entries)
    said = [(line[0], line[1], line[3]) for a in attempts if a["id"] in applied for line in a["lines"]]
    decided = [tuple(line) for _, entry in entries for line in entry["data"].get("decided", ())]
    proofs: dict[int, set[str]] = {}
    for row, outcome, transaction in [*said, *decided]:
        if outcome == "credited":
            proofs.setdefault(row, set()).add(transaction)
    return proofs


def check_credits(batch: int, rows: list[Record], proofs: Mapping[int, Collection[str]]) -> None:
    """Every credit has its proof in the trail, and no row has two."""
    for row in rows:
        name, found = f"Batch {batch}, row {row['number']}", proofs.get(row["number"], ())
        ids = sorted(set(found) - {""})
        if len(ids) > 1:
            raise Wrong(f"{name}: it was credited twice, as {' and as '.join(ids)}.")
        if row["state"] != "credited":
            continue
        if (row["transaction_id"] or "") not in found:
            raise Wrong(f"{name}: it is called credited, and nothing in the trail proves that.")
        if Decimal(row["reversed"]) > Decimal(row["credited"]):
            raise Wrong(f"{name}: more was taken back than was credited.")


# The bundle ------------------------------------------------------------------------------------------------------


def verify(bundle: zipfile.ZipFile, pinned: str = "", kept: Sequence[Record] = ()) -> Iterator[str]:
    """Yields sentences; raises Wrong."""
    about, seals = json.loads(bundle.read("bundle.json")), list(_lines(bundle, "seals.jsonl"))
    entries: dict[int, list[tuple[int, Record]]] = {batch: [] for batch in about["batches"]}
    heads, last = follow(bundle, (about["after"]["number"], about["after"]["link"]), (*seals, *kept), entries)
    for seal in (*seals, *kept):
        check_seal(seal, heads, last, pinned)
    if any(json.loads(seal["text"])["previous"] != sha256(seals[at]["text"]) for at, seal in enumerate(seals[1:])):
        raise Wrong("A seal does not follow the seal before it: one is missing.")
    covered = json.loads(seals[-1]["text"])["size"] if seals else 0
    yield f"Trail: entries {about['after']['number'] + 1} to {last}, unbroken; sealed up to entry {covered}."
    for batch in about["batches"]:
        folder = f"batch-{batch}"
        files = {name: list(_lines(bundle, f"{folder}/{name}.jsonl")) for name in FILES[:-1]}
        # Bundles of before there were questions have none.
        asked = f"{folder}/questions.jsonl" in bundle.namelist()
        files["questions"] = list(_lines(bundle, f"{folder}/questions.jsonl")) if asked else []
        manifest = bundle.read(f"{folder}/manifest.json").decode()
        yield from check_batch(batch, manifest, files, entries[batch])
    if not covered:
        yield "NOT SHOWN: no seal is in the bundle, so whoever has the database could have written it all anew."
    elif not pinned:
        yield "NOT SHOWN without --key: that the seals are the portal's own. Ask for its public key by other means."
    if not kept:
        yield "NOT SHOWN without --seals: that nothing was cut off at the end. Keep the seals that the portal sends."


def follow(
    bundle: zipfile.ZipFile,
    after: tuple[int, str],
    seals: Iterable[Record],
    entries: dict[int, list[tuple[int, Record]]],
) -> tuple[dict[int, str], int]:
    """Fills `entries`, by batch; returns the links at which a seal was made, by number, and the last number."""
    sealed, heads, last = {json.loads(seal["text"])["size"] for seal in seals}, dict([after]), after[0]
    for record in check_chain(_lines(bundle, "trail.jsonl"), after):
        last = record["number"]
        if last in sealed:
            heads[last] = record["link"]
        if record["batch"] in entries:
            if "body" not in record:
                raise Wrong(f"Entry {last} is of batch {record['batch']}, and its text was left out.")
            entries[record["batch"]].append((last, json.loads(record["body"])))
    return heads, last


def _lines(bundle: zipfile.ZipFile, name: str) -> Iterator[Record]:
    # A buffer of its own: a zip member finds the ends of lines slowly.
    with bundle.open(name) as file:
        yield from map(json.loads, io.BufferedReader(file, 1 << 20))  # type: ignore[type-var]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", help="the zip file")
    parser.add_argument("--key", default="", help="the portal's public key, 64 hexadecimal digits")
    parser.add_argument("--seals", type=Path, help="a file of seals that you kept, a line of JSON each")
    options = parser.parse_args()
    try:
        kept = [json.loads(line) for line in options.seals.read_text().splitlines() if line] if options.seals else []
        with zipfile.ZipFile(options.bundle) as bundle:
            for sentence in verify(bundle, options.key.strip().lower(), kept):
                print(sentence)
    except Wrong as wrong:
        print(f"WRONG: {wrong}")
        return 1
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        print(f"UNREADABLE: {type(error).__name__}: {error}")
        return 2
    print("Everything that could be checked holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
