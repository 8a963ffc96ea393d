"""From a list of thousands to credited points and an export, in a real browser, with everything real."""

import csv
import re
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from tests.e2e.persons import Person
from tests.e2e.stack import Stack


def exported_rows(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    with closing(load_workbook(path, read_only=True)) as book:
        lines = book["Rows"].iter_rows(values_only=True)
        header = [str(cell) for cell in next(lines)]
        texts = (["" if cell is None else str(cell) for cell in line] for line in lines)
        return [dict(zip(header, line, strict=True)) for line in texts]


def credited(rows: list[dict[str, str]]) -> dict[str, tuple[str, int]]:
    given = (row for row in rows if row["Outcome"] == "credited")
    return {row["Our reference"]: (row["EnKash transaction id"], int(float(row["Credited points"]))) for row in given}


def check_books(stack: Stack, maker: Person, batch: int, folder: Path) -> list[dict[str, str]]:
    """Page, both exports and EnKash's ledger say the same, row by row."""
    rows = exported_rows(maker.export(batch, "safe CSV", to=folder / "batch.csv"))
    assert rows == exported_rows(maker.export(batch, "XLSX", to=folder / "batch.xlsx"))
    references = {row["Our reference"] for row in rows}
    ledger = {reference: entry for reference, entry in stack.ledger().items() if reference in references}
    assert credited(rows) == ledger
    counted = {name: sum(row["Outcome"] == name for row in rows) for name in ("credited", "failed", "left out")}
    figures = maker.figures(batch)
    assert (figures["rows in file"], figures["credited"], figures["failed"]) == (
        len(rows),
        counted["credited"],
        counted["failed"],
    )
    assert len(rows) == sum(counted.values())
    return rows


def test_csv_goes_from_upload_to_a_checked_export(
    stack: Stack, browser: Browser, samples: dict[str, Path], tmp_path: Path
) -> None:
    maker = Person(browser, stack.url, "demo-admin")
    approver = Person(browser, stack.url, "demo-approver")
    batch = maker.upload(samples["csv"], purpose="Diwali 2026")
    maker.submit()
    approver.approve(batch)
    maker.wait_for_the_end(batch)
    rows = check_books(stack, maker, batch, tmp_path)
    failed = {row["Our reference"] for row in rows if row["Outcome"] == "failed"}
    assert maker.rerun_failed(batch) == len(failed) > 0
    maker.wait_for_the_end(batch)
    again = check_books(stack, maker, batch, tmp_path)
    assert {row["Our reference"] for row in again if row["Outcome"] == "failed"} < failed
    assert (maker.complaints, approver.complaints) == ([], [])
    look_on_a_phone(stack, browser, batch)


def look_on_a_phone(stack: Stack, browser: Browser, batch: int) -> None:
    """Rows stand as cards that need no scrolling sideways, and an id is copied with a tap."""
    may = ["clipboard-read", "clipboard-write"]
    person = Person(browser, stack.url, "demo-admin", viewport={"width": 390, "height": 800}, permissions=may)
    page = person.page
    page.goto(f"{stack.url}/batches/{batch}/?state=credited")
    row = page.get_by_role("row").filter(has_text="Credited").first
    expect(row.get_by_role("rowheader")).to_be_visible()
    assert page.locator(".scroll:has(> .cards)").evaluate("part => part.scrollWidth - part.clientWidth") == 0
    row.get_by_role("link").click()
    reference = page.locator("[data-copy]").first.inner_text()
    button = page.get_by_role("button", name=f"Copy {reference}", exact=True)
    expect(button).to_have_count(1)
    button.click()
    expect(page.get_by_role("button", name=f"Copied {reference}", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == reference
    assert person.complaints == []


def test_xlsx_survives_five_killed_workers_and_a_flushed_redis(
    stack: Stack, browser: Browser, samples: dict[str, Path], tmp_path: Path
) -> None:
    maker = Person(browser, stack.url, "demo-admin")
    batch = maker.upload(samples["xlsx"], purpose="Onam 2026")
    maker.submit()
    Person(browser, stack.url, "demo-approver-2").approve(batch)
    for kill in range(5):
        reached = 200 * (kill + 1)
        for _ in range(240):
            if maker.figures(batch)["credited"] >= reached and stack.kill_worker("runs"):
                break
            maker.page.wait_for_timeout(500)
        if kill == 2:
            stack.flush_redis()
    maker.wait_for_the_end(batch)
    check_books(stack, maker, batch, tmp_path)
    assert sum("runs " in line and "starts again" in line for line in stack.lines) >= 5


def test_maker_cannot_approve(stack: Stack, browser: Browser, tmp_path: Path) -> None:
    small = tmp_path / "small.csv"
    # Nobody of another test's list: the same person with the same points would want a reason.
    small.write_text("Name,Mobile,Points\nKiran Bedse,9812300713,713\n", encoding="utf-8")
    maker = Person(browser, stack.url, "demo-admin-2")
    batch = maker.upload(small, purpose="Spot award")
    maker.submit()
    maker.page.goto(f"/batches/{batch}/approval/")
    button = maker.page.get_by_role("button", name=re.compile("^Approve"))
    expect(button).to_have_attribute("aria-disabled", "true")
    token = maker.page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = maker.page.request.post(
        f"{stack.url}/batches/{batch}/approve/",
        form={"csrfmiddlewaretoken": token, "version": "1", "digest": "0" * 64, "total": "713"},
        headers={"Referer": stack.url},
    )
    assert answer.status == 403


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"Name,Points\nAsha,5\n", "Missing column"),
        (b'Name,Mobile,Points\n"Asha,9876501234,5\n', "never closed"),
    ],
)
def test_unreadable_file_gets_one_sentence_and_stores_nothing(
    stack: Stack, browser: Browser, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    maker = Person(browser, stack.url, "demo-admin")
    maker.page.goto("/batches/new/")
    maker.page.get_by_label("Purpose", exact=True).fill("Broken")
    maker.page.get_by_role("radio", name=re.compile("^New and existing")).check()
    maker.page.get_by_label("File", exact=True).set_input_files(path)
    maker.press("Upload and check")
    expect(maker.page.get_by_text(sentence).first).to_be_visible(timeout=60_000)
