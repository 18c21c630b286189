"""Who pays what of a visit, which lines the money reaches, and the hash of what was filed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songhe.areas.claims.rules.terms import BLOCK, FIT
from songhe.core.books import whole


@dataclass(frozen=True, slots=True)
class Shares:
    """What a visit costs, in fen: the fund's part, the person's share of it, what the person pays beyond the grant, and
    what nobody pays. They add up to the price."""

    fund: int
    share: int
    beyond: int
    unpaid: int


def shares(full: int, granted: int, *, percent: int, consent: bool) -> Shares:
    """Divide the price of a visit of which the grant covers a part. The person's share is rounded down to a fen.

    Beyond the grant the person pays with consent only; without it, nobody does.
    """
    if not 0 <= whole(granted) <= whole(full) or not 0 <= percent <= 100:
        raise ValueError("a grant covers at most the price, and a person pays at most all of it")
    share = granted * percent // 100
    rest = full - granted
    return Shares(granted - share, share, rest if consent else 0, 0 if consent else rest)


def covered(needs: Sequence[int], available: int, rule: str) -> list[bool] | None:
    """Which needs the money reaches, in their order; None where a shortfall blocks all of them.

    ``queue`` stops at the first that does not fit, so that nobody is overtaken; ``fit`` goes on to what fits.
    """
    if sum(needs) <= max(available, 0):
        return [True for _ in needs]
    if rule == BLOCK:
        return None
    found, left = [], max(available, 0)
    for need in needs:
        fits = need <= left
        found.append(fits)
        if fits:
            left -= need
        elif rule != FIT:
            left = -1
    return found


def reduced(amount: int, *, of: int, to: int) -> int:
    """An amount for so many minutes cut to fewer minutes, rounded down; never raised."""
    if of <= 0 or to < 0 or amount < 0:
        raise ValueError("minutes and amounts are not negative")
    return amount * min(to, of) // of


def digest(rows: Iterable[Sequence[object]]) -> str:
    """The hash of lines in any order: the same lines have the same hash."""
    body = "\n".join(sorted("\x1f".join(map(str, row)) for row in rows))
    return hashlib.sha256(body.encode()).hexdigest()
