"""Sharing visits out: everybody goes to one of those who may, and loads differ by no more than that forces.

It is an optimal semi-matching: whoever has at least two more than another, and could hand somebody on along a chain of people
who may each go to the next, does so until no such chain is left. Then the heaviest load is as light as can be.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

P = TypeVar("P", bound=Hashable)
H = TypeVar("H", bound=Hashable)


def shared(may: Mapping[P, Sequence[H]], *, load: Mapping[H, int] | None = None) -> dict[P, H]:
    """Who goes to whom. ``may``: for each person those who may go, the preferred first; nobody where there is none.

    ``load``: what each has to do already. The same for the same input, whatever the order of its keys.
    """
    kinds: dict[tuple[H, ...], list[P]] = {}
    for person in sorted(may, key=str):
        if may[person]:
            kinds.setdefault(tuple(may[person]), []).append(person)
    sets = sorted(kinds, key=lambda one: (len(one), [str(who) for who in one]))
    loads: Counter[H] = Counter(load or {})
    taken = {one: Counter[H]() for one in sets}
    for one in sets:
        for _person in kinds[one]:
            chosen = min(one, key=lambda who: loads[who])  # the preferred of those with the least
            taken[one][chosen] += 1
            loads[chosen] += 1
    _balance(sets, taken, loads)
    return {
        person: who for one in sets for person, who in zip(kinds[one], _dealt(one, taken[one]), strict=True)
    }


def _dealt(one: Sequence[H], counts: Counter[H]) -> Iterable[H]:
    """As many of each as was counted, in the order of preference."""
    for who in one:
        yield from [who] * counts[who]


def _balance(
    sets: Sequence[tuple[H, ...]], taken: Mapping[tuple[H, ...], Counter[H]], loads: Counter[H]
) -> None:
    """Hand on along chains until none makes it fairer."""
    of: dict[H, list[tuple[H, ...]]] = {}
    for one in sets:
        for who in one:
            of.setdefault(who, []).append(one)
    waiting = deque(sorted(of, key=lambda who: (-loads[who], str(who))))
    while waiting:
        who = waiting.popleft()
        changed = False
        while chain := _chain(who, of, taken, loads):
            for giver, one, taker in chain:
                taken[one][giver] -= 1
                taken[one][taker] += 1
            loads[who] -= 1
            loads[chain[-1][2]] += 1
            changed = True
        if changed:
            waiting = deque(sorted(of, key=lambda each: (-loads[each], str(each))))


def _chain(
    start: H,
    of: Mapping[H, list[tuple[H, ...]]],
    taken: Mapping[tuple[H, ...], Counter[H]],
    loads: Counter[H],
) -> list[tuple[H, tuple[H, ...], H]]:
    """The shortest chain of handing on from one to somebody with at least two less; empty where there is none."""
    came: dict[H, tuple[H, tuple[H, ...]]] = {}
    seen, waiting = {start}, deque([start])
    while waiting:
        giver = waiting.popleft()
        for one in of.get(giver, ()):
            if taken[one][giver] <= 0:
                continue
            for taker in one:
                if taker in seen:
                    continue
                came[taker] = (giver, one)
                if loads[taker] <= loads[start] - 2:
                    return _back(start, taker, came)
                seen.add(taker)
                waiting.append(taker)
    return []


def _back(start: H, end: H, came: Mapping[H, tuple[H, tuple[H, ...]]]) -> list[tuple[H, tuple[H, ...], H]]:
    out: list[tuple[H, tuple[H, ...], H]] = []
    while end != start:
        giver, one = came[end]
        out.append((giver, one, end))
        end = giver
    return out[::-1]
