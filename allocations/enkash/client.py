"""The calls of the EnKash Rewards API that the portal makes.

Calls that move points (`allocate`, `allocate_single`) go out exactly once with the token they are given and hand
back the raw answer, so that it can be stored before anybody reads it. Calls that read come back as values.
"""

from collections.abc import Iterable

from allocations.enkash.account_answer import AccountDetails, read_account
from allocations.enkash.auth import Token, TokenSource, TokenStore
from allocations.enkash.config import EnkashConfig
from allocations.enkash.hearing import Hear, nobody
from allocations.enkash.lookup import look_up
from allocations.enkash.reading import Reader, unreadable
from allocations.enkash.sending import Sender
from allocations.enkash.single_call import SingleOrder, single_body
from allocations.enkash.sso_answer import read_sso_token
from allocations.enkash.transaction_answer import Transaction, read_transaction
from allocations.enkash.transport import RawAnswer, Transport


class EnkashClient:
    """One partner's connection. Threads may share it if they may share the token store."""

    def __init__(self, config: EnkashConfig, *, transport: Transport, tokens: TokenSource, hear: Hear = nobody) -> None:
        self._config = config
        self._tokens = tokens
        self._sender = Sender(config, transport)
        self._reader = Reader(self._sender, tokens, hear=hear)

    def token(self, min_life: float) -> Token:
        """A token that lives `min_life` seconds more. Whatever it raises, no business call was made."""
        return self._tokens.token(min_life)

    def forget_token(self) -> None:
        """Drop the kept token, after a business call was answered UNAUTHORIZED."""
        self._tokens.forget()

    def allocate(
        self, body: bytes, *, company_id: str, card_account_id: str, is_points_allocation: bool, token: Token
    ) -> RawAnswer:
        """Bulk create and allocate: `body` is the JSON array, byte for byte.

        Raises NotSent (no row can have been credited) or OutcomeUnknown (any row can). Never tries twice.
        """
        params = {
            "companyId": company_id,
            "cardAccountId": card_account_id,
            "isPointsAllocation": "true" if is_points_allocation else "false",
        }
        path = "/bulk-create-allocate-points-json"
        return self._sender.send(path, body, params=params, token=token, deadline=self._config.deadline)

    def allocate_single(self, order: SingleOrder, *, token: Token) -> RawAnswer:
        """Credit or debit one person; raises as `allocate`. `read_single_answer` reads what comes back."""
        body = single_body(order, reference_key=self._config.reference_key)
        return self._sender.send("/create-allocate-points", body, token=token, deadline=self._config.deadline)

    def account_details(self, *, company_id: str, card_account_id: str) -> AccountDetails:
        """The reward account and its balance in points. Raises NotSent, Refused or OutcomeUnknown."""
        details = read_account(self._reader.ask("/cardAccount/get", _account(company_id, card_account_id)))
        if details is None:
            raise unreadable("The account's details hold no availableBalance.")
        return details

    def sso_token(self, *, company_id: str, card_account_id: str, card_id: str) -> str:
        """Opens one person's own EnKash page, as the text that goes into its address; raises as `account_details`.

        The documentation's example is cut off before the token, so it is taken under any name that EnKash gives tokens.
        """
        asked = _account(company_id, card_account_id) | {"enkashCardId": card_id}
        token = read_sso_token(self._reader.ask("/sso-token", asked))
        if token is None:
            raise unreadable("The answer holds no token for the person's page.")
        return token

    def find_transactions(
        self, references: Iterable[str], *, company_id: str, card_account_id: str, card_id: str = ""
    ) -> tuple[Transaction, ...]:
        """All transactions EnKash shows for `references`, credits and debits; raises as `account_details`.

        EnKash's table calls the card id required, its example does not, and a new person's is not known.
        Not found proves nothing: EnKash documents no time after which an allocation is visible.
        """
        filters = _account(company_id, card_account_id, card_id=card_id)
        entries = look_up(self._reader, references, filters=filters)
        return tuple(read_transaction(entry, config=self._config) for entry in entries)


def _account(company_id: str, card_account_id: str, *, card_id: str = "") -> dict[str, str]:
    chosen = {"enKashCardId": card_id} if card_id else {}
    return {"companyId": company_id, "cardAccountId": card_account_id} | chosen


def build_client(config: EnkashConfig, *, store: TokenStore, hear: Hear = nobody) -> EnkashClient:
    """A client over real HTTP that keeps its token in `store`; `hear` is told the answers to what only reads."""
    transport = Transport(connect_timeout=config.connect_timeout, body_cap=config.body_cap, ca_file=config.ca_file)
    tokens = TokenSource(config, transport, store, hear=hear)
    return EnkashClient(config, transport=transport, tokens=tokens, hear=hear)
