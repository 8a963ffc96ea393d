import time

import pytest

from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Moves the session's clock: clock(60)."""
    now = [time.time()]
    monkeypatch.setattr("rewards_portal.sign_in.ageing.time.time", lambda: now[0])

    def forward(seconds):
        now[0] += seconds

    return forward


@pytest.fixture
def signed_in(client, clock):  # its sign-in is at the time that the test moves
    client.force_login(person("admin"))
    assert client.get("/").status_code == 200
    return client


def test_idle_session_ends_and_says_why(signed_in, clock):
    clock(1800)
    assert "because nothing was done for a while" in signed_in.get("/", follow=True).text


def test_clicks_keep_a_session_but_not_for_ever(signed_in, clock):
    for _ in range(19):
        clock(1500)
        assert signed_in.get("/").status_code == 200
    clock(1500)
    assert "a session ends some time after its sign-in" in signed_in.get("/", follow=True).text


def test_a_page_that_refreshes_itself_keeps_no_session(signed_in, clock):
    for _ in range(2):
        clock(899)
        signed_in.get("/runs/", headers={"HX-Request": "true"})
    clock(2)
    assert signed_in.get("/").status_code == 302


def test_sending_a_form_keeps_a_session(signed_in, clock):
    clock(1799)
    signed_in.post("/batches/new/", headers={"HX-Request": "true"})
    clock(1799)
    assert signed_in.get("/").status_code == 200
