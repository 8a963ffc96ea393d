import re

from allocations.domain.references import mint, mint_many


def test_mint_returns_26_characters_of_base32() -> None:
    assert re.fullmatch("[A-Z2-7]{26}", mint())


def test_mint_many_returns_distinct_references() -> None:
    assert len(set(mint_many(5000))) == 5000


def test_mint_many_uses_the_whole_alphabet() -> None:
    assert set("".join(mint_many(1000))) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
