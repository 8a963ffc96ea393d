import pytest

from allocations.domain.states import RowState
from allocations.models import Problem, TrailEntry
from allocations.services.row_limits import look_at_limits_again
from tests.factories.batches import review_batch, submitted_batch
from tests.factories.lists import RowFactory
from tests.factories.people import known, person
from tests.factories.policies import agree

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def batch(client):
    batch = review_batch(errors=2, warnings=1, ready=3, left_out=1)
    client.force_login(batch.uploaded_by)
    return batch


def counts(batch):
    batch.refresh_from_db()
    return batch.error_rows, batch.left_out_count


def test_page_adds_up_and_opens_on_the_errors(client, batch):
    text = client.get(f"/batches/{batch.pk}/").text
    assert ("adds up" in text, text.count("Has 7 digits (98204 41)"), "98204 41" in text) == (True, 2, True)


def test_page_that_does_not_add_up_says_so_in_red(client, batch):
    batch.uploads.update(rows_total=8)
    text = client.get(f"/batches/{batch.pk}/").text
    assert "Does not add up: 8 rows in file, 7 counted" in text
    assert "The rows do not add up: upload the list again." in text


def test_submit_button_is_off_with_the_reason(client, batch):
    text = client.get(f"/batches/{batch.pk}/").text
    assert "2 rows still have errors: fix them or leave them out." in text
    assert 'aria-disabled="true" aria-describedby="why-not">Submit 4 rows for approval' in text


def test_submit_button_names_the_rows(client):
    batch = review_batch(ready=3)
    client.force_login(batch.uploaded_by)
    assert '<button class="btn btn-primary" type="submit">Submit 3 rows for approval</button>' in (
        client.get(f"/batches/{batch.pk}/").text
    )


def test_htmx_gets_only_the_grid(client, batch):
    text = client.get(f"/batches/{batch.pk}/?show=left-out", headers=HTMX).text
    assert ("<html" in text, "Take back" in text, "Leave out" in text) == (False, True, False)


def test_step_back_in_the_browser_gets_the_page(client, batch):
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    assert "<html" in client.get(f"/batches/{batch.pk}/?show=all", headers=headers).text


def test_grid_pages_by_row_number(client):
    batch = review_batch(ready=0)
    for number in range(2, 105):
        RowFactory(batch=batch, number=number)
    client.force_login(batch.uploaded_by)
    first = client.get(f"/batches/{batch.pk}/?show=all", headers=HTMX).text
    assert ("Rows 2 to 101" in first, "Rows after 101" in first) == (True, True)
    last = client.get(f"/batches/{batch.pk}/?show=all&after=101", headers=HTMX).text
    assert ("Rows 102 to 104" in last, "Rows before 102" in last, "Rows after" in last) == (True, True, False)


def test_go_to_row_begins_there(client, batch):
    assert "Rows 5 to 8" in client.get(f"/batches/{batch.pk}/?show=all&row=5", headers=HTMX).text


def test_cause_narrows_the_grid(client, batch):
    text = client.get(f"/batches/{batch.pk}/?problem=mobile_made_up", headers=HTMX).text
    assert ("Rows 4 to 4" in text, "Rows with the problem “Mobile looks made up”" in text) == (True, True)


def test_admin_leaves_out_every_row_with_errors(client, batch):
    response = client.post(f"/batches/{batch.pk}/leave-out/")
    assert (response.status_code, response.url, counts(batch)) == (302, f"/batches/{batch.pk}/", (0, 3))


def test_leaving_out_twice_is_leaving_out_once(client, batch):
    client.post(f"/batches/{batch.pk}/leave-out/")
    client.post(f"/batches/{batch.pk}/leave-out/")
    assert (counts(batch), TrailEntry.objects.filter(batch=batch).count()) == ((0, 3), 1)


def test_admin_leaves_out_one_row_and_stays_on_the_page(client, batch):
    response = client.post(f"/batches/{batch.pk}/leave-out/?show=errors&after=1", {"number": 2})
    assert (response.url, counts(batch)) == (f"/batches/{batch.pk}/?show=errors&after=1", (1, 2))


def test_admin_takes_a_row_back(client, batch):
    client.post(f"/batches/{batch.pk}/take-back/", {"number": 8})
    assert (batch.rows.get(number=8).state, counts(batch)) == (RowState.PENDING, (2, 0))


@pytest.mark.parametrize("act", ["leave-out", "take-back"])
def test_number_that_no_row_has_is_refused(client, batch, act):
    response = client.post(f"/batches/{batch.pk}/{act}/", {"number": "two"})
    assert (response.status_code, counts(batch)) == (422, (2, 1))


@pytest.mark.parametrize("act", ["leave-out", "take-back", "submit"])
@pytest.mark.parametrize("role", ["approver", "auditor", "owner"])
def test_only_an_admin_changes_a_list(client, batch, role, act):
    client.force_login(person(role))
    assert client.post(f"/batches/{batch.pk}/{act}/", {"number": 2}).status_code == 403
    assert counts(batch) == (2, 1)


@pytest.mark.parametrize("act", ["leave-out", "take-back"])
def test_submitted_list_does_not_change(client, act):
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/{act}/", {"number": 2})
    assert (response.status_code, "it can be changed only as a draft or in review" in response.text) == (409, True)


def test_refusal_behind_htmx_is_a_message(client):
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/leave-out/", {"number": 2}, headers=HTMX)
    assert (response.status_code, response.headers["HX-Retarget"], "<html" in response.text) == (
        409,
        "#messages",
        False,
    )


def test_auditor_sees_masks_and_no_buttons(client, batch):
    # The factory numbers names and mobiles alike: a high number would be found in the name.
    batch.rows.filter(number=5).update(name="Asha Rao", mobile="9876543210")
    row = batch.rows.get(number=5)
    client.force_login(person("auditor"))
    text = client.get(f"/batches/{batch.pk}/?show=all").text
    assert [part in text for part in (row.mobile, row.mobile[5:], row.email, "98204 41", "Leave out")] == [False] * 5


def test_forecast_says_when_the_balance_is_not_enough(client):
    batch = review_batch(ready=3)
    batch.account.balance = 1_000
    batch.account.save()
    client.force_login(batch.uploaded_by)
    assert "Top up 500 points at EnKash before the run" in client.get(f"/batches/{batch.pk}/").text


def test_same_file_in_another_batch_is_told(client):
    first, second = review_batch(purpose="Onam"), review_batch()
    client.force_login(second.uploaded_by)
    text = client.get(f"/batches/{second.pk}/").text
    assert ("The same file was uploaded before" in text, f"{first.pk}, Onam" in text) == (True, True)


def test_reason_of_the_approver_is_on_top(client):
    batch = review_batch()
    batch.sent_back_reason = "Two people left in October."
    batch.save()
    client.force_login(batch.uploaded_by)
    assert "“Two people left in October.”" in client.get(f"/batches/{batch.pk}/").text


@pytest.mark.parametrize(("role", "offered"), [("admin", True), ("approver", False), ("auditor", False)])
def test_rows_beyond_the_policy_are_looked_at_again(client, role, offered):
    agree(allowed_amounts=(400,))
    batch = review_batch(ready=2)
    look_at_limits_again(known(batch.uploaded_by), batch_id=batch.pk)
    client.force_login(person(role))
    text = client.get(f"/batches/{batch.pk}/").text
    assert ("limits again</button>" in text, "Points that the policy does not allow" in text) == (offered, True)
    agree(allowed_amounts=(400, 500))
    done = client.post(f"/batches/{batch.pk}/limits/", follow=True)
    assert done.status_code == (200 if offered else 403)
    assert ("No row is beyond the approval policy as things stand now." in done.text) == offered
    assert Problem.objects.filter(batch=batch).exists() != offered
