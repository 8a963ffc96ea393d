"""The language of pages is what their reader chose, and nothing else is in it."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from rewards_portal.languages import Languages
from rewards_portal.sign_in.adapter import AccountAdapter
from tests.factories.people import person
from tests.rewards_portal.sign_in.conftest import with_password

pytestmark = pytest.mark.django_db
# They read what was asked for, or tell what a page shows of a file.
_NO_FILES = {"check_outcome", "kind_of", "points", "rows_of", "sha256_of", "holds_all"}
VIEWS = sorted(Path(settings.BASE_DIR, "allocations", "views").glob("*.py"))


def reader(language: str = "hi") -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def page_of(client: Client, path: str = "/login/", **headers: str) -> str:
    return client.get(path, headers=headers).text


def test_page_is_english_until_somebody_chooses():
    """A browser's own wish, made by whoever set it up, is none of the reader."""
    text = page_of(Client(), **{"Accept-Language": "hi-IN,hi;q=0.9"})
    assert ('<html lang="en-IN">' in text, 'lang="hi">हिन्दी</button>' in text) == (True, True)


def test_choice_is_kept_and_leads_back():
    client = Client()
    seen = {"Referer": "http://testserver/login/?next=/batches/"}
    answer = client.post("/language/", {"language": "hi"}, headers=seen)
    assert (answer.status_code, answer.url) == (302, "/login/?next=/batches/")
    kept = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (kept.value, kept["httponly"], kept["samesite"], kept["path"]) == ("hi", True, "Lax", "/")
    text = page_of(client)
    assert ('<html lang="hi">' in text, 'lang="en-IN">English</button>' in text) == (True, True)
    client.post("/language/", {"language": "en-in"})
    assert '<html lang="en-IN">' in page_of(client)


@pytest.mark.parametrize("language", ["", "fr", "en", "hi; x=1", "HI", "../hi"])
def test_unknown_language_changes_nothing(language):
    answer = reader().post("/language/", {"language": language})
    assert (answer.url, list(answer.cookies)) == ("/", [])
    assert '<html lang="en-IN">' in page_of(reader(language))


AWAY = ["//evil.example/", "/\\evil.example", "///evil.example/?x=1"]
CAME_FROM = [*(f"http://testserver{path}" for path in AWAY), "https://evil.example/", "javascript:x", "http://[", ""]


@pytest.mark.parametrize("seen", CAME_FROM)
def test_choice_leads_to_no_other_site(seen):
    asked = {"language": "hi", "next": "https://evil.example/"}
    assert reader().post("/language/", asked, headers={"Referer": seen}).url == "/"


def test_choice_is_offered_inside_too_and_on_pages_that_are_not_there():
    client = reader()
    client.force_login(person("admin"))
    for path in ("/batches/", "/batches/999/"):
        text = page_of(client, path)
        assert ('<html lang="hi"' in text, 'action="/language/"' in text, 'name="answered"' in text) == (
            True,
            True,
            False,
        )


def test_page_that_answers_a_form_leads_home():
    """Its address may be one that takes no GET."""
    client = reader()
    client.force_login(person("auditor"))
    refused = client.post("/batches/1/leave-out/")
    assert (refused.status_code, 'name="answered" value="yes">' in refused.text) == (422, True)
    seen = {"Referer": "http://testserver/batches/1/leave-out/"}
    assert client.post("/language/", {"language": "hi", "answered": "yes"}, headers=seen).url == "/"


def test_language_ends_with_its_request():
    page_of(reader())
    assert translation.get_language() == settings.LANGUAGE_CODE


@pytest.mark.parametrize(("path", "language"), [("/api/", "hi"), ("/api/v1/batches/", "en-in")])
def test_programs_read_english(rf, path, language):
    """The page about the API is a page; its answers are compared and logged."""
    spoken = Languages(lambda _: HttpResponse(translation.get_language()))
    request = rf.get(path)
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "hi"
    assert spoken(request).text == language


def test_mails_are_english(monkeypatch):
    """Whoever asks for a new password may be somebody else than who reads the mail."""
    spoken = []

    def render(*_: object) -> EmailMessage:
        spoken.append(translation.get_language())
        return EmailMessage(to=["asha@example.com"])

    monkeypatch.setattr(AccountAdapter, "render_mail", render)
    with_password(person("admin", username="asha", email="asha@example.com"))
    assert reader().post("/password/reset/", {"email": "asha@example.com"}).status_code == 302
    assert spoken == ["en-in"]


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_files_are_written_in_english(path):
    """What writes a file is handed to `in_english`, never called in the language of the page."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    writers = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("allocations.exports")
        for name in node.names
        if name.name.islower()
    } - _NO_FILES
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert writers & called == set()
