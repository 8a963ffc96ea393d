"""Signing in and out, guessing, and a new password by mail."""

import re

import pytest
from django.core import mail

from allocations.models import TrailEntry
from rewards_portal.sign_in.adapter import MISMATCH, TOO_OFTEN
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
NEW = "four blue kites above Pune"


def sign_in(client, login, password=PASSWORD, **fields):
    return client.post("/login/", {"login": login, "password": password} | fields)


def told():
    return list(TrailEntry.objects.order_by("pk").values_list("event", "object_id", "actor_id"))


def refuse(*_):
    raise ConnectionRefusedError


def said(answer):
    return re.findall(r'role="alert"><p>(.*?)</p>', answer.text)


def test_sign_in_leads_on_and_is_in_the_trail_without_name_or_address(client, asha):
    answer = sign_in(client, "asha", next="/batches/")
    assert (answer.status_code, answer.url) == (302, "/batches/")
    assert told() == [("signed in", asha.pk, asha.pk)]
    body = TrailEntry.objects.get().body
    assert ("asha" in body, "127.0.0.1" in body) == (False, False)


def test_session_gets_a_new_key_at_sign_in(client, asha):
    client.get("/password/reset/")
    client.session.save()
    before = client.cookies.get("sid")
    sign_in(client, "asha")
    assert client.cookies["sid"].value != (before.value if before else "")


def test_sign_in_leads_nowhere_else(client, asha):
    assert sign_in(client, "asha", next="https://elsewhere.example/").url == "/"


def test_sign_out_is_a_post(client, asha):
    client.force_login(asha)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == "/login/"
    assert client.get("/").url == "/login/?next=/"
    assert told() == [("signed out", asha.pk, asha.pk)]


@pytest.mark.parametrize("who", ["asha", "nobody", "gone"])
def test_a_wrong_password_says_the_same_of_everybody(client, asha, who):
    gone = person("admin", username="gone", is_active=False)
    answer = sign_in(client, who, "wrong")
    assert said(answer) == [MISMATCH]
    known = {"asha": asha.pk, "gone": gone.pk, "nobody": 0}
    assert told() == [("sign-in failed", known[who], None)]


@pytest.mark.parametrize("who", ["asha", "nobody"])
def test_guessing_is_refused_after_five_tries_even_with_the_right_password(client, asha, who):
    for _ in range(5):
        sign_in(client, who, "wrong")
    assert said(sign_in(client, who)) == [TOO_OFTEN]
    assert (client.get("/").status_code, len(told())) == (302, 5)


def test_guessing_at_one_person_shuts_out_nobody_else(client, asha):
    for _ in range(6):
        sign_in(client, "somebody", "wrong")
    assert sign_in(client, "asha").status_code == 302


def test_what_was_guessed_right_does_not_count(client, asha):
    for _ in range(7):
        assert sign_in(client, "asha").status_code == 302
        client.logout()


def test_nobody_signs_up(client):
    assert [client.get(path).status_code for path in ("/signup/", "/accounts/signup/", "/email/")] == [404] * 3


def test_new_password_by_mail_ends_every_session(client, asha):
    other = type(client)()
    other.force_login(asha)
    assert client.post("/password/reset/", {"email": "ASHA@example.com"}).url == "/password/reset/done/"
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body).group(1)
    page = client.get(link, follow=True)
    assert "Choose a new password" in page.text
    done = client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert done.url == "/password/reset/key/done/"
    assert other.get("/").status_code == 302
    assert "does not work any more" in type(client)().get(link, follow=True).text
    assert sign_in(client, "asha", NEW).status_code == 302
    assert [event for event, *_ in told()] == ["password reset by mail", "signed in"]


def test_reset_says_the_same_of_an_unknown_address_and_sends_nothing(client, asha):
    asha.set_unusable_password()
    asha.save()
    for address in ("nobody@example.com", "asha@example.com"):
        assert client.post("/password/reset/", {"email": address}).url == "/password/reset/done/"
    assert mail.outbox == []


def test_reset_says_the_same_while_the_mail_server_is_away(client, asha, monkeypatch, caplog):
    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    assert client.post("/password/reset/", {"email": "asha@example.com"}).url == "/password/reset/done/"
    assert "a mail about signing in was not sent" in caplog.text


def test_reset_is_limited(client, asha):
    answers = [client.post("/password/reset/", {"email": "asha@example.com"}).status_code for _ in range(6)]
    assert (answers, len(mail.outbox)) == ([302] * 5 + [429], 5)


def test_password_is_changed_and_other_sessions_end(client, asha):
    other = type(client)()
    other.force_login(asha)
    client.force_login(asha)
    wrong = client.post("/password/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert "This is not your password now." in wrong.text
    weak = client.post("/password/", {"oldpassword": PASSWORD, "password1": "Password2024!", "password2": "x"})
    assert "common password" in weak.text
    right = client.post("/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is changed." in right.text
    assert (client.get("/").status_code, other.get("/").status_code) == (200, 302)
    assert [event for event, *_ in told()] == ["password changed"]


def test_who_signs_in_elsewhere_has_no_password_to_change(client, asha):
    asha.set_unusable_password()
    asha.save()
    client.force_login(asha)
    assert "there is no password of yours here" in client.get("/password/", follow=True).text


def test_sessions_are_listed_and_others_end(client, asha):
    other = type(client)(headers={"User-Agent": "Old browser"})
    for browser in (other, client):
        sign_in(browser, "asha")
    assert "Old browser" in client.get("/security/").text
    assert "1 session has ended." in client.post("/security/", follow=True).text
    assert (client.get("/").status_code, other.get("/").status_code) == (200, 302)


@pytest.mark.parametrize(
    "path", ["/login/", "/password/", "/password/reset/", "/password/reset/done/", "/security/", "/inactive/"]
)
def test_pages_of_the_door_are_strict_and_never_kept(client, asha, path):
    if path in {"/password/", "/security/"}:
        assert client.get(path).url == f"/login/?next={path}"
        client.force_login(asha)
    answer = client.get(path)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    assert ("unsafe" in answer["Content-Security-Policy"], "<script>" in answer.text) == (False, False)
