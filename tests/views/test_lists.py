import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from allocations.models import Account, Batch, TrailEntry, Upload
from tests.factories.batches import approved_batch, refused_batch, review_batch, submitted_batch
from tests.factories.lists import AccountFactory
from tests.factories.people import person
from tests.factories.policies import agree

pytestmark = pytest.mark.django_db
CONTENT = b"Name,Mobile,Points\nAsha Rao,9876500001,700\n"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def entries(**changes):
    file = SimpleUploadedFile("diwali.csv", CONTENT)
    account = Account.objects.first() or AccountFactory()
    return {"purpose": "Diwali 2026", "account": account.pk, "who": "everybody", "file": file} | changes


def sign_in(client, *roles):
    user = person(*roles)
    client.force_login(user)
    return user


def test_admin_uploads_a_list(client):
    meera = sign_in(client, "admin")
    response = client.post("/batches/new/", entries())
    batch = Batch.objects.get()
    assert (response.status_code, response.url) == (302, f"/batches/{batch.pk}/")
    assert (batch.purpose, batch.is_points_allocation, batch.state, batch.uploaded_by) == (
        "Diwali 2026",
        True,
        "checking",
        meera,
    )
    upload = batch.uploads.get()
    with upload.file.open() as stored:
        assert (upload.file_name, stored.read()) == ("diwali.csv", CONTENT)


def test_a_form_sent_twice_makes_one_batch(client):
    """F51."""
    sign_in(client, "admin")
    key = re.search(r'name="form_key" value="([0-9a-f-]{36})"', client.get("/batches/new/").text).group(1)
    addresses = [client.post("/batches/new/", entries(form_key=key)).url for _ in range(2)]
    assert addresses == [f"/batches/{Batch.objects.get().pk}/"] * 2
    assert Upload.objects.count() == 1


def test_admin_pastes_a_list(client):
    sign_in(client, "admin")
    client.post("/batches/new/", entries(file="", pasted="Name\tMobile\tPoints\nAsha\t9876500001\t5\n", who="new"))
    upload = Upload.objects.get()
    assert (upload.kind, upload.file_name, upload.batch.is_points_allocation) == ("paste", "pasted (2 lines)", False)


def test_limits_are_shown_before_choosing(client):
    sign_in(client, "admin")
    text = client.get("/batches/new/").text
    assert "at most 100 MB and 10,00,000 rows" in text
    assert "At most 1,00,000 points per person" in text
    assert "in a month, over all batches" not in text
    agree(most_points_person_month=10_000, allowed_amounts=(500, 1_000))
    text = client.get("/batches/new/").text
    assert "At most 10,000 points for one person (one mobile) in a month, over all batches." in text
    assert "Amounts that a row may give: 500, 1,000." in text


def test_nobody_is_chosen_beforehand(client):
    sign_in(client, "admin")
    assert "required checked" not in client.get("/batches/new/").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"purpose": ""}, "Empty. Say what the points are for"),
        ({"account": "999999"}, "This reward account does not exist."),
        ({"who": ""}, "Not chosen. Say who gets points"),
        ({"file": ""}, "No list yet. Choose a file, or paste the lines of a spreadsheet."),
    ],
)
def test_incomplete_upload_comes_back_with_its_reason(client, changes, words):
    sign_in(client, "admin")
    response = client.post("/batches/new/", entries(**changes))
    assert (response.status_code, words in response.text, Batch.objects.count()) == (422, True, 0)


def test_entries_survive_a_refused_upload(client):
    sign_in(client, "admin")
    text = client.post("/batches/new/", entries(file="")).text
    assert ('value="Diwali 2026"' in text, 'value="everybody" required checked' in text) == (True, True)


@pytest.mark.parametrize("send", ["get", "post"])
@pytest.mark.parametrize("role", ["approver", "auditor", "owner"])
def test_only_an_admin_uploads(client, role, send):
    sign_in(client, role)
    response = getattr(client, send)("/batches/new/", {})
    assert response.status_code == 403
    assert "To upload a list you need the role admin." in response.text


def test_fields_that_nobody_offered_change_nothing(client):
    sign_in(client, "admin")
    client.post("/batches/new/", entries(state="approved", approved_by="1", points_total="9"))
    batch = Batch.objects.get()
    assert (batch.state, batch.approved_by, batch.points_total) == ("checking", None, 0)


@pytest.mark.parametrize("make", [refused_batch, review_batch])
def test_another_list_takes_the_place_of_the_former(client, make):
    batch = make()
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/list/", {"file": SimpleUploadedFile("again.csv", CONTENT)})
    batch.refresh_from_db()
    assert (response.status_code, batch.state, batch.uploads.first().file_name) == (302, "checking", "again.csv")


def test_another_list_without_a_file_is_refused(client):
    batch = review_batch()
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/list/", {})
    assert (response.status_code, "No list yet." in response.text, batch.uploads.count()) == (422, True, 1)


@pytest.mark.parametrize(
    ("make", "status"), [(submitted_batch, 409), (approved_batch, 409)], ids=["submitted", "approved"]
)
def test_submitted_list_cannot_be_replaced(client, make, status):
    batch = make()
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/list/", {"file": SimpleUploadedFile("again.csv", CONTENT)})
    assert (response.status_code, batch.uploads.count(), TrailEntry.objects.count()) == (status, 1, 0)


def test_refused_list_shows_its_sentence_and_the_way_on(client):
    batch = refused_batch()
    client.force_login(batch.uploaded_by)
    text = client.get(f"/batches/{batch.pk}/").text
    assert "The file is empty. Upload a list with a header row." in text
    assert f"Upload another list for batch {batch.pk}" in text


def test_refused_list_offers_nothing_to_an_auditor(client):
    batch = refused_batch()
    sign_in(client, "auditor")
    assert "An admin can upload another list for this batch." in client.get(f"/batches/{batch.pk}/").text
