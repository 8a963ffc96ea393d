"""The calls that change nothing: token, account details, transactions, users and cards."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.answers import Answer, Declined, number, oauth_error, response_success, success
from allocations.enkash.simulator.fields import optional_text, refuse_unknown, text
from allocations.enkash.simulator.intake import FORM, Request, whole_number
from allocations.enkash.simulator.options import SearchShape
from allocations.enkash.simulator.people import AccountKey, Person
from allocations.enkash.simulator.tokens import Login, LoginError
from allocations.enkash.simulator.world import World

ACCOUNT_FIELDS: Final = frozenset(("companyId", "cardAccountId"))
SSO_FIELDS: Final = ACCOUNT_FIELDS | {"enkashCardId"}
SEARCH_FIELDS: Final = ACCOUNT_FIELDS | {"enKashCardId"}


def log_in(world: World, request: Request) -> Answer:
    """POST /oauth/token."""
    if not request.headers.get("content-type", "").startswith(FORM):
        return oauth_error("invalid_request", f"Content-Type must be {FORM}", status=415)
    form = request.form
    missing = [name for name in ("username", "password", "grant_type", "clientId") if not form.get(name)]
    if missing:
        return oauth_error("invalid_request", f"Missing parameter {missing[0]}", status=400)
    if form["grant_type"] != "password":
        return oauth_error("unsupported_grant_type", "Only the grant type password is supported", status=400)
    basic_id, basic_secret = request.basic
    login = Login(
        username=form["username"],
        password=form["password"],
        client_id=form["clientId"],
        basic_id=basic_id,
        basic_secret=basic_secret,
    )
    try:
        token = world.tokens.log_in(login, now=world.clock(), life=world.options.token_life)
    except LoginError as refused:
        return oauth_error(refused.error, refused.description, status=refused.status)
    return Answer(
        document={
            "access_token": token,
            "token_type": "bearer",
            "refresh_token": token[::-1],
            "expires_in": world.options.announced_life,
            "scope": "read write trust",
        }
    )


def account_details(world: World, request: Request) -> Answer:
    """POST cardAccount/get."""
    key = read_account(world, request.fields, allowed=ACCOUNT_FIELDS)
    account = world.ledger.accounts[key]
    cards = world.people.count(key)
    return response_success(
        {
            "companyName": demo.COMPANY_NAME,
            "companyId": account.key[0],
            "cardAccountId": account.key[1],
            "totalCards": cards,
            "activeCards": cards,
            "totalAllocationPoint": number(account.allocated),
            "totalRedemptionPoint": 0,
            "currentMonthAllocationPoint": number(account.allocated),
            "currentMonthRedemptionPoint": 0,
            "creditLimit": 0,
            "dynamicLimit": 0,
            "usedCreditLimit": number(-account.allocated),
            "availableBalance": number(account.balance),
            "availableCardBalance": number(account.allocated),
            "primaryEnKashCard": _primary_card(account.key) if account.has_primary_card else None,
        }
    )


def search(world: World, request: Request) -> Answer:
    """POST enKashCard/search, in whichever of its two documented shapes is set."""
    key = read_account(world, request.fields, allowed=SEARCH_FIELDS)
    people = _people(world, key, card_id=optional_text(request.fields, "enKashCardId"))
    match world.options.search_shape:
        case SearchShape.LIST:
            page = people[page_of(world, request)]
            return success({"recordsCount": len(people), "data": [card(person) for person in page]})
        case SearchShape.OBJECT:
            return response_success(card(people[0]) if people else None)


def sso_token(world: World, request: Request) -> Answer:
    """POST enKashCard/sso-token."""
    key = read_account(world, request.fields, allowed=SSO_FIELDS)
    person = world.people.by_card(text(request.fields, "enkashCardId"))
    if person is None or person.account != key:
        raise Declined(404, "Card not found")
    return success({"access_token": f"sso-{person.user_id}-{request.number}"})


def _people(world: World, key: AccountKey, *, card_id: str | None) -> list[Person]:
    if card_id is None:
        return world.people.of_account(key)
    person = world.people.by_card(card_id)
    return [person] if person is not None and person.account == key else []


def read_account(world: World, fields: Mapping[str, object], *, allowed: frozenset[str]) -> AccountKey:
    """The account that a body names, or Declined."""
    refuse_unknown(fields, allowed=allowed)
    key = text(fields, "companyId"), text(fields, "cardAccountId")
    world.check_account(key)
    return key


def page_of(world: World, request: Request) -> slice:
    """limit and offset of the query; no page is longer than the page limit, whatever is asked for."""
    limit = min(whole_number(request, "limit", default=world.options.page_limit), world.options.page_limit)
    offset = whole_number(request, "offset", default=0)
    if limit == 0:
        raise Declined(400, "Parameter limit must be greater than 0")
    return slice(offset, offset + limit)


def card(person: Person) -> dict[str, object]:
    first_name, _, last_name = person.name.partition(" ")
    return {
        "enKashCardId": person.card_id,
        "userId": person.user_id,
        "cardAccountId": person.account[1],
        "maskedNumber": person.masked_number,
        "expiryMonth": "",
        "expiryYear": "",
        "email": person.email,
        "mobile": person.mobile,
        "title": person.title,
        "firstName": first_name,
        "lastName": last_name,
    }


def iso(at: float) -> str:
    """Epoch seconds as the documentation writes an instant."""
    return datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(value: str) -> float:
    """Epoch seconds of a documented instant, or Declined."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Declined(400, f"{value!r} is not an ISO-8601 date") from error
    if moment.tzinfo is None:
        raise Declined(400, f"{value!r} has no zone")
    return moment.timestamp()


def _primary_card(key: AccountKey) -> dict[str, object]:
    return {
        "enKashCardId": "EKCPRIMARY",
        "userId": "EKOWNER1",
        "cardAccountId": key[1],
        "maskedNumber": "XXXX XXXX XXXX 0001",
        "expiryMonth": "",
        "balance": number(Decimal(0)),
    }
