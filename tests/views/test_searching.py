import pytest
from django.urls import reverse

from allocations.models import SavedView
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.lists import RowFactory
from tests.factories.people import actor, person
from tests.factories.policies import agree
from tests.factories.reversals import ReversalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    client.force_login(person("auditor"))
    return client


def search(client, **query):
    return client.get(reverse("allocations:search"), query)


def test_a_row_is_told_in_a_sentence_without_its_mobile(auditor):
    batch = approved_batch(credited=1)
    row = batch.rows.get()
    text = search(auditor, q=row.mobile).text
    for words in (f"{row.name}, 500 points", f"Batch {batch.pk}, Diwali 2026, row 2", "Credited", row.transaction_id):
        assert words in text
    assert text.count(row.mobile) == text.count(f'value="{row.mobile}"') + text.count(f"“{row.mobile}”") + text.count(
        f"<title>Search for {row.mobile}"
    )


def test_a_search_says_how_many_rows_it_finds_on_all_pages(auditor, monkeypatch):
    rows = RowFactory.create_batch(52, batch=review_batch(ready=1), name="Asha Rao")
    assert ">52 rows<" in search(auditor, q="asha").text
    assert ">52 rows<" in search(auditor, q="asha", after=rows[10].pk).text
    assert ">1 row<" in search(auditor, q=rows[0].reference).text
    monkeypatch.setattr("allocations.presenters.found.COUNTED", 51)
    assert "more than 51 rows" in search(auditor, q="asha").text
    # Many rows could have to be looked through to count the few that a filter leaves.
    assert "more than" not in search(auditor, q="asha", state="pending").text


def test_a_row_that_was_left_out_was_approved_by_nobody(auditor):
    rows = approved_batch(credited=1, left_out=1).rows.order_by("number")
    said = ["approved by" in search(auditor, q=row.mobile).text for row in rows]
    assert said == [True, False]


def test_a_row_names_everybody_who_approved_it(auditor):
    agree(two_from_rows=1)
    batch = submit_batch(actor("admin"), batch_id=review_batch(ready=1).pk)
    names = []
    for who in (actor("approver"), actor("approver")):
        approve_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest)
        names.append(who.name)
    assert f"approved by {', '.join(names)}" in search(auditor, q=batch.rows.get().mobile).text


def test_a_batch_number_leads_straight_to_it(auditor):
    batch = submitted_batch()
    assert search(auditor, q=f"#{batch.pk}").url == f"/batches/{batch.pk}/"


def test_a_number_that_is_a_reference_too_shows_both(auditor):
    batch = submitted_batch()
    RowFactory(batch=batch, number=60, client_reference=str(batch.pk))
    text = search(auditor, q=batch.pk).text
    assert ("row 60" in text, f'href="/batches/{batch.pk}/"' in text) == (True, True)


def test_a_reversal_is_found(auditor):
    reversal = ReversalFactory()
    assert f"Reversal {reversal.pk}" in search(auditor, q=reversal.reference).text


def test_what_was_found_is_not_said_to_be_tried_in_vain(auditor):
    submitted_batch(purpose="Diwali 2026")
    text = search(auditor, q="diwali").text
    assert ("Batches that match" in text, "in their purpose" in text) == (True, False)


def test_facets_leave_batches_and_reversals_away(auditor):
    submitted_batch(purpose="Diwali 2026")
    text = search(auditor, q="Diwali", state="credited").text
    assert ("Batches that match" in text, "Search everywhere" in text) == (False, True)


def test_facets_alone_list_rows_and_lead_on(auditor, monkeypatch):
    monkeypatch.setattr("allocations.selectors.facets.walk_rows.__kwdefaults__", {"after": None, "size": 2})
    older, newer = approved_batch(credited=2, failed=1), approved_batch(credited=1)
    first = search(auditor, state="credited")
    heads = [f"Batch {batch.pk}, Diwali 2026, row {number}" for batch, number in ((newer, 2), (older, 2), (older, 3))]
    assert [head in first.text for head in heads] == [True, True, False]
    assert f"?state=credited&amp;after={older.pk}-2" in first.text
    last = search(auditor, state="credited", after=f"{older.pk}-2").text
    assert ([head in last for head in heads], "Next rows" in last) == ([False, False, True], False)
    assert older.rows.first().mobile not in first.text


def test_facets_alone_say_when_nothing_fits_and_when_a_page_ended_early(auditor, monkeypatch):
    batch = approved_batch(credited=4)
    assert "No row matches" in search(auditor, **{"from": "501"}).text
    monkeypatch.setattr("allocations.selectors.facets.MOST_ROWS", 2)
    text = search(auditor, **{"from": "501"}).text
    assert (f"this one ends with batch {batch.pk}, row 2." in text, "Look further" in text) == (True, True)


def test_filter_is_kept_without_the_words_and_deleted_again(auditor):
    approved_batch(credited=1)
    page = search(auditor, q="Zubin", state="failed", purpose="Diwali").text
    assert "words that you search for are not kept" in page
    given = {"name": "Failed", "q": "Zubin", "state": "failed", "purpose": "Diwali", "after": "9", "nonsense": "x"}
    kept = auditor.post(reverse("allocations:view-save"), given)
    assert kept.url == "/search/?state=failed&purpose=Diwali"
    shown = search(auditor).text
    assert '<a href="/search/?state=failed&amp;purpose=Diwali">Failed</a>' in shown
    view = SavedView.objects.get()
    assert auditor.post(reverse("allocations:view-delete", args=[view.pk])).url == "/search/"
    assert "Your views" not in search(auditor).text


def test_view_that_cannot_be_kept_is_told(auditor):
    answer = auditor.post(reverse("allocations:view-save"), {"name": "All", "state": "nonsense"})
    assert (answer.status_code, "There is no filter to keep" in answer.text) == (422, True)


def test_search_is_exported_whatever_its_page(auditor):
    batch = approved_batch(credited=3, failed=1)
    row = batch.rows.first()
    page = search(auditor, q=row.mobile, state="credited").text
    assert page.count(f'name="q" value="{row.mobile}"') == 1
    assert ("Export all pages as safe CSV" in page, "Export all pages as exact CSV" in page) == (True, True)
    answer = auditor.post(reverse("allocations:search-export"), {"state": "credited", "after": f"{batch.pk}-3"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (answer.headers["X-Export-Rows"], answer.headers["X-Export-Points"]) == ("3", "1500")
    assert answer.getvalue().count(b"\r\n") == 5
    exact = auditor.post(reverse("allocations:search-export"), {"state": "credited", "kind": "csv-exact"})
    assert (exact["Content-Disposition"].endswith('-exact.csv"'), exact.getvalue()[:7]) == (True, b'"Batch"')
    assert auditor.post(reverse("allocations:search-export"), {"state": "credited", "kind": "xlsx"}).status_code == 422


def test_nothing_to_export_is_told_and_an_owner_is_offered_no_file(auditor, client):
    approved_batch(credited=1)
    answer = auditor.post(reverse("allocations:search-export"), {"state": "nonsense"})
    assert (answer.status_code, "There is no search to export" in answer.text) == (422, True)
    client.force_login(person("owner"))
    assert "Export all pages" not in search(client, state="credited").text


def test_people_to_choose_from_are_those_who_made_or_approved_something(auditor):
    batch = approved_batch(credited=1)
    text = search(auditor).text
    for user in (batch.uploaded_by, batch.approved_by):
        assert text.count(f">{user.get_full_name()}</option>") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "What do you look for?"),
        ("98765 43211", "mobile 98765 43211"),
        ("Zubin", "names that begin with “Zubin”"),
        ("a@b.in", "e-mail addresses only whole"),
        ("x7", "ids are found only whole"),
    ],
)
def test_an_empty_page_says_what_was_tried(auditor, text, words):
    assert words in search(auditor, q=text).text


def test_names_are_paged(auditor, monkeypatch):
    monkeypatch.setattr("allocations.selectors.searching.find_rows.__kwdefaults__", {"after": None, "size": 1})
    batch = review_batch()
    for number in (60, 61):
        RowFactory(batch=batch, number=number, name=f"Zubin {number}")
    first = search(auditor, q="Zubin")
    assert ("names begin so" in first.text, "Next rows" in first.text) == (True, True)


def test_person_shows_every_row_and_the_meter(auditor, settings):
    settings.GIFT_METER_POINTS = 5000
    row = approved_batch(credited=1).rows.get()
    RowFactory(batch=review_batch(), number=60, mobile=row.mobile, name="Zubin")
    text = auditor.get(f"/batches/{row.batch_id}/rows/2/person/").text
    assert [words in text for words in ("Zubin, 500 points", "FY 2026-27", "not tax advice", row.mobile)] == [
        *(True,) * 3,
        False,
    ]


def test_person_of_a_row_without_a_mobile_is_not_found(auditor):
    RowFactory(batch=review_batch(), number=60, mobile="", error_count=1)
    row = RowFactory(batch=review_batch(), number=61, mobile="", error_count=1)
    addresses = (f"/batches/{row.batch_id}/rows/61/person/", f"/batches/{row.batch_id}/rows/900/person/")
    assert [auditor.get(address).status_code for address in addresses] == [404, 404]
