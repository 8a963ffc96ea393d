"""The contract itself, as EnKash's documentation has it (docs.enkash.com, with its gaps), as Python values.

READ is what the portal decides by. What a page leaves open is MAYBE: leaving it out is no difference.
"""

from collections.abc import Mapping
from typing import Final

from allocations.enkash.contract.shapes import Call, Contract, Field, Kind, Need

_TEXT, _NUMBER, _MAYBE, _TOLD = Kind.TEXT, Kind.NUMBER, Need.MAYBE, Need.TOLD

# Success is code 0, every other failure code 1 (guides).
CODE: Final = Field("code", _NUMBER, also=("response_code",), codes=frozenset({"0", "1"}))
MESSAGE: Final = Field("message", _TEXT, _TOLD, also=("response_message",))
_ENVELOPE: Final = (CODE, MESSAGE)
# On errors the payload is a text.
_REFUSAL: Final = (*_ENVELOPE, Field("payload", Kind.ANY, _MAYBE))
_OAUTH_REFUSAL: Final = (Field("error", _TEXT, _TOLD), Field("error_description", _TEXT, _MAYBE))
_STATUSES: Final = frozenset({200, 400, 401, 403, 404, 422})


def _texts(*names: str, need: Need = Need.READ) -> tuple[Field, ...]:
    return tuple(Field(name, _TEXT, need) for name in names)


def _numbers(*names: str, need: Need = Need.READ) -> tuple[Field, ...]:
    return tuple(Field(name, _NUMBER, need) for name in names)


_CARD_ID: Final = Field("enkashCardId", _TEXT, _TOLD, also=("enKashCardId",))
_TRANSACTION_ID: Final = Field(
    "enkashCardTxnId", _TEXT, also=("enkashCardTransactionId", "enKashCardTransactionId", "enKashTransactionId")
)
_USER_ID: Final = Field("userId", _TEXT, _TOLD, also=("ekUserId",))

_CREDITED: Final = (
    *_texts("mobile", "companyId", "cardAccountId"),
    *_numbers("loadAmount", "accountBalance"),
    _TRANSACTION_ID,
    _CARD_ID,
    _USER_ID,
    *_texts("name", need=_TOLD),
    *_texts("email", "title", need=_MAYBE),
    *_numbers("otbBalance", need=_TOLD),
)
# The documented examples leave reference and reason out of some.
_FAILED: Final = (
    *_texts("mobile"),
    *_numbers("loadAmount", need=_TOLD),
    *_texts("companyId", "cardAccountId", "name", need=_TOLD),
    *_texts("email", "title", "failureReason", need=_MAYBE),
    Field("uniqueReferenceNumber", _TEXT, _MAYBE, also=("pgReferenceNumber", "uniqueReferenceNum")),
)
_BULK: Final = (
    Field("successBulkEnKashCardCreateDTOs", Kind.LIST, fields=_CREDITED),
    Field("failureBulkEnKashCardCreateDTOs", Kind.LIST, fields=_FAILED),
    *_numbers("successCount", "failureCount", "totalCount"),
)
# Its example is cut off: what bulk tells as well may be there.
_SINGLE: Final = (
    _TRANSACTION_ID,
    Field("pgReferenceNumber", _TEXT, also=("uniqueReferenceNumber", "uniqueReferenceNum")),
    _CARD_ID,
    _USER_ID,
    *_texts("cardAccountId", need=_TOLD),
    *_numbers("otbBalance", need=_TOLD),
    *_texts("token", "maskedNumber", "email", "mobile", "title", "firstName", "gender", need=_MAYBE),
    *_texts("companyId", need=_MAYBE),
    *_numbers("loadAmount", "accountBalance", need=_MAYBE),
    Field("cardAccount", Kind.OBJECT, _MAYBE),
)
# Only CREATED is documented; which words end a transaction is a setting, and these are its defaults.
STATUSES_OF_TRANSACTIONS: Final = frozenset(
    {"CREATED", "SUCCESS", "COMPLETED", "PROCESSED", "SETTLED", "FAILED", "DECLINED", "REJECTED"}
)
_TRANSACTION: Final = (
    Field("pgReferenceNumber", _TEXT, also=("uniqueReferenceNumber", "uniqueReferenceNum")),
    Field("enKashCardTransactionId", _TEXT, also=("enKashTransactionId", "enkashCardTxnId")),
    Field("principalAmount", _NUMBER, also=("amount", "loadAmount")),
    Field("status", _TEXT, codes=STATUSES_OF_TRANSACTIONS),
    Field("cardTransactionType", _TEXT, also=("transactionType",)),
    _CARD_ID,
    _USER_ID,
    *_texts("companyId", "companyName", "cardHolderName", need=_TOLD),
    *_numbers("balance", need=_TOLD),
    *_texts("mobile", "cardAccountId", "type", "maskedCard", "cardKitNumber", "description", need=_MAYBE),
    *_texts("currency", "fcyCurrency", need=_MAYBE),
    *_numbers("fcyAmount", "otbBalance", need=_MAYBE),
    *(Field(name, Kind.ANY, _MAYBE) for name in ("createdOn", "txnDate", "modifiedOn")),
    Field("txnDetails", Kind.OBJECT, _MAYBE),
)
_ACCOUNT: Final = (
    *_numbers("availableBalance"),
    *_texts("companyName", "companyId", "cardAccountId", need=_TOLD),
    *_numbers("totalCards", "activeCards", need=_TOLD),
    *_numbers(
        *("totalAllocationPoint", "totalRedemptionPoint", "currentMonthAllocationPoint", "currentMonthRedemptionPoint"),
        need=_TOLD,
    ),
    *_numbers("creditLimit", "dynamicLimit", "usedCreditLimit", "availableCardBalance", need=_MAYBE),
    Field("primaryEnKashCard", Kind.OBJECT, _MAYBE),
)
_TOKEN: Final = (
    *_texts("access_token"),
    Field("expires_in", Kind.WHOLE),
    *_texts("token_type", "refresh_token", "scope", need=_TOLD),
)

# Literal, lower case; one that goes on with ids is known by its beginning.
_SET_UP: Final = (
    "company id is required if it is an enkash user",
    "primary enkash card is not present. so bulk upload cannot be done",
    "kyc is not uploaded or under review for the primary card. so bulk upload cannot be done",
    "bin type is not mapped on planmaster",
    "card account does not exist for this partner",
    "card account not found for companyid:",
)
_MONEY: Final = (
    "the transaction associated with the given unique reference number already exists",
    "insufficient balance in card account",
)
# Spring Security's stock texts, which EnKash's token answers resemble; the words after them are not documented.
OAUTH_ERRORS: Final = frozenset({"INVALID_TOKEN", "INVALID_GRANT", "INVALID_CLIENT", "INVALID_REQUEST", "UNAUTHORIZED"})
OAUTH: Final = _OAUTH_REFUSAL


def _call(call: Call, payload: Field, texts: tuple[str, ...]) -> Contract:
    return Contract(call, success=_ENVELOPE, refusal=_REFUSAL, texts=texts, statuses=_STATUSES, payload=payload)


CONTRACTS: Final[Mapping[Call, Contract]] = {
    Call.LOGIN: Contract(
        Call.LOGIN, success=_TOKEN, refusal=_OAUTH_REFUSAL, texts=(), statuses=frozenset({200, 400, 401})
    ),
    Call.BULK: _call(Call.BULK, Field("payload", Kind.OBJECT, fields=_BULK), (*_SET_UP, *_MONEY)),
    Call.SINGLE: _call(Call.SINGLE, Field("payload", Kind.OBJECT, fields=_SINGLE), (*_SET_UP, *_MONEY)),
    Call.LOOK_UP: _call(
        Call.LOOK_UP,
        Field(
            "payload",
            Kind.OBJECT,
            fields=(
                *_numbers("recordsCount", need=_MAYBE),
                Field("data", Kind.LIST, fields=_TRANSACTION),
            ),
        ),
        _SET_UP,
    ),
    Call.ACCOUNT: _call(Call.ACCOUNT, Field("payload", Kind.OBJECT, fields=_ACCOUNT), _SET_UP),
}
