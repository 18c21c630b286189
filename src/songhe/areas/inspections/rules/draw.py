"""The draw: from a list of facilities and officers and a seed to who checks what. The same for whoever draws again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from songhe.core.sampling import draw

BETWEEN = "|"


@dataclass(frozen=True, slots=True, order=True)
class Listed:
    """One facility on the list: its key and the stratum it is drawn in."""

    key: str
    stratum: str = ""


def stratum_of(**values: str) -> str:
    """The name of a stratum from what it is made of, in a fixed order: ``kind=canteen|county=371082|risk=high``."""
    return BETWEEN.join(f"{name}={values[name]}" for name in sorted(values))


def list_hash(listed: Iterable[Listed], officers: Iterable[str]) -> str:
    """What the list was, in 64 signs, whatever its order."""
    lines = [f"{one.key}{BETWEEN}{one.stratum}" for one in sorted(listed)]
    lines += [f"officer{BETWEEN}{key}" for key in sorted(officers)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def quotas(listed: Iterable[Listed], shares: Mapping[str, int]) -> dict[str, int]:
    """How many are drawn of each stratum: its share in percent, rounded up, so that none is left out altogether."""
    counts = Counter(one.stratum for one in listed)
    wrong = [share for share in shares.values() if not 0 <= share <= 100]
    if wrong:
        raise ValueError("a share is 0 to 100 percent")
    return {stratum: -(-count * shares[stratum] // 100) for stratum, count in sorted(counts.items())}


def sample(seed: str, digest: str, listed: Sequence[Listed], shares: Mapping[str, int]) -> list[str]:
    """The keys drawn, stratum by stratum, in the order of the draw."""
    wanted = quotas(listed, shares)
    found: list[str] = []
    for stratum, number in wanted.items():
        keys = [one.key for one in listed if one.stratum == stratum]
        found += draw(f"{seed}:{digest}:{stratum}", keys, number)
    return found


def teams(
    seed: str, digest: str, drawn: Sequence[str], officers: Sequence[str], size: int
) -> dict[str, tuple[str, ...]]:
    """Different officers for each facility, dealt out of a drawn order, so that all have about as many."""
    if not 1 <= size <= len(set(officers)):
        raise ValueError("there are fewer officers than a team needs")
    order = draw(f"{seed}:{digest}:officers", sorted(set(officers)), len(set(officers)))
    shuffled = draw(f"{seed}:{digest}:teams", drawn, len(drawn))
    return {
        key: tuple(order[(place * size + n) % len(order)] for n in range(size))
        for place, key in enumerate(shuffled)
    }
