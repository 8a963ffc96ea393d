"""The page of people near the gift limit: who stands there, how masked, and how it goes out as a file."""

import csv
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from allocations.models import TrailEntry
from tests.factories.people import PASSWORD, person
from tests.services.test_person_years import batch_of

pytestmark = pytest.mark.django_db
PAGE = reverse("allocations:gift-limit")
ABOVE, NEAR, BELOW = "9876500021", "9876500022", "9876500023"


@pytest.fixture
def auditor(client):
    user = person("auditor")
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def rows(capsys):
    """One person above the limit by two batches, one near it, one below."""
    made = {mobile: batch_of(mobile, points).rows.get() for mobile, points in ((NEAR, 4_200), (BELOW, 3_999))}
    batch_of(ABOVE, 3_000)
    made[ABOVE] = batch_of(ABOVE, 2_500).rows.get()
    call_command("count_people")
    assert capsys.readouterr().out == "3 years of people were added up.\n"
    return made


def test_whoever_is_above_or_near_stands_there_masked_and_leads_to_their_page(auditor, rows) -> None:
    text = auditor.get(PAGE, {"year": 2026}).text
    for words in (
        "The limit is 5,000 points a year",
        "Above it: 1. Near it: 1.",
        "<strong>110 %</strong>",
        "500 points over",
        "84 %",
        "800 points left",
        "******0021",
        reverse("allocations:recipient", args=[rows[ABOVE].batch_id, rows[ABOVE].number]),
        "2 people on this page",
    ):
        assert words in text
    assert [shown in text for shown in ("98765 00021", ABOVE, "******0023")] == [False] * 3
    only = auditor.get(PAGE, {"year": 2026, "show": "above"}).text
    assert ("******0021" in only, "******0022" in only) == (True, False)


def test_what_an_auditor_revealed_is_in_full_here_too_and_ends(auditor, rows) -> None:
    row = rows[ABOVE]
    auditor.post(
        reverse("allocations:row-reveal", args=[row.batch_id, row.number]), {"cause": "dispute", "words": "Ticket 4821"}
    )
    answer = auditor.get(PAGE, {"year": 2026})
    assert ("98765 00021" in answer.text, "98765 00022" in answer.text) == (True, False)
    assert 0 < int(answer.headers["Refresh"]) <= 601


def test_pages_follow_each_other(auditor, rows) -> None:
    text = auditor.get(PAGE, {"year": 2026, "after": f"5500.00_{rows[ABOVE].pk}"}).text
    assert ("******0021" in text, "******0022" in text, "First page" in text) == (False, True, True)


@pytest.mark.parametrize("query", ["year=x&after=1", "after=1e9_2&show=all", "year=1999&after=_"])
def test_an_address_that_means_nothing_is_the_first_page(auditor, rows, query: str) -> None:
    assert "******0021" in auditor.get(f"{PAGE}?{query}").text


@pytest.mark.parametrize(
    ("limit", "words"), [(0, "GIFT_METER_POINTS"), (5_000, "Not counted yet")], ids=["no limit", "never counted"]
)
def test_a_page_without_people_says_why(auditor, settings, limit: int, words: str) -> None:
    settings.GIFT_METER_POINTS = limit
    assert words in auditor.get(PAGE).text


@pytest.mark.parametrize("page", ["/search/", "/reports/?year=2026"])
def test_other_pages_lead_to_it(auditor, rows, page: str) -> None:
    assert PAGE in auditor.get(page).text


def test_the_page_of_a_person_leads_to_it(auditor, rows) -> None:
    row = rows[NEAR]
    assert PAGE in auditor.get(reverse("allocations:recipient", args=[row.batch_id, row.number])).text


def exported(client, **asked: str):
    return client.post(
        reverse("allocations:report-export"), {"table": "people", "kind": "csv", "year": "2026", **asked}
    )


def test_everybody_of_the_page_goes_out_masked_and_noted(auditor, rows) -> None:
    answer = exported(auditor)
    text = answer.getvalue().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(line["Mobile"], line["Points net"], line["Points above the limit"]) for line in lines] == [
        ("******0021", "5500", "500"),
        ("******0022", "4200", "0"),
    ]
    assert (ABOVE in text, NEAR in text, answer["X-Export-Rows"]) == (False, False, "2")
    entry = TrailEntry.objects.get(event="report exported")
    assert (entry.data["table"], entry.data["rows"]) == ("people", 2)


def test_a_file_of_one_account_or_of_too_many_people_is_refused(auditor, rows, settings) -> None:
    one = exported(auditor, account=str(rows[NEAR].batch.account_id))
    assert (one.status_code, "is over all accounts" in one.text) == (422, True)
    settings.SEARCH_EXPORT_ROWS = 1
    many = exported(auditor)
    assert (many.status_code, "More than 1 people are near the limit" in many.text) == (422, True)
    assert not TrailEntry.objects.filter(event="report exported").exists()


def test_an_owner_reads_it_and_takes_none_out(client, rows) -> None:
    client.force_login(person("owner"))
    assert ("******0021" in client.get(PAGE, {"year": 2026}).text, exported(client).status_code) == (True, 403)
