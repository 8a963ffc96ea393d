"""Guessing passwords, codes and tokens, also by somebody who pretends to be many or to be somewhere else.

What one browser may try is in tests.rewards_portal.sign_in.
"""

import itertools
import re

import pytest
from django.core import mail
from django.test import Client

from rewards_portal.sign_in.adapter import TOO_OFTEN
from tests.attacks.ground import body_of
from tests.factories.api import BASE, token_for
from tests.factories.people import PASSWORD, person
from tests.rewards_portal.sign_in.conftest import Postman, code_of, set_up_app, shown, with_password

pytestmark = pytest.mark.django_db
VICTIM, ATTACKER = "203.0.113.5", "198.51.100.7"
# A new one for each try, of everything that a client may say about where it is.
PRETENCES = {
    "host": lambda n: {"HTTP_HOST": f"testserver:{8000 + n}"},
    "forwarded for": lambda n: {"HTTP_X_FORWARDED_FOR": f"10.1.1.{n}"},
    "forwarded host": lambda n: {"HTTP_X_FORWARDED_HOST": f"h{n}.example"},
    "forwarded": lambda n: {"HTTP_FORWARDED": f"for=10.1.1.{n}"},
    "real ip": lambda n: {"HTTP_X_REAL_IP": f"10.1.1.{n}", "HTTP_CLIENT_IP": f"10.1.1.{n}"},
    "browser": lambda n: {"HTTP_USER_AGENT": f"Browser {n}"},
}


@pytest.fixture(autouse=True)
def postman(monkeypatch):
    monkeypatch.setattr("rewards_portal.sign_in.adapter._POSTMAN", Postman())


@pytest.fixture
def asha():
    return with_password(person("admin", username="asha", email="asha@portal.example"))


def sign_in(password, login="asha", *, at=ATTACKER, **environ):
    return Client(REMOTE_ADDR=at).post("/login/", {"login": login, "password": password}, **environ)


def too_often(answer):
    return TOO_OFTEN in answer.text if answer.status_code == 200 else answer.status_code == 429


@pytest.mark.parametrize("pretence", PRETENCES)
def test_guessing_a_password_is_counted_whatever_the_client_says_of_itself(asha, pretence):
    for at in range(5):
        assert not too_often(sign_in("wrong", **PRETENCES[pretence](at)))
    assert too_often(sign_in(PASSWORD, **PRETENCES[pretence](9)))


def test_spelling_of_a_name_begins_no_new_count(asha):
    for name in ("asha", "ASHA", " asha", "asha ", "Asha"):
        sign_in("wrong", name)
    assert too_often(sign_in(PASSWORD))


@pytest.mark.parametrize("pretence", PRETENCES)
def test_a_network_that_guesses_at_many_is_refused(settings, pretence):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "6/15m/ip,5/15m/key"}
    answers = [sign_in("wrong", f"name{at}", **PRETENCES[pretence](at)) for at in range(7)]
    assert [too_often(one) for one in answers] == [False] * 6 + [True]


def test_behind_the_proxy_only_what_that_says_counts(asha, settings):
    """It appends the address that it saw; what stands before came with the request."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for at in range(5):
        sign_in("wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{at}, {ATTACKER}")
    assert too_often(sign_in(PASSWORD, HTTP_X_FORWARDED_FOR=f"10.0.0.9, {ATTACKER}"))
    assert sign_in(PASSWORD, HTTP_X_FORWARDED_FOR=f"{ATTACKER}, {VICTIM}").status_code == 302


def test_attacker_elsewhere_shuts_nobody_out(asha):
    """Neither at the sign-in nor where one shows who one is, however long it goes on."""
    for _ in range(30):
        sign_in("wrong")
    assert too_often(sign_in(PASSWORD))
    assert sign_in(PASSWORD, at=VICTIM).status_code == 302
    inside = Client(REMOTE_ADDR=VICTIM)
    inside.force_login(asha)
    assert inside.post("/known/", {"password": PASSWORD}).status_code == 302


def test_many_networks_together_guess_slowly(asha):
    tries = [sign_in("wrong", at=f"198.51.{network}.1") for network, _ in itertools.product(range(5), range(5))]
    assert [too_often(one) for one in tries] == [False] * 20 + [True] * 5


@pytest.mark.parametrize("pretence", PRETENCES)
def test_guessing_a_code_is_counted_whatever_the_client_says_of_itself(asha, pretence):
    """Codes of the app and recovery codes together, and the same count where one shows who one is."""
    inside = Client()
    inside.force_login(asha)
    shown(inside)
    secret = set_up_app(inside)
    codes = inside.get("/security/codes/file/").text.split()
    outside = Client()
    outside.post("/login/", {"login": "asha", "password": PASSWORD})
    for at, wrong in enumerate(("000000", "111111", "deadbeef", "00000000", codes[0][:-1] + "x")):
        assert "Too many" not in outside.post("/login/second/", {"code": wrong}, **PRETENCES[pretence](at)).text
    for right in (code_of(secret, steps=1), codes[0]):
        assert "Too many" in outside.post("/login/second/", {"code": right}, **PRETENCES[pretence](9)).text
    assert outside.get("/").status_code == 302


def test_guessing_the_own_password_with_a_stolen_session_is_limited(asha, settings):
    thief = Client(REMOTE_ADDR=ATTACKER)
    thief.force_login(asha)
    for _ in range(5):
        thief.post("/known/", {"password": "wrong"})
    assert TOO_OFTEN in thief.post("/known/", {"password": PASSWORD}).text
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "change_password": "2/15m/user"}
    sent = {"oldpassword": "wrong", "password1": "four blue kites", "password2": "four blue kites"}
    assert [thief.post("/password/", sent).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("pretence", PRETENCES)
def test_mails_for_a_new_password_are_limited(asha, settings, pretence):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "reset_password": "20/15m/ip,2/h/key"}
    spellings = ("asha@portal.example", "ASHA@portal.example", " asha@PORTAL.example", "asha@portal.example")
    for at, address in enumerate(spellings):
        Client().post("/password/reset/", {"email": address}, **PRETENCES[pretence](at))
    assert len(mail.outbox) == 2


def test_keys_of_new_passwords_are_not_guessed(asha, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "reset_password_from_key": "3/15m/ip"}
    Client().post("/password/reset/", {"email": asha.email})
    link = re.search(r"/password/reset/key/(\S+)-(\S+)-(\S+)/", mail.outbox[0].body)
    for wrong in (f"{link[1]}-{link[2]}-{link[3][:-1]}x", f"{link[1]}-0-{link[3]}", f"1-{link[2]}-{link[3]}x"):
        page = Client().get(f"/password/reset/key/{wrong}/", follow=True)
        assert "does not work any more" in page.text
    sent = {"password1": "four blue kites", "password2": "four blue kites"}
    codes = [Client().post("/password/reset/key/1-set-password/", sent).status_code for _ in range(4)]
    assert codes[3] == 429


def test_only_the_whole_token_of_a_program_is_one(asha):
    token, text = token_for(asha)
    assert Client().get(f"{BASE}/accounts", headers={"Authorization": f"Bearer {text}"}).status_code == 200
    near = [
        text[:-1],
        text[1:],
        text.upper(),
        f"{text}x",
        text.removeprefix("rpt_"),
        token.sha256,
        f"{text}\0",
        "ü",
        "",
    ]
    near += [f"{text},{text}", f"{text[:20]} {text[20:]}", "%", "' OR 1=1 --", "rpt_", "x" * 10_000]
    for wrong in near:
        answer = Client().get(f"{BASE}/accounts", headers={"Authorization": f"Bearer {wrong}"})
        assert (answer.status_code, text.encode() in body_of(answer)) == (401, False), wrong
    for query in ("token", "access_token", "api_key", "Authorization"):
        assert Client().get(f"{BASE}/accounts?{query}={text}").status_code == 401
