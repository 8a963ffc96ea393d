from datetime import UTC, datetime

import pytest

from allocations.domain.policy import Actor, Role
from allocations.presenters.shell import shell
from allocations.selectors.logins import BlockedLogin
from allocations.selectors.shell import OpenWork, Recovery
from allocations.urls import urlpatterns

SUDHA = Actor(id=1, name="Sudha Iyer", roles=frozenset({Role.APPROVER, Role.ADMIN}))


def frame(url_name="home", environment="live", actor=SUDHA):
    return shell(
        actor, work=OpenWork(approvals=2, runs=1, exceptions=3, reversals=3), url_name=url_name, environment=environment
    )


def test_navigation_counts_open_work():
    assert {item.label: item.open for item in frame().nav} == {
        "Home": 0,
        "Batches": 0,
        "Approvals": 2,
        "Reversals": 3,
        "Runs": 1,
        "Exceptions": 3,
        "Accounts": 0,
        "Reports": 0,
        "Policies": 0,
        "Notices": 0,
        "Exports": 0,
        "People": 0,
        "API": 0,
    }


@pytest.mark.parametrize(
    ("url_name", "label"),
    [
        ("home", "Home"),
        ("batch-mapping", "Batches"),
        ("batch-rerun", "Batches"),
        ("batch-export", "Batches"),
        ("export", "Exports"),
        ("batch-approval", "Approvals"),
        ("batch-approve", "Approvals"),
        ("batch-send-back", "Approvals"),
        ("reversal-approve", "Reversals"),
        ("row-reverse", "Reversals"),
        ("run", "Runs"),
        ("exceptions", "Exceptions"),
        ("decision", "Exceptions"),
        ("accounts", "Accounts"),
        ("account-lanes", "Accounts"),
        ("account-remove", "Accounts"),
    ],
)
def test_page_belongs_to_one_section(url_name, label):
    assert [item.label for item in frame(url_name).nav if item.is_current] == [label]


@pytest.mark.parametrize(
    ("environment", "badge"),
    [("live", ("LIVE", True, False)), ("uat", ("UAT", False, False)), ("simulator", ("SIMULATOR", False, True))],
)
def test_environment_is_never_mistaken_for_live(environment, badge):
    found = frame(environment=environment)
    assert (found.environment, found.is_live, found.is_demo) == badge


@pytest.mark.parametrize(("roles", "words"), [(SUDHA.roles, "Admin, Approver"), (frozenset(), "No role")])
def test_roles_are_named(roles, words):
    assert frame(actor=Actor(id=1, name="", roles=roles)).roles == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (1, "The rows of 1 call are still to be looked up at EnKash. Then sending goes on by itself."),
        (1200, "The rows of 1,200 calls are still to be looked up at EnKash."),
        (0, "Everything was looked up. Sending goes on by itself when the quiet time is over."),
    ],
)
def test_recovery_is_told_on_every_page(left, words):
    since = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
    work = OpenWork(approvals=0, runs=0, exceptions=0)
    notice = shell(SUDHA, work=work, url_name="home", environment="live", recovery=Recovery(since, left)).notice
    assert notice.head == "Nothing is sent: the portal recovers since 11 Nov 2026, 14:05 IST."
    assert words in notice.text
    assert frame().notice is None


def test_a_blocked_login_is_told_on_every_page():
    work = OpenWork(approvals=0, runs=0)
    blocked = BlockedLogin("Bad credentials", None)
    alone = shell(SUDHA, work=work, url_name="home", environment="live", login=blocked).notice
    assert alone.head == "EnKash refuses our login."
    assert "try the login once on the page Accounts" in alone.text
    since = Recovery(datetime(2026, 11, 11, 8, 35, tzinfo=UTC), 2)
    both = shell(SUDHA, work=work, url_name="home", environment="live", recovery=since, login=blocked).notice
    assert both.head.startswith("Nothing is sent: the portal recovers")
    assert "EnKash refuses our login, so nothing is looked up until somebody acts." in both.text


def test_every_page_is_in_one_section():
    """The template of a list is a file, not a page."""
    names = {route.name for route in urlpatterns} - {"list-template"}
    auditor = Actor(id=1, name="Asha", roles=frozenset({Role.AUDITOR}))
    sections = {name: frame(name, actor=auditor).nav for name in names}
    assert {name: sum(item.is_current for item in sections[name]) for name in names} == dict.fromkeys(names, 1)
