import re

import pytest
from django.utils import translation

from allocations.domain.notices import NoticeKind
from allocations.models import Batch, Notice, TrailEntry
from allocations.presenters.notices import LABELS, line, mail

PURPOSE = "Diwali 2026"


def notice(kind, **data):
    batch = Batch(pk=7, purpose=PURPOSE, row_count=4_975, left_out_count=2, points_total=2_486_500)
    return Notice(kind=kind, batch=batch, run_id=3, entry=TrailEntry(data=data) if data else None)


@pytest.mark.parametrize(
    ("kind", "data", "head", "detail", "address"),
    [
        ("to_approve", {}, "To approve", "4,973 rows, 24,86,500 points.", "/batches/7/approval/"),
        ("sent_back", {"reason": "Wrong month."}, "Sent back", "The reason: Wrong month.", "/runs/3/"),
        ("approved", {}, "Approved", "4,973 rows, 24,86,500 points.", "/runs/3/"),
        ("paused", {"why": "balance"}, "Run paused", "The reward account does not hold enough points", "/runs/3/"),
        ("paused", {}, "Run paused", "Its page says why.", "/runs/3/"),
        ("settled", {}, "Run ended", "Every row has its outcome.", "/batches/7/"),
        ("unknown", {}, "Unknown rows", "unknown for more than 60 minutes", "/runs/3/"),
        ("question", {}, "Question", "asked about the list. Nobody can approve it", "/batches/7/#questions"),
        ("answer", {}, "Answered", "answered. Read it on the page of the approval.", "/batches/7/approval/"),
    ],
)
def test_a_notice_says_what_happened_and_where(kind, data, head, detail, address):
    told = line(notice(kind, **data))
    assert (told.title, told.address) == (f"{head}: batch 7, {PURPOSE}", address)
    assert detail in told.detail


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_a_notice_is_read_in_hindi(kind):
    """The reason of a pause too; what somebody wrote stays as it was written."""
    with translation.override("hi"):
        told = line(notice(kind, why="balance", reason="x"))
    words = f"{told.title} {told.detail}".replace(PURPOSE, "").replace("EnKash", "")
    assert (re.findall("[A-Za-z]{2,}", words), words.endswith(".")) == ([], False)


def test_a_notice_about_a_batch_without_a_run_leads_to_the_batch():
    told = notice("sent_back", reason="x")
    told.run_id = None
    assert line(told).address == "/batches/7/"


def test_a_mail_has_the_link_and_no_act(settings):
    settings.PORTAL_URL = "https://rewards.example.com/"
    sent = mail(notice("to_approve"))
    assert sent.subject == f"To approve: batch 7, {PURPOSE}"
    assert "https://rewards.example.com/batches/7/approval/\n" in sent.text
    assert "/approve/" not in sent.text


def test_a_purpose_of_several_lines_breaks_no_header():
    told = notice("to_approve")
    told.batch.purpose = "Diwali\nBcc: x@example.com"
    assert "\n" not in mail(told).subject


def test_every_kind_has_its_label():
    assert set(LABELS) == set(NoticeKind)
