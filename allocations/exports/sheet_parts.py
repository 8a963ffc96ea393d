"""The parts of an approval sheet, in the order of the page. What its presenters say is written as they say it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from allocations.domain.manifest import short_code
from allocations.exports.about import connection
from allocations.exports.sheet_paper import MARGIN, WIDTH, Paper
from allocations.exports.sheet_tables import Column, write_pairs, write_table
from allocations.models import Batch, Vote
from allocations.presenters.approval_sheets import WhatIsSigned, WhoSigns
from allocations.presenters.numbers import grouped, points, points_in_words, signed
from allocations.presenters.questions import Thread
from allocations.presenters.stories import person
from allocations.presenters.times import moment
from allocations.presenters.votes import Effect

_SQUARE = 26.0


@dataclass(frozen=True, slots=True)
class Content:
    """`approvals`: those on this content, the first one first; `approved`: whether they decided about it."""

    batch: Batch
    effect: Effect
    signed: WhatIsSigned
    signers: WhoSigns
    approvals: Sequence[Vote]
    threads: Sequence[Thread]
    address: str
    is_decided: bool


def write_top(paper: Paper, content: Content) -> None:
    """What happens, and the square that leads to the page."""
    batch, effect = content.batch, content.effect
    beside = WIDTH - _SQUARE - 6
    top = paper.at
    _square(paper, content.address, x=MARGIN + WIDTH - _SQUARE, y=top)
    paper.write_text("Approval sheet", size=9, width=beside)
    paper.write_text(batch.purpose, size=16, bold=True, width=beside)
    paper.at += 1
    paper.write_text(effect.start if content.is_decided else effect.sentence, size=11, width=beside)
    paper.write_text(f"In words: {points_in_words(effect.points)}.", size=9, width=beside)
    paper.write_text(_sum(content), size=9, width=beside)
    paper.write_text(content.address, size=7, width=beside)
    paper.at = max(paper.at, top + _SQUARE) + 3
    if effect.missing and not content.is_decided:
        _note(paper, "The balance is not enough for this batch", effect.shortage)


def write_facts(paper: Paper, content: Content) -> None:
    """Who made it, from which account, under which policy; and what everybody has to know of it."""
    batch, told = content.batch, content.signed
    write_pairs(paper, _facts(content))
    paper.at += 2
    if content.signers.against:
        _note(paper, "It cannot be approved now", content.signers.against)
    if told.restored:
        _note(paper, "After a restore", told.restored)
    if told.twin:
        said = f"Batch {told.twin.pk}, {told.twin.purpose}, was made from a file with exactly this content."
        _note(paper, "The same file was uploaded before", said)
    if told.repeats:
        lines = [f"{one.sentence} {one.when}" for one in told.repeats]
        lines.append(f"The maker's reason: “{batch.repeat_reason}”")
        _note(paper, "Points that another batch gives already", "\n".join(lines))


def write_unusual(paper: Paper, content: Content) -> None:
    _heading(paper, "What is unusual")
    if not content.signed.unusual:
        sent = "that were approved" if content.is_decided else "that would be sent"
        paper.write_text(f"No warnings among the rows {sent}.")
        return
    columns = (
        Column("Warning", 42),
        Column("Rows", 15, is_figure=True),
        Column("Points", 22, is_figure=True),
        Column("The maker's reason", 55),
        Column("For example", 48),
    )
    rows = (
        (
            kind.name,
            grouped(kind.rows),
            grouped(kind.points),
            f"“{kind.reason}”\n{kind.accepted_by}" if kind.reason else "–",
            _example(kind.first_row, kind.example),
        )
        for kind in content.signed.unusual
    )
    write_table(paper, columns, rows)


def write_threads(paper: Paper, content: Content) -> None:
    if not content.threads:
        return
    _heading(paper, "Questions and answers")
    for one in content.threads:
        about = f", about version {one.question.version}" if one.question.version != content.batch.version else ""
        paper.room_for(14)
        paper.write_text(f"Question {one.number}, {one.words}", bold=True)
        paper.write_text(f"{one.asked.who}, {moment(one.asked.at)}{about}:", size=7.5)
        paper.write_text(one.asked.text, x=MARGIN + 4, width=WIDTH - 4)
        for said in one.replies:
            paper.write_text(f"{said.who}, {moment(said.at)}:", size=7.5)
            paper.write_text(said.text, x=MARGIN + 4, width=WIDTH - 4)
        paper.at += 2


def write_comparison(paper: Paper, content: Content) -> None:
    batch, told = content.batch, content.signed
    found = told.comparison
    if found is None:
        _heading(paper, "Compared with the last batch")
        paper.write_text(f"This is the first batch from {batch.account.name}.")
        return
    _heading(paper, f"Compared with {found.before.purpose}, batch {found.before.pk}")
    columns = (Column("Batch", 102), Column("Rows", 40, is_figure=True), Column("Points", 40, is_figure=True))
    rows = (
        (found.before.purpose, grouped(found.rows_before), grouped(found.points_before)),
        ("Change", signed(found.rows_change), f"{signed(found.points_change)} ({found.percent})"),
    )
    write_table(paper, columns, rows, total=(batch.purpose, grouped(found.rows_now), grouped(found.points_now)))
    if told.changes:
        new, gone, other = told.changes.values()
        said = f"{grouped(new)} new, {grouped(gone)} no longer in the list, {grouped(other)} with other points."
        paper.write_text(said)
    elif not told.comparable:
        paper.write_text("Its people were erased, so nobody can be compared.")


def write_spread(paper: Paper, content: Content) -> None:
    _heading(paper, "Points per person")
    columns = (Column("Points", 102), Column("People", 40, is_figure=True), Column("Points in all", 40, is_figure=True))
    rows = ((bar.label, grouped(bar.people), grouped(bar.points)) for bar in content.signed.bars)
    total = ("Total", grouped(content.effect.rows), grouped(content.effect.points))
    write_table(paper, columns, rows, total=total)


def write_rows(paper: Paper, heading: str, said: str, rows: Iterable[Sequence[str]], total: Sequence[str]) -> None:
    _heading(paper, heading)
    paper.write_text(said, size=8)
    paper.at += 1
    columns = (
        Column("Row", 18, is_figure=True),
        Column("Why it is here", 25),
        Column("Name", 53),
        Column("Mobile", 23),
        Column("Points", 22, is_figure=True),
        Column("Remarks", 41),
    )
    write_table(paper, columns, rows, total=total)


def write_votes(paper: Paper, content: Content) -> None:
    signers = content.signers
    votes = [*signers.earlier_votes, *content.approvals]
    _heading(paper, "Votes" if content.is_decided else "Votes given so far")
    if not votes:
        paper.write_text("No vote yet.")
    else:
        columns = (
            Column("Who", 46),
            Column("Decision", 24),
            Column("On", 42),
            Column("At", 38),
            Column("Reason", 32),
        )
        rows = (
            (
                person(vote.voted_by),
                "approved" if vote.decision == "approve" else "sent back",
                f"{short_code(vote.digest)}, version {vote.version}",
                moment(vote.voted_at),
                vote.reason or "–",
            )
            for vote in votes
        )
        write_table(paper, columns, rows)
    for line in signers.progress.gone:
        paper.write_text(line)


def write_boxes(paper: Paper, content: Content) -> None:
    """Where people sign on paper; whoever approved in the portal stands in their box."""
    given = list(content.signers.progress.given) if content.is_decided else []
    boxes = [(box, given[at] if at < len(given) else "") for at, box in enumerate(content.signers.boxes)]
    boxes.append(("Maker", person(content.batch.submitted_by)))
    height, width = 32.0, (WIDTH - 8) / 2
    _heading(paper, "Signatures")
    for at, (role, who) in enumerate(boxes):
        if at % 2 == 0:
            paper.room_for(height + 4)
        x = MARGIN + (at % 2) * (width + 8)
        paper.set_line_width(0.2)
        paper.rect(x, paper.at, width, height)
        paper.put(x + 3, paper.at + 5.5, paper.lines(role, width - 6, bold=True)[0], bold=True)
        for line_at, line in enumerate(paper.lines(who, width - 6, size=7.5)[:2]):
            paper.put(x + 3, paper.at + 10 + 4 * line_at, line, size=7.5)
        for place, label in ((20.0, "Name"), (28.5, "Signature")):
            paper.put(x + 3, paper.at + place, paper.lines(label, 20, size=7.5)[0], size=7.5)
            paper.line(x + 19, paper.at + place + 0.5, x + width - 34, paper.at + place + 0.5)
        paper.put(x + width - 32, paper.at + 28.5, paper.lines("Date", 20, size=7.5)[0], size=7.5)
        paper.line(x + width - 24, paper.at + 29, x + width - 3, paper.at + 29)
        if at % 2 or at == len(boxes) - 1:
            paper.at += height + 4


def _facts(content: Content) -> list[tuple[str, str]]:
    batch, effect, told = content.batch, content.effect, content.signed
    found = [
        ("Purpose", batch.purpose),
        ("Account", f"{batch.account.name}, {batch.account.card_account_id}"),
        ("EnKash connection", connection()),
    ]
    if not content.is_decided:
        read = (
            "not read yet"
            if effect.balance is None
            else f"{points(effect.balance)}, read {moment(batch.account.balance_at)}"
        )
        before = f" (batches approved before take {grouped(effect.committed)})" if effect.committed else ""
        found += [("Balance", read), ("Free after this", f"{points(effect.free_after)}{before}")]
    needed = (batch.approvers_why or "One approver.", f"Policy {batch.policy}.", content.signers.progress.sentence)
    found += [
        ("Made by", f"{person(batch.uploaded_by)}, {moment(batch.created_at)}"),
        ("Submitted by", f"{person(batch.submitted_by)}, {moment(batch.submitted_at)}"),
        ("Who gets points", told.who_gets_points),
        ("Needs", " ".join(part for part in needed if part)),
    ]
    if content.is_decided:
        found += [("Approved by", line) for line in content.signers.progress.given]
    else:
        found += [("After approval", told.after_approval)]
    return [*found, ("Digest", f"{short_code(batch.digest)}, version {batch.version}"), ("SHA-256", batch.digest)]


def _sum(content: Content) -> str:
    """12 rows in file = 10 submitted + 2 left out"""
    equation = content.signed.equation
    parts = " + ".join(f"{grouped(part.number)} {part.label}" for part in equation.parts)
    return f"{grouped(equation.whole.number)} {equation.whole.label} {'=' if equation.adds_up else '≠'} {parts}."


def _example(first_row: int | None, example: str) -> str:
    where = f"Row {grouped(first_row)}" if first_row else ""
    return ": ".join(part for part in (where, example) if part) or "–"


def _heading(paper: Paper, text: str) -> None:
    paper.room_for(24)
    paper.at += 3
    paper.write_text(text, size=11, bold=True)
    paper.at += 0.8


def _note(paper: Paper, head: str, text: str) -> None:
    """Set off by a line at its left: no colour is needed to see it."""
    paper.room_for(16)
    top, page = paper.at, paper.page_no()
    paper.write_text(head, x=MARGIN + 4, width=WIDTH - 4, size=9.5, bold=True)
    paper.write_text(text, x=MARGIN + 4, width=WIDTH - 4)
    if paper.page_no() == page:
        paper.set_line_width(0.9)
        paper.line(MARGIN + 1, top, MARGIN + 1, paper.at)
    paper.at += 2


def _square(paper: Paper, text: str, *, x: float, y: float) -> None:
    """A QR code; its quiet zone is the white of the page. Neighbouring modules are one rectangle."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    rows = code.get_matrix()
    side = _SQUARE / len(rows)
    for down, row in enumerate(rows):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:
                paper.rect(x + start * side, y + down * side, (end - start) * side, side, style="F")
            start = end + 1
