import pytest

from allocations.enkash.errors import LoginRefused
from allocations.models import EnkashToken, TrailEntry
from allocations.services import logins
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db


class Client:
    """EnKash's login, accepted or not; it counts as the store does."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.tries = 0

    def token(self, _seconds: float) -> None:
        self.tries += 1
        if self.error:
            EnkashToken.objects.update(failures=2)
            raise self.error
        EnkashToken.objects.update(failures=0)


@pytest.fixture
def enkash(monkeypatch) -> Client:
    client = Client()
    real = logins.gateways.build()
    built = type(real)(client=client, clock=real.clock, worker=real.worker, timing=real.timing)
    monkeypatch.setattr(logins.gateways, "build", lambda: built)
    return client


def signed_in(client, role: str):
    user = person(role)
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    return client


def blocked() -> None:
    EnkashToken.objects.create(failures=2, last_error="Bad credentials")


def test_nothing_is_offered_while_the_login_works(client, enkash):
    EnkashToken.objects.create(failures=1)
    assert "Try the login once" not in signed_in(client, "owner").get("/accounts/").text


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_a_blocked_login_is_tried_once_by_somebody_known_again(client, enkash, role):
    blocked()
    signed_in(client, role)
    text = client.get("/accounts/").text
    assert ("The message: “Bad credentials”." in text, "Try the login once" in text) == (True, True)
    response = client.post("/accounts/login/", {"password": PASSWORD}, follow=True)
    assert "EnKash accepts the login again." in response.text
    assert (enkash.tries, TrailEntry.objects.get().event) == (1, "login allowed once")


def test_a_second_click_tries_nothing(client, enkash):
    blocked()
    signed_in(client, "owner").post("/accounts/login/", {"password": PASSWORD})
    response = client.post("/accounts/login/", {"password": PASSWORD})
    assert (response.status_code, "nothing was done" in response.text, enkash.tries) == (409, True, 1)


def test_a_failure_says_what_enkash_said(client, enkash):
    blocked()
    enkash.error = LoginRefused("Bad credentials", http_status=401)
    response = signed_in(client, "owner").post("/accounts/login/", {"password": PASSWORD}, follow=True)
    assert "The login failed again: Bad credentials Compare user name" in response.text
    assert "Try the login once" in response.text


@pytest.mark.parametrize(
    ("typed", "words"), [("wrong", "This is not your password."), ("", "Empty. Type the password")]
)
def test_without_the_right_password_nothing_is_tried(client, enkash, typed, words):
    blocked()
    response = signed_in(client, "owner").post("/accounts/login/", {"password": typed})
    assert (response.status_code, words in response.text, enkash.tries) == (422, True, 0)
    assert EnkashToken.objects.get().failures == 2


@pytest.mark.parametrize("role", ["approver", "auditor"])
def test_others_see_why_and_try_nothing(client, enkash, role):
    blocked()
    signed_in(client, role)
    text = client.get("/accounts/").text
    assert ("you need the role admin or owner" in text, "Try the login once" in text) == (True, False)
    assert client.post("/accounts/login/", {"password": PASSWORD}).status_code == 403
    assert enkash.tries == 0


def test_a_person_without_a_password_needs_none(client, enkash):
    blocked()
    user = person("owner")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert "Your own password" not in client.get("/accounts/").text
    client.post("/accounts/login/")
    assert enkash.tries == 1
