"""A person's browser without its looks: pages are fetched, their forms filled in and sent as they stand there."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import requests

from rewards_portal.supervisor.environment import DEMO_PASSWORD

_SECONDS = 60


@dataclass
class Form:
    """`values`: what it holds already; `buttons`: the words on those that send it."""

    action: str
    method: str
    name: str = ""
    values: dict[str, str | list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.outside: list[tuple[str, dict[str, str]]] = []
        self._form: Form | None = None
        self._on_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(own.get("action", ""), own.get("method", "get").lower(), own.get("id", ""))
            self.forms.append(self._form)
        if tag == "input" and own.get("form") and own.get("name"):
            self.outside.append((own["form"], own))
        if self._form is None:
            return
        if tag == "button" and own.get("type") == "submit":
            self._form.buttons.append("")
            self._on_button = True
        elif tag in {"input", "textarea", "select"} and own.get("name"):
            self._fill(own)

    def _fill(self, own: dict[str, str]) -> None:
        """People tick what they are asked to tick; of a choice they take what is chosen already."""
        if self._form is not None and (own.get("type") != "radio" or "checked" in own):
            self._form.values[own["name"]] = own.get("value", "on" if own.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "button":
            self._on_button = False

    def handle_data(self, data: str) -> None:
        if self._on_button and self._form is not None:
            self._form.buttons[-1] += data


class Browser:
    """One signed-in demo person. A page that is refused raises requests.HTTPError, a portal that is away ConnectionError."""

    def __init__(self, url: str, username: str) -> None:
        self.username, self._url = username, url
        self._session = requests.Session()
        self._session.headers["Referer"] = f"{url}/"
        self.sign_in()

    def sign_in(self) -> None:
        answer = self._session.get(f"{self._url}/", timeout=_SECONDS)
        (form,) = [form for form in _forms(answer.text) if "login" in form.values]
        self.send(form, login=self.username, password=DEMO_PASSWORD)

    def get(self, path: str) -> requests.Response:
        return self._checked(self._session.get(f"{self._url}{path}", timeout=_SECONDS))

    def forms(self, path: str, action: str) -> list[Form]:
        """Forms of the page whose address matches the pattern."""
        return [form for form in _forms(self.get(path).text) if re.search(action, form.action)]

    def send(self, form: Form, **values: Any) -> requests.Response:
        return self._checked(
            self._session.post(f"{self._url}{form.action}", data={**form.values, **values}, timeout=_SECONDS)
        )

    def _checked(self, answer: requests.Response) -> requests.Response:
        answer.raise_for_status()
        if "/login/" in answer.url:
            raise SignedOut(answer.url)
        return answer


class SignedOut(Exception):
    """The session is over: the person signs in again."""


def _forms(text: str) -> list[Form]:
    parser = _Forms()
    parser.feed(text)
    # Ticks that stand beside what they are about, elsewhere on the page.
    for form in parser.forms:
        for name in {own["name"] for of, own in parser.outside if of == form.name}:
            form.values[name] = [
                own.get("value", "on") for of, own in parser.outside if (of, own["name"]) == (form.name, name)
            ]
    return parser.forms
