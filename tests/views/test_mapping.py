import re

import pytest

from tests.factories.batches import refused_batch, review_batch, submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db
CHOICES = {"column_0": "name", "column_1": "mobile", "column_2": "amount"}


@pytest.fixture
def batch(client):
    batch = review_batch()
    client.force_login(batch.uploaded_by)
    return batch


def test_page_shows_headers_first_values_and_the_present_choice(client, batch):
    text = client.get(f"/batches/{batch.pk}/mapping/").text
    assert ("Asha Rao" in text, '<option value="amount" selected>Points</option>' in text) == (True, True)


def test_page_says_how_well_each_name_fits_what_the_column_is_read_as(client, batch):
    batch.uploads.update(
        header=["Employee Name", "Mobile no. (10 digits)", "Salary", "Points", "Grade"],
        mapping={"name": 0, "mobile": 1, "remarks": 2, "amount": 3},
    )
    text = client.get(f"/batches/{batch.pk}/mapping/").text
    assert re.findall(r"<td>(exact|likely|chosen|none)</td>", text) == ["exact", "likely", "chosen", "exact", "none"]


def test_choice_reads_the_list_again(client, batch):
    response = client.post(f"/batches/{batch.pk}/mapping/", CHOICES)
    batch.refresh_from_db()
    assert (response.url, batch.state) == (f"/batches/{batch.pk}/", "checking")
    assert batch.uploads.first().mapping_override == {"name": 0, "mobile": 1, "amount": 2}


def test_second_choice_while_it_is_read_is_refused(client, batch):
    client.post(f"/batches/{batch.pk}/mapping/", CHOICES)
    assert client.post(f"/batches/{batch.pk}/mapping/", CHOICES).status_code == 409
    assert batch.uploads.count() == 2


def test_choice_without_a_needed_column_comes_back(client, batch):
    response = client.post(f"/batches/{batch.pk}/mapping/", CHOICES | {"column_2": ""})
    assert (response.status_code, "No column is Points." in response.text) == (422, True)


def test_list_without_a_header_has_nothing_to_map(client):
    batch = refused_batch()
    client.force_login(batch.uploaded_by)
    response = client.get(f"/batches/{batch.pk}/mapping/")
    assert (response.status_code, "No header was found in this list" in response.text) == (409, True)


def test_submitted_list_is_not_mapped_again(client):
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    assert client.get(f"/batches/{batch.pk}/mapping/").status_code == 409


@pytest.mark.parametrize("role", ["approver", "auditor", "owner"])
def test_only_an_admin_maps_columns(client, role):
    batch = review_batch()
    client.force_login(person(role))
    assert client.post(f"/batches/{batch.pk}/mapping/", CHOICES).status_code == 403


def test_whoever_had_no_hand_in_the_list_chooses_by_masked_values(client, batch):
    assert "9876500001" in client.get(f"/batches/{batch.pk}/mapping/").text
    client.force_login(person("admin"))
    for answer in (client.get(f"/batches/{batch.pk}/mapping/"), client.post(f"/batches/{batch.pk}/mapping/", {})):
        assert ("******0001" in answer.text, "9876500001" in answer.text) == (True, False)
