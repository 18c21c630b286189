"""Telephone numbers of helpers under the newest search key."""

from __future__ import annotations

from collections.abc import Iterator

from songhe.areas.grid.models import Helper
from songhe.areas.grid.queries.books import phone_hash
from songhe.engines.vault.api import hashed_anew, rehashes


@rehashes("grid.helpers")
def helpers() -> Iterator[tuple[int, int]]:
    """Numbers by which helpers are found in lists."""
    return hashed_anew(Helper, "phone_hash", sealed="phone_sealed", make=phone_hash)
