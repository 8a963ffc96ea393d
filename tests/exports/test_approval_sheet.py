"""The approval sheet as PDF, read back: what stands on it, for whom, and that nothing is missing or there twice."""

import hashlib
import io
import json
import re
import shutil
from dataclasses import dataclass
from html import unescape

import pytest
from django.conf import settings as project
from django.contrib.staticfiles import finders
from django.urls import reverse
from pypdf import PdfReader
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.manifest import short_code
from allocations.exports import approval_sheet as sheets
from allocations.exports.approval_sheet import approval_sheet
from allocations.exports.sheet_fonts import font_file
from allocations.models import Repeat, TrailEntry
from allocations.selectors.samples import sample_of
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.lists import NOW, AccountFactory
from tests.factories.people import actor, known, person
from tests.factories.questions import ASKED, answer, ask
from tests.factories.runs import VoteFactory
from tests.factories.sheets import sheet_batch

pytestmark = pytest.mark.django_db
HEAD = "Row Why it is here Name Mobile Points Remarks"
HIDDEN = {"name": "Asha 9876543210", "remarks": "call asha@example.com"}


@dataclass
class Read:
    """One sheet, read back."""

    name: str
    sha256: str
    rows: str
    content: bytes
    reader: PdfReader

    @property
    def pages(self) -> list[str]:
        return [page.extract_text() for page in self.reader.pages]

    @property
    def text(self) -> str:
        """Of all pages, in one line."""
        return flat(" ".join(self.pages))


def printed(who, batch, rows="sample") -> Read:
    made = approval_sheet(who, batch_id=batch.pk, rows=rows)
    with made.file as file:
        content = file.read()
    return Read(made.name, made.sha256, made.rows, content, PdfReader(io.BytesIO(content)))


def flat(text: str) -> str:
    return " ".join(text.split())


def numbers(read: Read) -> list[str]:
    """Of the rows on the sheet: in the order of the pages, mobile by mobile."""
    return re.findall(r"^([\d,]+) .*?\*{6}\d{4} ", "\n".join(read.pages), re.MULTILINE)


def test_all_rows_stand_on_it_once_under_headings_on_every_page():
    batch = sheet_batch(*({"name": f"Person {number}"} for number in range(149)))
    read = printed(actor("approver"), batch, "all")
    assert numbers(read) == [str(number) for number in range(2, 152)]
    with_rows = [page for page in read.pages if re.search(r"\*{6}\d{4}", page)]
    assert len(with_rows) >= 3
    assert [page.count(HEAD) for page in with_rows] == [1] * len(with_rows)
    assert "Total 150 rows 75,000" in read.text


def test_every_page_names_batch_digest_and_its_number():
    batch = sheet_batch(*({} for _ in range(80)))
    pages = printed(actor("approver"), batch, "all").pages
    for number, page in enumerate(pages, start=1):
        assert f"Batch {batch.pk}, version {batch.version}, digest {short_code(batch.digest)}" in page
        assert f"SHA-256 {batch.digest}" in page
        assert f"Page {number} of {len(pages)}" in page
        assert "SIMULATOR: DEMO DATA, NO REAL POINTS" in page


def test_sample_is_the_one_of_the_page_and_nothing_more():
    batch = sheet_batch(*({"amount": 100 + number} for number in range(40)))
    read = printed(actor("approver"), batch)
    assert numbers(read) == [str(one.row.number) for one in sample_of(batch)]
    assert len(numbers(read)) < 20
    assert read.rows == "sample"


def test_longer_list_gets_its_sample_and_a_sentence(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 20)
    read = printed(actor("approver"), sheet_batch(*({} for _ in range(20))), "all")
    assert "The list has 21 rows, more than the 20 that a sheet holds: this is its sample." in read.text
    assert (read.rows, len(numbers(read)) < 20) == ("sample", True)
    assert TrailEntry.objects.get(event="batch exported").data["outcome"] == "sample"


@pytest.mark.parametrize(
    ("role", "in_full"), [("approver", True), ("maker", True), ("admin", False), ("auditor", False)]
)
def test_it_is_masked_as_the_page_is(client, role, in_full):
    batch = sheet_batch(HIDDEN, warned=True)
    ask(actor("approver"), batch, "Is 9812345678 right?")
    user = batch.uploaded_by if role == "maker" else person(role)
    for rows in ("sample", "all"):
        text = printed(known(user), batch, rows).text
        found = [secret in text for secret in ("9876543210", "asha@example.com", "9999999999", "9812345678")]
        assert found == [in_full] * 4
        assert "******0003" in text
        assert "9800000003" not in text
    client.force_login(user)
    page = client.get(reverse("allocations:batch-approval", args=[batch.pk])).text
    assert ("9876543210" in page) == in_full


def test_it_says_what_the_page_says(client):
    batch = sheet_batch(*({"amount": 700} for _ in range(10)), warned=True, purpose="Diwali & “more”")
    approver = person("approver")
    answer(known(batch.uploaded_by), ask(known(approver), batch))
    client.force_login(approver)
    page = client.get(reverse("allocations:batch-approval", args=[batch.pk]))
    told, text = page.context, printed(known(approver), batch).text
    said = [
        told["effect"].sentence,
        "In words: seven thousand five hundred points.",
        told["who_gets_points"],
        told["after_approval"],
        "11 rows in file = 11 submitted + 0 left out.",
        "Balance 61,40,000 points",
        f"Policy {batch.policy}.",
        batch.digest,
        *[one.name for one in told["unusual"]],
        ASKED,
        "Her award of five years.",
        "This is the first batch from",
        "No vote yet.",
        *[f"{bar.label} {bar.people} " for bar in told["bars"]],
    ]
    assert [sentence for sentence in said if flat(sentence) not in text] == []
    assert [
        sentence
        for sentence in (told["effect"].sentence, told["after_approval"])
        if sentence not in unescape(page.text)
    ] == []
    assert "Checked by phone with each of" in text
    assert [f"{box} " in text for box in (*told["boxes"], "Maker")] == [True, True]


def test_sheet_of_an_approved_batch_tells_who_approved_when():
    user = person("approver", first_name="Sudha", last_name="Iyer")
    text = printed(actor("auditor"), approved_batch(credited=2, approved_by=user), "all").text
    assert "Approved by Sudha Iyer, 11 Nov 2026, 14:05 IST" in text
    assert text.count("Sudha Iyer, 11 Nov 2026, 14:05 IST") == 2
    # What the run has changed since would be told as if it had been signed.
    assert ("The balance goes from" in text, "Free after this" in text) == (False, False)


def test_it_has_what_came_before_the_batch():
    before = approved_batch(credited=2)
    batch = sheet_batch(
        {"amount": 900, "mobile": "9711111111"},
        account=before.account,
        repeat_reason="A bonus for the same two people.",
    )
    counts = {"equal_rows": 2, "equal_points": 1000, "rows": 2, "other_rows": 2}
    Repeat.objects.create(batch=batch, other=before, found_at=NOW, **counts)
    VoteFactory(batch=batch, version=0, digest="ab" * 32, decision="send_back", reason="Row 3 is twice too much.")
    text = printed(actor("approver"), batch).text
    said = [
        "The same file was uploaded before",
        f"Batch {before.pk}, Diwali 2026, was made from a file with exactly this content.",
        "Points that another batch gives already",
        "The maker's reason: “A bonus for the same two people.”",
        f"Compared with Diwali 2026, batch {before.pk}",
        "Diwali 2026 2 1,000 Change 0 +400 (+40.0 %) Diwali 2026 2 1,400",
        "2 new, 2 no longer in the list, 0 with other points.",
        "sent back",
        "Row 3 is twice too",
    ]
    assert [sentence for sentence in said if sentence not in text] == []


def test_balance_that_is_not_enough_is_said():
    account = AccountFactory(balance=100)
    text = printed(actor("approver"), sheet_batch(account=account)).text
    assert "The balance is not enough for this batch 400 points are missing: the account holds 100" in text


def test_it_says_what_keeps_everybody_from_approving():
    text = printed(actor("approver"), sheet_batch(policy=7)).text
    assert "It cannot be approved now" in text


def test_two_approvers_get_a_box_each():
    text = printed(actor("approver"), sheet_batch(approvers=2)).text
    assert [box in text for box in ("First approver", "Second approver", "0 of 2 approvals")] == [True] * 3


def test_square_leads_to_the_approval_page(settings):
    settings.PORTAL_URL = "https://rewards.example.com/"
    batch = submitted_batch()
    read = printed(actor("auditor"), batch)
    address = f"https://rewards.example.com/batches/{batch.pk}/approval/"
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(address)
    wanted = code.get_matrix()
    drawn = [
        [float(number) for number in found]
        for found in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) -?([\d.]+) re f", _first_content(read))
    ]
    side, left, top = drawn[0][3], min(one[0] for one in drawn), max(one[1] for one in drawn)
    dark = {
        (round((top - y) / side), round((x - left) / side) + step)
        for x, y, width, _ in drawn
        for step in range(round(width / side))
    }
    assert dark == {(y, x) for y, row in enumerate(wanted) for x, is_dark in enumerate(row) if is_dark}
    assert address in read.text


def test_trail_keeps_who_took_which_rows():
    batch, who = sheet_batch(HIDDEN), actor("auditor")
    read = printed(who, batch, "all")
    entry = TrailEntry.objects.get(event="batch exported")
    assert (entry.actor_id, entry.batch_id) == (who.id, batch.pk)
    assert entry.data == {
        "kind": "approval sheet",
        "rows": 2,
        "points": 1000,
        "sha256": hashlib.sha256(read.content).hexdigest(),
        "outcome": "all",
        "digest": batch.digest,
        "personal_data": "masked",
    }
    assert read.sha256 == entry.data["sha256"]


def test_it_is_the_same_at_the_same_instant(monkeypatch):
    batch, who = sheet_batch({"name": "प्रिया शर्मा"}, warned=True), actor("approver")
    monkeypatch.setattr(sheets, "database_now", lambda: NOW)
    assert printed(who, batch, "all").content == printed(who, batch, "all").content


def test_its_description_names_nobody():
    read = printed(actor("approver"), (batch := sheet_batch(purpose="For Asha Rao")))
    assert dict(read.reader.metadata) == {
        "/Title": f"Approval sheet of batch {batch.pk}",
        "/Creator": "Rewards portal",
        "/CreationDate": read.reader.metadata["/CreationDate"],
    }
    assert re.fullmatch(rf"approval-sheet-{batch.pk}-sample-\d{{4}}-\d\d-\d\d\.pdf", read.name)


@pytest.mark.parametrize(
    ("make", "rows", "refusal"),
    [
        (review_batch, "all", StateConflict),
        (submitted_batch, "everything", InvalidInput),
        (submitted_batch, "", InvalidInput),
    ],
)
def test_refused_sheet_leaves_no_entry(make, rows, refusal):
    batch = make()
    with pytest.raises(refusal):
        approval_sheet(actor("approver"), batch_id=batch.pk, rows=rows)
    assert not TrailEntry.objects.filter(event="batch exported").exists()


def test_sheet_that_does_not_add_up_is_not_printed(monkeypatch):
    batch = sheet_batch({}, {})
    whole = sheets.sent_rows
    monkeypatch.setattr(sheets, "sent_rows", lambda batch: whole(batch).exclude(number=3))
    with pytest.raises(
        StateConflict, match="does not add up: it has 2 rows with 1000 points, and the batch 3 with 1500"
    ):
        approval_sheet(actor("approver"), batch_id=batch.pk, rows="all")
    assert not TrailEntry.objects.filter(event="batch exported").exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("{nb} of {nb}", "{nb} of {nb}"),
        (") Tj ET (endstream", ") Tj ET (endstream"),
        ("\\) /Launch <<", "\\) /Launch <<"),
        ("**b** __l__ [a](//b.in)", "**b** __l__ [a](//b.in)"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Asha\x1b[2J Rao", "Asha [2J Rao"),
        ("Asha\u202eoaR\u200b", "AshaoaR"),
    ],
)
def test_hostile_text_is_only_text(name, shown):
    read = printed(actor("approver"), sheet_batch({"name": name}, purpose=name), "all")
    assert f"3 Largest {shown} ******0003 500".replace(" ", "") in read.text.replace(" ", "")
    root = read.reader.trailer["/Root"]
    assert root.keys() & {"/AA", "/AcroForm", "/Names"} == set()
    # Where a reader begins to read, no act.
    assert isinstance(root["/OpenAction"], list)
    assert [page.get("/Annots") for page in read.reader.pages] == [None] * len(read.reader.pages)


@pytest.mark.parametrize("name", ["ଶ୍ରୀ", "张伟", "\ue000\ue001\ue002\ue003", "🎉"])
def test_characters_without_letters_are_boxes_and_said_so(name):
    text = printed(actor("approver"), sheet_batch({"name": f"Asha {name}"}), "all").text
    assert "A box stands for a character that this sheet has no letters for." in text
    assert "3 Largest Asha ******0003" in text


def test_longest_texts_are_there_whole():
    batch = sheet_batch({"name": "Z" * 100, "remarks": "tea " * 250})
    text = printed(actor("approver"), batch, "all").text
    assert (text.count("Z"), text.count("tea")) == (100, 250)


@pytest.mark.parametrize(
    ("storage", "name"),
    [
        ("django.contrib.staticfiles.storage.StaticFilesStorage", "noto-tamil-400.woff2"),
        # As an image has it: whitenoise keeps only the files with a hash in their name.
        ("whitenoise.storage.CompressedManifestStaticFilesStorage", "noto-tamil-400.0a1b2c3d4e5f.woff2"),
    ],
)
def test_fonts_are_found_where_static_files_were_collected(settings, monkeypatch, tmp_path, storage, name):
    installed = font_file("tamil", weight=400)
    assert installed.is_relative_to(project.BASE_DIR / "node_modules")
    paths = {"packages/noto-tamil-400.woff2": f"packages/{name}"}
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": paths, "version": "1.1", "hash": ""}))
    monkeypatch.setattr(finders, "find", lambda address: None)
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
    for missing in ("tamil", "telugu"):
        with pytest.raises(FileNotFoundError, match="neither installed nor collected"):
            font_file(missing, weight=400)
    collected = tmp_path / "packages" / name
    collected.parent.mkdir()
    shutil.copy(installed, collected)
    assert font_file("tamil", weight=400) == collected


def _first_content(read: Read) -> str:
    return read.reader.pages[0].get_contents().get_data().decode("latin-1")
