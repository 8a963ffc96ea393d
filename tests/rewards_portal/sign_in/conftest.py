import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client, TestCase

from tests.factories.people import PASSWORD, person


class Postman:
    """Delivers at once, so that a test sees it."""

    def submit(self, deliver, message):
        deliver(message)


@pytest.fixture(autouse=True)
def postman(monkeypatch):
    monkeypatch.setattr("rewards_portal.sign_in.adapter._POSTMAN", Postman())


@pytest.fixture
def client():
    """Nobody has shown anything yet."""
    return Client()


@pytest.fixture
def asha():
    return with_password(person("admin", username="asha", email="asha@example.com"))


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def shown(client):
    """The person was at the known page a moment ago."""
    client.post("/known/", {"password": PASSWORD})


def code_of(secret, *, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up_app(client):
    """Sets up an authenticator app for whoever is signed in; its secret."""
    page = client.get("/security/app/").text
    secret = re.search(r'class="id wrap">(\w+)<', page).group(1)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post("/security/app/", {"code": code_of(secret)}).url == "/security/codes/"
    return secret


def later(client, minutes=6):
    """What was shown in this session is older by so much."""
    session = client.session
    session["proofs"] = {
        key: value - 60 * minutes if key != "user" else value for key, value in session["proofs"].items()
    }
    session.save()
