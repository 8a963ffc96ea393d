"""The export of a search: what the pages list, masked, with totals, noted without the words."""

import csv
import hashlib
import io

import pytest
from django.test import override_settings

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.searching import read_search
from allocations.domain.states import RowState
from allocations.exports import search as module
from allocations.exports.search import Wanted, search_file
from allocations.models import Row, TrailEntry
from allocations.selectors.facets import Facets, walk_rows
from allocations.selectors.searching import find_rows
from tests.exports.reading import EVIDENCE, REASONS
from tests.factories.batches import approved_batch, review_batch
from tests.factories.lists import RowFactory
from tests.factories.people import actor
from tests.factories.reversals import reversal_in

pytestmark = pytest.mark.django_db
ANY = Facets()


def export(text: str = "", facets: Facets = ANY, *, by=None, **filter_: str) -> tuple[list[dict[str, str]], bytes]:
    """Lines by header, the last one is the foot; and the file as it is."""
    made = search_file(
        by or actor("auditor"),
        Wanted(read_search(text) if text else None, facets, filter_),
        reasons=REASONS,
        evidence=EVIDENCE,
    )
    with made.file as file:
        content = file.read()
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))), content


def keys(lines) -> list[tuple[str, str]]:
    return [(line["Batch"], line["Row"]) for line in lines[:-1]]


def listed(rows) -> list[tuple[str, str]]:
    return [(str(row.batch_id), str(row.number)) for row in rows]


@pytest.mark.parametrize(
    "facets",
    [
        Facets(least=1),
        Facets(states=frozenset({RowState.CREDITED, RowState.FAILED})),
        Facets(purpose="diwali", most=500),
    ],
)
def test_filter_alone_gives_what_its_pages_list_in_their_order(monkeypatch, facets) -> None:
    monkeypatch.setattr(module, "_FETCH", 2)
    approved_batch(credited=2, failed=1, left_out=1)
    approved_batch(credited=1, unknown=1)
    lines, _ = export(facets=facets)
    assert keys(lines) == listed(walk_rows(facets).rows)
    assert len(keys(lines)) >= 4


@pytest.mark.parametrize("text", ["9876500011", "Asha"])
def test_words_give_what_their_pages_list_in_their_order(text) -> None:
    batch = review_batch(ready=0)
    for number, name in ((60, "Asha Rao"), (61, "asha B"), (62, "Asha A")):
        RowFactory(batch=batch, number=number, name=name, mobile="9876500011")
    lines, _ = export(text)
    assert keys(lines) == listed(find_rows(read_search(text), ANY).rows)
    assert len(keys(lines)) == 3


def test_foot_totals_what_is_listed() -> None:
    batch = approved_batch(credited=3, failed=1, left_out=1)
    reversal_in("reversed", row=batch.rows.get(number=2), amount=200)
    lines, _ = export(facets=Facets(least=1))
    *rows, foot = lines
    assert (foot["Batch"], foot["Purpose"]) == ("Total", "5 rows")
    for name, total in (
        ("Amount", "2500"),
        ("Credited points", "1500"),
        ("Points taken back", "200"),
        ("Net points", "1300"),
    ):
        assert foot[name] == total == str(sum(int(row[name] or 0) for row in rows))


def test_file_is_masked_even_for_the_maker_and_harmless_in_a_spreadsheet() -> None:
    batch = review_batch(ready=0, purpose="=1+1")
    row = RowFactory(batch=batch, number=60, name="=Asha 98123 45671", remarks="+1")
    lines, content = export(row.mobile, by=actor("admin", "approver"))
    assert (row.mobile.encode() in content, b"98123" in content, row.email.encode() in content) == (False,) * 3
    assert [lines[0][name] for name in ("Purpose", "Name", "Remarks")] == ["'=1+1", "'=Asha ******5671", "'+1"]
    assert lines[0]["Payload SHA-256"] == ""


def test_trail_tells_filter_rows_and_hash_and_nothing_of_the_words() -> None:
    batch = approved_batch(credited=2)
    row = batch.rows.first()
    _, content = export(row.mobile, Facets(least=1), **{"from": "1"})
    entry = TrailEntry.objects.get(event="search exported")
    assert (entry.data, row.mobile in entry.body) == (
        {
            "rows": 1,
            "points": 500,
            "credited_points": "500",
            "batches": [batch.pk],
            "sha256": hashlib.sha256(content).hexdigest(),
            "filter": {"from": "1"},
            "words": "mobile, id",
            "kind": "csv",
            "personal_data": "masked",
        },
        False,
    )


@pytest.mark.parametrize(
    ("text", "settings", "sentence"),
    [
        ("", {"SEARCH_EXPORT_ROWS": 2}, "finds more than 2 rows"),
        ("Person", {"SEARCH_EXPORT_ROWS": 2}, "finds more than 2 rows"),
        ("", {"MAX_ROWS": 2}, "have 3 rows; an export looks through 2 at most"),
        ("nobody at all", {}, "finds no row"),
    ],
)
def test_search_that_finds_too_much_or_nothing_is_refused(text, settings, sentence) -> None:
    approved_batch(credited=3)
    with override_settings(**settings), pytest.raises(InvalidInput, match=sentence):
        export(text, Facets() if text else Facets(least=1))
    assert not TrailEntry.objects.filter(event="search exported").exists()


def test_as_many_rows_as_the_setting_allows_are_exported() -> None:
    approved_batch(credited=3)
    with override_settings(SEARCH_EXPORT_ROWS=3, MAX_ROWS=3):
        assert len(export(facets=Facets(least=1))[0]) == 4


def test_owner_without_another_role_exports_nothing() -> None:
    approved_batch(credited=1)
    with pytest.raises(NotAllowed):
        export(facets=Facets(least=1), by=actor("owner"))


def test_what_the_database_sums_otherwise_is_not_handed_out(monkeypatch) -> None:
    approved_batch(credited=2)
    counted = module._count

    def one_point_more(block, counted_) -> None:
        counted(block, counted_)
        counted_.amount += 1

    monkeypatch.setattr(module, "_count", one_point_more)
    with pytest.raises(StateConflict, match="points are 1000 in its rows and 1001 in the database"):
        export(facets=Facets(least=1))
    assert Row.objects.count() == 2
    assert not TrailEntry.objects.filter(event="search exported").exists()
