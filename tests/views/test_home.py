import pytest

from allocations.domain.states import RunState
from allocations.models import EnkashToken
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.lists import AccountFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def home(client, *roles, user=None):
    client.force_login(user or person(*roles))
    return client.get("/").text


def test_empty_home_shows_three_steps_to_an_admin(client):
    text = home(client, "admin")
    assert ("Give the first points in three steps" in text, "Upload the first list" in text) == (True, True)


def test_empty_home_offers_no_upload_to_an_auditor(client):
    text = home(client, "auditor")
    assert ("For this you need the role admin." in text, "Upload the first list" in text) == (True, False)


def test_home_shows_an_approver_what_to_decide(client):
    submitted_batch(rows=4)
    assert "1 batch to approve, 2,000 points" in home(client, "approver")


def test_home_shows_the_maker_no_decision_about_the_own_batch(client):
    batch = submitted_batch(uploaded_by=person("admin", "approver"))
    assert "to approve" not in home(client, user=batch.uploaded_by)


def test_home_shows_an_admin_rows_to_fix_and_failed_rows(client):
    batch = review_batch(errors=2)
    failed = approved_batch(credited=1, failed=2)
    text = home(client, user=batch.uploaded_by)
    assert ("Fix 2 rows" in text, f"2 rows of batch {failed.pk} failed" in text) == (True, True)


def test_home_shows_a_run_that_goes_on(client):
    approved_batch(credited=2, unknown=1, pending=1, run_state=RunState.RUNNING)
    text = home(client, "auditor")
    assert "4 rows = 2 credited + 1 unknown + 1 not sent" in text
    assert "1 row: we do not know yet." in text


def test_home_shows_the_wallet_and_other_accounts_in_short(client):
    for name in ("A one", "B two", "C three"):
        AccountFactory(name=name)
    text = home(client, "auditor")
    assert text.count("points free to commit") == 2
    assert "Other accounts:" in text


def test_home_says_that_the_sweeper_is_silent(client):
    assert "The sweeper has not reported for two minutes" in home(client, "owner")


@pytest.mark.parametrize(
    ("role", "said", "link"),
    [
        ("admin", "Try it once at Accounts", True),
        ("auditor", "you need the role admin or owner", False),
    ],
)
def test_a_refused_login_leads_to_where_it_can_be_tried(client, role, said, link):
    EnkashToken.objects.create(failures=2, last_error="Bad credentials.")
    note = home(client, role).partition("EnKash refused the login 2 times")[2].partition("</div>")[0]
    assert (said in note, 'href="/accounts/"' in note) == (True, link)


def test_home_costs_the_same_however_many_batches(client, django_assert_max_num_queries):
    for _ in range(4):
        approved_batch(credited=1)
    client.force_login(person("admin", "approver"))
    with django_assert_max_num_queries(46):
        client.get("/")
