"""Calling back: whom a draw takes, when nobody is reached, and what the answers say of all who were served."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from math import ceil, isqrt

from songhe.core.labels import Label
from songhe.core.sampling import draw
from songhe.core.sources import Data, DataError, label, rows, text, whole

WHOLE = 10_000
Z95 = Fraction(196, 100)


@dataclass(frozen=True, slots=True)
class Asking:
    """The rules of calling back. Shares are in basis points, by service and by organisation, the largest holds."""

    form: str
    attempts: int
    gap: timedelta
    share_bp: int
    satisfied_from: int
    by_item: Mapping[str, int] = field(default_factory=dict)
    by_organisation: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, Label] = field(default_factory=dict)
    final: frozenset[str] = frozenset()
    assumed: bool = True

    def share(self, item: str, organisation: str) -> int:
        """How many of those served in this way are called."""
        told = [
            share
            for share in (self.by_item.get(item), self.by_organisation.get(organisation))
            if share is not None
        ]
        return max(told) if told else self.share_bp

    def unreachable(self, attempts: int, outcome: str) -> bool:
        """Whether the attempts were enough, or the last one said that no further one helps."""
        return attempts >= self.attempts or outcome in self.final


def build_asking(data: Data) -> Asking:
    """The rules from their file; DataError names what is wrong."""
    made = Asking(
        form=text(data, "form", "follow-up"),
        attempts=whole(data, "attempts", "follow-up"),
        gap=timedelta(minutes=whole(data, "gap_minutes", "follow-up")),
        share_bp=whole(data, "share_bp", "follow-up"),
        satisfied_from=whole(data, "satisfied_from", "follow-up"),
        by_item={str(key): _bp(value) for key, value in (data.get("by_item") or {}).items()},
        by_organisation={str(key): _bp(value) for key, value in (data.get("by_organisation") or {}).items()},
        outcomes={
            text(row, "code", "outcome"): label(row, "outcome") for row in rows(data, "outcomes", "follow-up")
        },
        final=frozenset(str(row["code"]) for row in rows(data, "outcomes", "follow-up") if row.get("final")),
        assumed=bool(data.get("assumed", True)),
    )
    _bp(made.share_bp)
    if not 1 <= made.attempts <= 9 or not 1 <= made.satisfied_from <= 5:
        raise DataError("follow-up: attempts are from 1 to 9, satisfied_from from 1 to 5.")
    return made


def _bp(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= WHOLE:
        raise DataError("follow-up: a share is from 0 to 10000 basis points.")
    return value


@dataclass(frozen=True, slots=True)
class Listed:
    """One served order on the list: its key, the stratum it is drawn in, and that stratum's share."""

    key: str
    stratum: str
    share_bp: int


def digest(listed: Sequence[Listed]) -> str:
    """The hash of a list, the same in any order; what was drawn follows from it and the seed alone."""
    lines = sorted([one.key, one.stratum, one.share_bp] for one in listed)
    return hashlib.sha256(json.dumps(lines, separators=(",", ":")).encode()).hexdigest()


def drawn(seed: str, listed: Sequence[Listed]) -> list[str]:
    """Who is called: of each stratum its share, rounded up, so that no organisation and no service is left out."""
    strata: defaultdict[str, list[Listed]] = defaultdict(list)
    for one in listed:
        strata[one.stratum].append(one)
    found: list[str] = []
    for stratum, rows_ in sorted(strata.items()):
        number = -(-max(row.share_bp for row in rows_) * len(rows_) // WHOLE)
        found += draw(f"{seed}:{digest(listed)}:{stratum}", [row.key for row in rows_], number)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Shown:
    """A share with its 95 % bounds in basis points; None where nobody answered."""

    of: int
    asked: int
    good: int
    share_bp: int | None
    low_bp: int | None
    high_bp: int | None


def satisfaction(of: int, asked: int, good: int) -> Shown:
    """How satisfied all are of whom some were asked: Wilson's bounds, narrower the larger the part that was asked."""
    if not 0 <= good <= asked <= of:
        raise ValueError("the satisfied are among the asked, and these among the served")
    if not asked:
        return Shown(of, 0, 0, None, None, None)
    share = (good * WHOLE * 2 + asked) // (asked * 2)
    if asked == of:
        return Shown(of, asked, good, share, share, share)
    left = Fraction(of - asked, of - 1)
    z2 = Z95 * Z95 * left
    p = Fraction(good, asked)
    middle = p + z2 / (2 * asked)
    spread2 = z2 * (p * (1 - p) / asked + z2 / (4 * asked * asked))
    spread = Fraction(isqrt(int(spread2 * 10**16)), 10**8)
    below = 1 + z2 / asked
    low = int(max((middle - spread) / below, Fraction(0)) * WHOLE)
    high = ceil(min((middle + spread) / below, Fraction(1)) * WHOLE)
    return Shown(of, asked, good, share, min(low, share), max(min(high, WHOLE), share))
