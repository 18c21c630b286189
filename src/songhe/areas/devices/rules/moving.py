"""Which movements lead from where to where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """A movement: the places it starts from, the one it leads to (none: it stays), whether it ends the binding."""

    sources: frozenset[str]
    target: str
    ends: bool = False


_OUT = frozenset({"issued", "lost", "broken", "repair"})
WAYS: Mapping[str, Way] = {
    "issued": Way(frozenset({"stock"}), "issued"),
    "returned": Way(_OUT, "stock", ends=True),
    "lost": Way(frozenset({"issued", "stock"}), "lost"),
    "found": Way(frozenset({"lost"}), "issued"),
    "broken": Way(frozenset({"issued", "stock"}), "broken"),
    "sent": Way(frozenset({"broken"}), "repair"),
    "repaired": Way(frozenset({"broken", "repair"}), "issued"),
    "handed": Way(frozenset({"stock"}), "stock"),
    "retired": Way(frozenset({"stock", "lost", "broken", "repair"}), "retired", ends=True),
}
"""What was found or repaired goes back to its person, or into stock where it is nobody's."""


def led_to(move: str, place: str, *, bound: bool) -> str | None:
    """Where a movement leads from a place; None where it does not start there."""
    way = WAYS[move]
    if place not in way.sources:
        return None
    return "stock" if way.target == "issued" and move != "issued" and not bound else way.target


def replay(moves: list[tuple[str, str]]) -> dict[str, int]:
    """How many devices are at each place after movements, given as (source, target); "" is nowhere."""
    count: dict[str, int] = {}
    for source, target in moves:
        for place, by in ((source, -1), (target, 1)):
            if place:
                count[place] = count.get(place, 0) + by
    return {place: n for place, n in count.items() if n}
