"""Numbers of the exchange's sessions under the newest search key."""

from __future__ import annotations

from collections.abc import Iterator

from songhe.areas.lines.models import Session
from songhe.areas.lines.queries.hashes import number_hash
from songhe.engines.vault.api import hashed_anew, rehashes


@rehashes("lines.sessions")
def sessions() -> Iterator[tuple[int, int]]:
    """By what calls of one number are known as such."""
    return hashed_anew(Session, "number_hash", sealed="number_sealed", make=number_hash)
