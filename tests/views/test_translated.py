"""Pages in another language: nothing of their own words stays English, and files do."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from tests.factories.batches import approved_batch, checking_batch, review_batch, submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_SHOWN = ("aria-label", "placeholder", "title", "alt")
# What has no translation: names, codes, what people wrote, and the language that can be chosen instead.
_SAME = {"EnKash", "IST", "SIMULATOR", "English", "CSV", "XLSX", "API", "Asha Rao", "Diwali 2026"}


class Texts(HTMLParser):
    """The words of a page, those of attributes too, without scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag, attrs):
        self._inside = tag
        self.found += [value or "" for name, value in attrs if name in _SHOWN]

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside not in {"script", "style"}:
            self.found.append(data)


@pytest.fixture
def marked(monkeypatch):
    """A language whose every text stands in brackets: whatever does not is a text that nobody can translate."""
    translation.gettext("")  # Django chooses its functions when the first is called

    def mark(*args):
        words = [one for one in args if isinstance(one, str)]
        many = len(args) > 2 or (len(args) == 2 and isinstance(args[1], str))
        return f"⟦{words[-1] if many else words[0]}⟧"

    monkeypatch.setattr(translation._trans, "gettext", mark)
    monkeypatch.setattr(translation._trans, "pgettext", lambda _, text: mark(text))
    monkeypatch.setattr(translation._trans, "ngettext", lambda one, many, _: mark(many))
    monkeypatch.setattr(translation._trans, "npgettext", lambda _, one, many, __: mark(many))


def unmarked(page: str) -> list[str]:
    parser = Texts()
    parser.feed(page)
    whole = "\n".join(parser.found)
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", "", whole)) != whole:
        whole = shorter
    lines = {line.replace(" IST", "").strip(" \n·/:,.()“”") for line in whole.splitlines()}
    return sorted(line for line in lines if re.search("[A-Za-z]{3}", line) and line not in _SAME)


def home(client):
    who = person("admin", "approver", "owner", first_name="Asha", last_name="Rao")
    submitted_batch()
    approved_batch(credited=1, failed=1, unknown=1, run_state="running")
    review_batch(errors=2, uploaded_by=who)
    client.force_login(who)
    return "/"


def mapping(client):
    batch = review_batch()
    client.force_login(batch.uploaded_by)
    return f"/batches/{batch.pk}/mapping/"


def signed_in(path):
    def go(client):
        client.force_login(person("admin", first_name="Asha", last_name="Rao"))
        return path(client) if callable(path) else path

    return go


PAGES = {
    "login": lambda client: "/login/",
    "password": lambda client: "/password/reset/",
    "home": home,
    "upload": signed_in("/batches/new/"),
    "reading": signed_in(lambda client: f"/batches/{checking_batch().pk}/"),
    "mapping": mapping,
    "notices": signed_in("/notices/"),
    "security": signed_in("/security/"),
    "nowhere": signed_in("/nowhere/"),
}
# From the data of a test: what its list is called and holds, its account.
_DATA = re.compile(r"Diwali|list\.csv|CA\w+\d|Asha|Employee rewards|Mobile|Name|Points")


@pytest.mark.parametrize("name", PAGES)
def test_no_text_of_a_page_is_kept_from_translation(client, marked, name):
    text = client.get(PAGES[name](client)).text
    assert "⟦" in text
    left = [line for line in unmarked(text) if not _DATA.search(line)]
    assert left == [], "\n".join(left)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("login", ("साइन इन करें", "पासवर्ड भूल गए?")),
        ("home", ("आपके लिए काम", "स्वीकृति की प्रतीक्षा में", "2 पंक्तियाँ ठीक करें", "चल रहा है")),
        ("upload", ("सूची अपलोड करें और जाँचें", "पॉइंट किसे मिलेंगे?")),
        ("reading", ("48,211 में से 12,000",)),
        ("mapping", ("कौन सा कॉलम क्या है", "इस कॉलम को छोड़ दें", "<td>सटीक</td>")),
        ("notices", ("सूचनाएँ",)),
    ],
)
def test_page_is_hindi_for_who_chose_it_and_english_for_others(client, name, words):
    path = PAGES[name](client)
    assert _DEVANAGARI.findall(client.get(path).text.replace("हिन्दी", "")) == []
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"
    text = client.get(path).text
    assert [one for one in words if one not in text] == []


def test_form_in_hindi_refuses_in_hindi(client):
    client.force_login(person("admin"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"
    text = client.post("/batches/new/", {"purpose": "", "who": ""}).text
    assert ("खाली है। लिखें कि पॉइंट किस लिए हैं" in text, "Not chosen." in text) == (True, False)


def test_files_are_the_same_whoever_fetches_them(client):
    """The report has names of months, the others words of presenters."""
    batch = approved_batch(credited=2, failed=1)
    client.force_login(person("auditor"))
    english = {}
    for language in ("en-in", "hi"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for name, args, fields in (
            ("report-export", [], {"table": "months", "kind": "csv", "year": 2026}),
            ("report-export", [], {"table": "outcomes", "kind": "csv", "year": 2026}),
            ("batch-export", [batch.pk], {"kind": "csv"}),
            ("batch-export", [batch.pk], {"kind": "jsonl"}),
        ):
            answer = client.post(reverse(f"allocations:{name}", args=args), fields)
            content = answer.getvalue().decode()
            assert (answer.status_code, _DEVANAGARI.search(content)) == (200, None)
            lines = [line for line in content.splitlines() if "exported" not in line.lower()]
            assert english.setdefault((name, *fields.values()), lines) == lines
