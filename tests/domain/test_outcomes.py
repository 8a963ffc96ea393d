import pytest

from allocations.domain.outcomes import EVENT_OF, Outcome, Reason, reason_of
from allocations.domain.states import ROW, sources

EXISTS = "The transaction associated with the given Unique reference Number already exists"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (EXISTS, Reason.DUPLICATE_REFERENCE),
        (EXISTS.upper(), Reason.DUPLICATE_REFERENCE),
        ("already exists", Reason.OTHER),
        ("Insufficient balance in card account", Reason.INSUFFICIENT_BALANCE),
        (" insufficient\n balance in  card account.", Reason.INSUFFICIENT_BALANCE),
        ("User has insufficient balance in card account", Reason.OTHER),
        ("KYC is not uploaded or under review for the primary card. So bulk upload cannot be done", Reason.KYC),
        ("Primary Enkash card is not present. So bulk upload cannot be done", Reason.CONFIGURATION),
        ("Bin Type is not mapped on PlanMaster", Reason.CONFIGURATION),
        ("Card Account does not exist for this partner", Reason.CONFIGURATION),
        ("Card account not found for companyId: [CEK] and cardAccountId: [CA]", Reason.CONFIGURATION),
        ("Company Id is required if it is an Enkash User", Reason.CONFIGURATION),
        ("", Reason.NO_REASON),
        (" \t\n", Reason.NO_REASON),
        ("Something new", Reason.OTHER),
    ],
)
def test_reason_of_knows_the_documented_texts(text: str, reason: Reason) -> None:
    assert reason_of(text) is reason


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_an_event_of_a_row_that_is_being_sent(outcome: Outcome) -> None:
    assert "sending" in sources(ROW, EVENT_OF[outcome])
