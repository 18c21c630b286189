"""By what sessions of the same number are found."""

from __future__ import annotations

from songhe.engines.vault.api import keyed_hash, keyed_hashes

KIND = "line_number"


def number_hash(number: str) -> bytes:
    """The newest hash of a number."""
    return keyed_hash(KIND, number)


def number_hashes(number: str) -> list[bytes]:
    """The hashes of a number under every key, while keys rotate."""
    return keyed_hashes(KIND, number)
