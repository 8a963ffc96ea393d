import pytest
from django.urls import reverse

from allocations.domain.retention import ERASED
from allocations.domain.states import RunState
from allocations.models import Batch
from allocations.selectors import outcome_rows, trails
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.lists import NOW
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    client.force_login(person("auditor"))
    return client


def get(client, name, batch, *more, query=None, **headers):
    return client.get(reverse(f"allocations:{name}", args=[batch.pk, *more]), query or {}, headers=headers)


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_batch_page_adds_up_and_tells_who_did_what(auditor):
    batch = approved_batch(credited=3, failed=1, left_out=2)
    page = text(get(auditor, "batch", batch))
    assert "adds up" in page
    assert "1,500 points credited" in page
    assert f"{batch.approved_by.get_full_name()} approved" in page
    assert "4 = 3 credited + 1 failed" in page


@pytest.mark.parametrize(
    ("tab", "shown"),
    [
        ("rows", "Person's<br>balance after"),
        ("causes", "Mobile number registered with another company"),
        ("files", "diwali.csv"),
        ("votes", "approved"),
        ("runs", "Runs of this batch, newest first"),
        ("nonsense", "Person's<br>balance after"),
    ],
)
def test_batch_page_opens_at_its_tabs(auditor, tab, shown):
    assert shown in text(get(auditor, "batch", approved_batch(credited=1, failed=1), query={"tab": tab}))


def test_advice_that_fits_several_causes_is_given_once(auditor):
    batch = approved_batch(failed=2)
    batch.rows.filter(number=3).update(reason="Account blocked")
    page = text(get(auditor, "batch", batch, query={"tab": "causes"}))
    assert "Account blocked" in page
    assert (page.count("A re-run sends the row again"), page.count("As above.")) == (1, 1)


@pytest.mark.parametrize(
    ("tab", "shown"), [("causes", "No failed rows"), ("votes", "No vote yet"), ("runs", "No run yet")]
)
def test_empty_tabs_say_so(auditor, tab, shown):
    assert shown in text(get(auditor, "batch", submitted_batch(), query={"tab": tab}))


def test_admin_is_offered_the_re_run_of_failed_rows(client):
    client.force_login(person("admin"))
    assert "Re-run 1 failed row" in text(get(client, "batch", approved_batch(credited=1, failed=1)))


def test_re_run_waits_for_the_end_of_the_run_with_the_reason(client):
    client.force_login(person("admin"))
    page = text(get(client, "batch", approved_batch(failed=1, pending=1, run_state=RunState.RUNNING)))
    assert "Failed rows can be run again once the run has ended." in page
    assert 'aria-disabled="true"' in page


def test_batch_page_tells_why_its_run_is_paused(auditor):
    batch = approved_batch(run_state="paused", credited=1, pending=2)
    batch.runs.update(pause_code="balance", pause_text="The balance is too low.", paused_at=NOW)
    page = text(get(auditor, "batch", batch))
    assert "The run is paused since" in page
    assert "The balance is too low." in page


def test_submitted_batch_offers_withdrawal_only_to_its_makers(client):
    batch = submitted_batch()
    withdraw = f"Withdraw batch {batch.pk} to change it"
    client.force_login(batch.uploaded_by)
    assert withdraw in text(get(client, "batch", batch))
    client.force_login(person("admin"))
    assert withdraw not in text(get(client, "batch", batch))


def test_unknown_rows_are_never_shown_as_failed(auditor):
    page = text(get(auditor, "batch", approved_batch(credited=1, unknown=2, run_state=RunState.RUNNING)))
    assert "2 rows: we do not know" in page
    assert page.count("st st-unknown") == 3  # two rows and the legend
    assert page.count("st st-failed") == 1  # the legend


def test_rows_are_filtered_by_outcome_and_cause(auditor):
    batch = approved_batch(credited=2, failed=1)
    page = text(get(auditor, "batch-rows", batch, query={"state": "failed", "cause": "other"}))
    assert reverse("allocations:row", args=[batch.pk, 4]) in page
    assert reverse("allocations:row", args=[batch.pk, 2]) not in page


def test_rows_hidden_by_a_filter_are_counted(auditor):
    page = text(get(auditor, "batch-rows", approved_batch(credited=2), query={"q": "nobody"}))
    assert "2 rows of this batch are hidden by the filter “nobody”." in page


def test_rows_turn_the_page_by_number_and_keep_the_filter(auditor, monkeypatch):
    monkeypatch.setattr(outcome_rows, "PAGE", 1)
    monkeypatch.setattr(outcome_rows.row_page, "__kwdefaults__", {"after": None, "before": None, "size": 1})
    batch = approved_batch(credited=3)
    page = text(get(auditor, "batch-rows", batch, query={"state": "credited", "after": 2}))
    assert "?state=credited&amp;before=3#part" in page
    assert "?state=credited&amp;after=3#part" in page


def test_rows_fragment_is_only_the_tab(auditor):
    page = text(get(auditor, "batch-rows", approved_batch(), **{"HX-Request": "true"}))
    assert page.lstrip().startswith('<section class="panel" id="part"')
    assert "<html" not in page


def test_rows_are_a_whole_page_when_the_browser_goes_back(auditor):
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in text(get(auditor, "batch-rows", approved_batch(), **back))


def test_rows_of_a_list_in_review_are_on_the_review_page(auditor):
    batch = review_batch()
    answer = get(auditor, "batch-rows", batch)
    assert (answer.status_code, answer["Location"]) == (302, reverse("allocations:batch", args=[batch.pk]))


def test_rows_mask_the_mobile(auditor):
    batch = approved_batch(credited=1)
    mobile = batch.rows.get().mobile
    page = text(get(auditor, "batch", batch))
    assert f"******{mobile[-4:]}" in page
    assert mobile not in page
    assert f"{mobile[:5]} {mobile[5:]}" not in page


def test_passport_tells_the_row_from_file_to_card(auditor):
    batch = approved_batch(credited=1)
    row = batch.rows.get()
    page = text(get(auditor, "row", batch, row.number))
    assert f"{row.name} got 500 points on 11 Nov 2026, 14:05 IST." in page
    assert row.transaction_id in page
    assert row.reference in page
    assert "answered" in page


def test_passport_tells_of_a_second_credit(auditor):
    batch = approved_batch(credited=1)
    row = batch.rows.get()
    told = {"object_type": "row", "object_id": row.pk, "data": {"transaction_id": "ECT2", "on_record": "ECT1"}}
    assert "more than once" not in text(get(auditor, "row", batch, row.number))
    batch.trail.create(at=NOW, event="row credited again", **told)
    page = text(get(auditor, "row", batch, row.number))
    assert f"{row.transaction_id} is on record, and ECT2 came on top" in page


def test_passport_is_masked_for_an_auditor_and_whole_for_its_maker(auditor):
    batch = approved_batch(credited=1)
    row = batch.rows.get()
    masked = text(get(auditor, "row", batch, row.number))
    assert row.email not in masked
    assert row.mobile not in masked
    assert row.payload_hash not in masked
    auditor.force_login(batch.uploaded_by)
    whole = text(get(auditor, "row", batch, row.number))
    assert (row.email in whole, row.payload_hash in whole) == (True, True)


def test_passport_masks_what_is_written_into_its_texts(auditor):
    batch = approved_batch(failed=1)
    row = batch.rows.get()
    said = f"Mobile {row.mobile} belongs to {row.email}"
    batch.rows.update(reason=said)
    row.attempts.update(reason=said)
    for page in (get(auditor, "row", batch, row.number), get(auditor, "batch-rows", batch)):
        assert (row.mobile in text(page), row.email in text(page)) == (False, False)
    causes = text(get(auditor, "batch", batch, query={"tab": "causes"}))
    assert (row.mobile in causes, f"******{row.mobile[-4:]}" in causes) == (False, True)
    auditor.force_login(batch.uploaded_by)
    assert said in text(get(auditor, "row", batch, row.number))


def test_passport_in_review_quotes_cells_only_to_those_who_may_see_them(client):
    batch = review_batch(errors=1)
    client.force_login(person("auditor"))
    page = text(get(client, "row", batch, 2))
    assert ("an Indian mobile number has 10" in page, "98204 41" in page) == (False, False)
    assert "Error in mobile" in page
    client.force_login(batch.uploaded_by)
    assert "an Indian mobile number has 10" in text(get(client, "row", batch, 2))


def test_passport_of_a_row_that_was_never_sent(auditor):
    page = text(get(auditor, "row", submitted_batch(), 2))
    assert "No call held this row" in page


def test_trail_tells_every_change_newest_first(auditor):
    batch = submitted_batch()
    for event in ("batch submitted", "batch approved"):
        batch.trail.create(at=NOW, event=event, object_type="batch", object_id=batch.pk, data={"rows": 4973})
    page = text(get(auditor, "batch-trail", batch))
    assert page.index("batch approved") < page.index("Batch submitted")
    assert "4,973" in page


def test_trail_turns_the_page_by_event(auditor, monkeypatch):
    monkeypatch.setattr(trails.trail_page, "__kwdefaults__", {"before": None, "size": 1})
    batch = submitted_batch()
    for name in "ab":
        newest = batch.trail.create(at=NOW, event=f"event {name}", object_type="batch", object_id=batch.pk)
    assert f"?before={newest.pk}" in text(get(auditor, "batch-trail", batch))
    older = text(get(auditor, "batch-trail", batch, query={"before": newest.pk}))
    assert "Event a" in older
    assert "Event b" not in older


def test_an_erased_batch_says_so_on_its_pages_and_shows_nobody(client):
    batch = approved_batch(credited=1)
    row = batch.rows.get()
    Batch.objects.filter(pk=batch.pk).update(erased_at=NOW)
    batch.rows.update(name="", email="", mobile="", title="", remarks="", payload_hash=ERASED)
    client.force_login(batch.uploaded_by)
    for page in (text(get(client, "batch", batch)), text(get(client, "row", batch, row.number))):
        assert "On 11 Nov 2026, 14:05 IST the portal erased names" in page
        assert "does not match its fingerprint" not in page
        assert "Take points back" not in page
        assert (row.name in page, row.mobile in page) == (False, False)
