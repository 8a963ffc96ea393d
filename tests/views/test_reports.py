from datetime import UTC, datetime

import pytest
from django.urls import reverse

from allocations.forms.periods import asked_period
from allocations.models import Run
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    client.force_login(person("auditor"))
    return client


def test_report_tells_the_year_by_month_programme_account_cause_and_run(auditor):
    batch = approved_batch(credited=3, failed=1)
    Run.objects.update(opening_balance=10_000, closing_balance=8_400)
    text = auditor.get(reverse("allocations:reports"), {"year": 2026}).text
    for words in (
        "1,500 points went to 3 rows",
        "November 2026",
        "Diwali 2026",
        batch.account.name,
        "Mobile number registered with another company",
        f"Run 1 of batch {batch.pk}",
        "<strong>−100</strong>",
    ):
        assert words in text


def test_report_of_an_account_that_gave_nothing_says_so(auditor):
    approved_batch()
    text = auditor.get(reverse("allocations:reports"), {"account": 999}).text
    assert ("Nothing was given in this period." in text, "By programme" in text) == (True, False)


@pytest.mark.parametrize("year", ["", "1999", "x", "2031"])
def test_a_year_that_is_not_offered_is_this_one(year, rf):
    now = datetime(2026, 11, 26, tzinfo=UTC)
    assert asked_period(rf.get("/", {"year": year}).GET, now=now).year == 2026


def test_tables_by_maker_and_outcome_stand_on_the_page_and_go_out_as_files(auditor):
    batch = approved_batch(credited=3, failed=1)
    text = auditor.get(reverse("allocations:reports"), {"year": 2026}).text
    maker = batch.uploaded_by.get_full_name()
    assert [words in text for words in ("By maker", maker, "By outcome", "Unknown or in conflict")] == [True] * 4
    asked = {"table": "makers", "kind": "csv", "year": "2026", "account": ""}
    answer = auditor.post(reverse("allocations:report-export"), asked)
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert lines[1:] == [f'"{maker}",3,1500,1,500', '"Total",3,1500,1,500']
    assert (answer["Content-Type"], answer["X-Export-Rows"]) == ("text/csv; charset=utf-8", "1")
    other = auditor.post(reverse("allocations:report-export"), {**asked, "account": batch.account_id + 1})
    assert other.getvalue().decode("utf-8-sig").splitlines()[1:] == ['"Total",0,0,0,0']


def test_owner_reads_reports_and_takes_none_out(client):
    approved_batch(credited=1)
    client.force_login(person("owner"))
    assert "Take a table with you" not in client.get(reverse("allocations:reports"), {"year": 2026}).text
    assert client.post(reverse("allocations:report-export"), {"table": "months", "kind": "csv"}).status_code == 403
