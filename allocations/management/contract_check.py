"""What `manage.py contract_check` asks EnKash and what it looks through: calls that only read, and recorded answers.

It never makes a call that gives or takes points.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from allocations import gateway as gateways
from allocations.domain.references import mint
from allocations.enkash.client import EnkashClient, build_client
from allocations.enkash.contract.shapes import Call, Found
from allocations.enkash.errors import EnkashError
from allocations.enkash.transport import RawAnswer
from allocations.gateway.contract_watch import ContractWatch
from allocations.gateway.tokens import DatabaseTokenStore
from allocations.models import Account, Attempt, ReversalAttempt
from allocations.services import answering, reversal_answers


@dataclass(frozen=True, slots=True)
class Checked:
    """One call. `trouble`: why there was no answer that could be used; `found`: how its answers differ, with how many
    of them; `broken`: those that nobody has marked as known and that the portal cannot rely on."""

    what: str
    trouble: str
    found: dict[Found, int]
    broken: frozenset[Found]


@dataclass(slots=True)
class _Ear:
    """Hears the answers of one call after another, and has them counted as any other."""

    watch: ContractWatch
    heard: Counter[Found] = field(default_factory=Counter)

    def hear(self, call: Call, raw: RawAnswer) -> None:
        found = self.watch.compare(call, raw)
        self.watch.count(found)
        self.heard.update(found)

    def checked(self, what: str, trouble: str = "") -> Checked:
        found, self.heard = dict(self.heard), Counter()
        return Checked(what, trouble, found, frozenset(self.watch.breaking(found)))


def check_calls(*, references: Iterable[str] = ()) -> Iterator[Checked]:
    """Login, and for every account its balance and a look-up; of `references`, or of one that nobody has ever used."""
    ear = _Ear(gateways.new_watch())
    store = DatabaseTokenStore(worker=gateways.worker_name(), clock=gateways.database_now)
    client = build_client(gateways.enkash_config(), store=store, hear=ear.hear)
    trouble = _log_in(client)
    yield ear.checked("Login", trouble)
    if trouble:
        return
    asked = tuple(references) or (mint(),)
    for account in Account.objects.order_by("pk"):
        ids = {"company_id": account.company_id, "card_account_id": account.card_account_id}
        try:
            client.account_details(**ids)
            trouble = ""
        except EnkashError as error:
            trouble = str(error)
        yield ear.checked(f"Account details of {account.name}", trouble)
        try:
            listed = len(client.find_transactions(asked, **ids))
            trouble = ""
        except EnkashError as error:
            listed, trouble = 0, str(error)
        yield ear.checked(f"Look-up in {account.name}, {listed} listed", trouble)


def _log_in(client: EnkashClient) -> str:
    """Afresh, for the answer is what is looked at. Refused after two failures in a row, as everywhere."""
    client.forget_token()
    try:
        client.token(0)
    except EnkashError as error:
        return str(error)
    return ""


def check_recorded() -> Iterator[Checked]:
    """Every stored answer of calls that moved points, compared again; nothing is counted."""
    watch = gateways.new_watch()
    bulk = Attempt.objects.filter(body__isnull=False).order_by("pk").iterator(chunk_size=50)
    yield _recorded(watch, Call.BULK, map(answering.raw_answer, bulk))
    single = ReversalAttempt.objects.filter(body__isnull=False).order_by("pk").iterator(chunk_size=50)
    yield _recorded(watch, Call.SINGLE, map(reversal_answers.raw_answer, single))


def _recorded(watch: ContractWatch, call: Call, answers: Iterable[RawAnswer]) -> Checked:
    found: Counter[Found] = Counter()
    count = 0
    for raw in answers:
        found.update(watch.compare(call, raw))
        count += 1
    return Checked(f"Recorded answers, {call.value}: {count}", "", dict(found), frozenset(watch.breaking(found)))
