"""Numbers of calls and nuisance marks under the newest search key."""

from __future__ import annotations

from collections.abc import Iterator

from songhe.areas.hotline.actions.common import number_hash
from songhe.areas.hotline.models import Call, Nuisance
from songhe.core.codes import parse_phone
from songhe.engines.vault.api import hashed_anew, rehashes


@rehashes("hotline.calls")
def calls() -> Iterator[tuple[int, int]]:
    """By what earlier calls of a caller are found."""
    return hashed_anew(Call, "number_hash", sealed="number_sealed", owner="owner_id", make=_hash)


@rehashes("hotline.nuisance")
def nuisance() -> Iterator[tuple[int, int]]:
    """By what a marked number is recognised."""
    return hashed_anew(Nuisance, "number_hash", sealed="number_sealed", owner="owner_id", make=_hash)


def _hash(dialled: str) -> bytes:
    return number_hash(parse_phone(dialled))
