"""References: our `uniqueReferenceNumber`s, minted once per row and kept for life."""

import os

LENGTH = 26
# 256 is a multiple of 32, so every character is equally likely: 26 of them carry 130 random bits.
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 8


def mint() -> str:
    """One reference: 26 characters of A-Z and 2-7 (base32's alphabet, RFC 4648) from the system's CSPRNG."""
    return mint_many(1)[0]


def mint_many(count: int) -> list[str]:
    """`count` references with one read of the random source, which is what costs time in a large list."""
    pool = os.urandom(LENGTH * count).translate(_ALPHABET).decode("ascii")
    return [pool[at : at + LENGTH] for at in range(0, len(pool), LENGTH)]
