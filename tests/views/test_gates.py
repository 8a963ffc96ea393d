"""What holds for every page of the portal, walked over all its routes."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allocations.domain.webhooks import Event
from allocations.models import RoleProposal
from allocations.services.webhooks import add_webhook
from allocations.urls import urlpatterns
from tests.factories.batches import approved_batch
from tests.factories.decisions import open_proposal
from tests.factories.exports import ExportJobFactory
from tests.factories.people import known, person
from tests.factories.reversals import ReversalFactory

pytestmark = pytest.mark.django_db
ROUTES = sorted({route.name for route in urlpatterns})
ACTIONS = {
    "account-balance",
    "account-lanes",
    "account-remove",
    "api-token-revoke",
    "batch-accept",
    "batch-accept-back",
    "batch-approve",
    "batch-bundle",
    "batch-export",
    "batch-leave-out",
    "batch-limits",
    "batch-people",
    "batch-reading",
    "batch-reading-confirm",
    "batch-send-back",
    "batch-sheet",
    "batch-submit",
    "batch-take-back",
    "batch-withdraw",
    "contract-export",
    "contract-mark",
    "cell-put-back",
    "corrections-apply",
    "corrections-download",
    "corrections-give-up",
    "decision-confirm",
    "decision-evidence",
    "decision-refuse",
    "decision-withdraw",
    "exceptions-act",
    "repair-undo",
    "replacement-give-up",
    "enkash-login",
    "freeze-confirm",
    "freeze-propose",
    "freeze-refuse",
    "group-make",
    "notices-mail",
    "person-deactivate",
    "person-group-give",
    "person-group-take",
    "person-link",
    "person-reactivate",
    "person-role-give",
    "person-role-take",
    "policy-confirm",
    "policy-refuse",
    "question-answer",
    "question-ask",
    "question-take-back",
    "report-export",
    "reversal-approve",
    "reversal-reject",
    "reversal-resume",
    "reversal-withdraw",
    "role-confirm",
    "role-refuse",
    "row-redeem",
    "row-reveal",
    "run-pause",
    "run-resume",
    "run-stop",
    "sample-open",
    "search-export",
    "view-delete",
    "view-save",
    "webhook-pause",
    "webhook-remove",
    "webhook-resume",
    "webhook-rotate",
    "webhook-send-again",
    "webhook-try",
}
FORMS = {
    "accounts",
    "api-token-make",
    "audit",
    "batch-leave-out-cause",
    "batch-corrections",
    "batch-mapping",
    "batch-repair",
    "batch-new",
    "batch-replace",
    "batch-rerun",
    "cell",
    "decision-new",
    "freeze",
    "notices",
    "person-invite",
    "policy-new",
    "replacement-new",
    "row-reverse",
    "run-cancel",
    "webhook-add",
}
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


def address(name: str, **known: int) -> str:
    """The gate stands before anything is loaded, so most tests need no batch behind the number."""
    route = next(route for route in urlpatterns if route.name == name)
    return reverse(f"allocations:{name}", kwargs={key: known.get(key, 1) for key in route.pattern.converters})


def page_of(name: str) -> str:
    """The page that shows where the thing stands that the action is about."""
    by_address = re.match(
        r"/(batches|runs|reversals|decisions|accounts|contract|freeze|notices|people|search|policies|reports|api)/"
        r"(?:1/)?",
        address(name),
    )
    assert by_address, name
    if name.startswith("webhook-"):
        return "/api/webhooks/" if name == "webhook-send-again" else "/api/webhooks/1/"
    if name.startswith("role-"):
        return "/people/"
    if name == "exceptions-act":
        return "/exceptions/"
    return (
        f"/{by_address[1]}/"
        if by_address[1] in {"accounts", "contract", "freeze", "notices", "search", "policies", "reports", "api"}
        else by_address[0]
    )


@pytest.mark.parametrize("name", sorted(set(ROUTES) - ACTIONS))
def test_stranger_is_sent_to_the_login_and_back(client, name):
    response = client.get(address(name))
    assert (response.status_code, response.url) == (302, f"/login/?next={address(name)}")


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_strangers_action_leads_over_the_login_to_a_page(client, name):
    """An action answers no GET, and a login must not repeat a click."""
    response = client.post(address(name))
    assert (response.status_code, response.url) == (302, f"/login/?next={page_of(name)}")


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_refused_action_leads_back_to_the_page_it_belongs_to(client, name):
    """Whatever the browser says of the page before: it may be one that takes no GET."""
    client.force_login(person())
    response = client.post(address(name), headers={"Referer": "http://testserver/decisions/1/refuse/"})
    assert (response.status_code, f'href="{page_of(name)}">Go back</a>' in response.text) == (403, True)


def test_refused_form_without_a_number_leads_back_to_itself(client):
    client.force_login(person())
    here = {"Referer": "http://testserver/accounts/?x=1"}
    assert 'href="/accounts/">Go back</a>' in client.post("/accounts/", headers=here).text
    elsewhere = {"Referer": "https://elsewhere.example/accounts/"}
    assert 'href="/">Go back</a>' in client.post("/accounts/", headers=elsewhere).text


def test_refused_page_offers_home_only(client):
    client.force_login(person())
    text = client.get("/batches/1/").text
    assert ("Go to Home" in text, "Go back" in text) == (True, False)


@pytest.mark.parametrize("name", sorted(set(ROUTES) - ACTIONS))
def test_stranger_behind_htmx_leaves_the_page(client, name):
    response = client.get(address(name), headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/login/")


@pytest.mark.parametrize("name", ROUTES)
def test_person_without_a_role_sees_nothing(client, name):
    client.force_login(person())
    send = client.post if name in ACTIONS else client.get
    response = send(address(name))
    assert response.status_code == 403
    assert "you need the role admin or approver or auditor or owner" in response.text


def test_person_whose_role_waits_for_an_owner_reads_that(client):
    newcomer = person()
    RoleProposal.objects.create(
        person=newcomer, role="approver", proposed_by=person("owner"), proposed_at=timezone.now()
    )
    client.force_login(newcomer)
    text = client.get(reverse("allocations:home")).text
    assert ("You are to get the role approver: an owner has yet to confirm it" in text, "Go to Home" in text) == (
        True,
        False,
    )


@pytest.mark.parametrize("name", ROUTES)
def test_route_takes_only_its_own_methods(client, name):
    client.force_login(person("admin"))
    wrong = "put" if name in FORMS else "get" if name in ACTIONS else "post"
    assert getattr(client, wrong)(address(name)).status_code == 405


@pytest.mark.parametrize("name", sorted(set(ROUTES) - ACTIONS))
def test_page_is_never_cached_and_has_the_strict_policy(client, name):
    reader = person("admin", "approver", "owner")
    client.force_login(reader)
    run = approved_batch(credited=1).runs.get()
    decision = open_proposal(rows=run.batch.rows.all())
    numbers = {
        "batch_id": run.batch_id,
        "run_id": run.pk,
        "number": 2,
        "proposal_id": decision.pk,
        "person_id": reader.pk,
    }
    numbers["reversal_id"] = ReversalFactory().pk
    numbers["webhook_id"] = add_webhook(known(reader), url="https://hr.example.com/", events=[Event.SETTLED])[0].pk
    numbers["export_id"] = ExportJobFactory(asked_by=reader).pk
    headers = client.get(address(name, **numbers)).headers
    assert "no-store" in headers["Cache-Control"]
    assert (
        "script-src 'self'" in headers["Content-Security-Policy"],
        "unsafe" in headers["Content-Security-Policy"],
    ) == (
        True,
        False,
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.name))
def test_template_has_nothing_inline(template):
    assert re.findall(r"\s(?:style|on[a-z]+|hx-on\S*)=|<style|<script>|javascript:|data:", template.read_text()) == []


def test_action_without_the_token_changes_nothing():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("admin"))
    response = strict.post(address("batch-submit"))
    assert (response.status_code, "The form is too old" in response.text) == (403, True)


def test_login_page_works_and_refuses_a_wrong_password(client):
    person("admin", username="meera")
    assert client.get("/login/").status_code == 200
    response = client.post("/login/", {"login": "meera", "password": "wrong"})
    assert "The user name and password do not match." in response.text


def test_unknown_page_says_so(client):
    client.force_login(person("admin"))
    response = client.get("/batches/999999/")
    assert (response.status_code, "There is no such page, batch or row." in response.text) == (404, True)
