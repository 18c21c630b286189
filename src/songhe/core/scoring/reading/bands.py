"""Ranges of points that lead to a grade or level: every reachable total in exactly one, none without any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songhe.core.scoring.reading.node import Node


@dataclass(frozen=True, slots=True)
class Range:
    """What the points from ``low`` to ``high`` lead to, and where that is written."""

    number: int
    low: int
    high: int
    node: Node


def check_bands(
    around: Node, word: str, ranges: Sequence[Range], totals: Sequence[int], *, rises: bool
) -> None:
    """Refuse gaps, overlaps, numbers that no total leads to, and numbers in the wrong order.

    ``rises``: more points lead to higher numbers, otherwise to lower ones.
    """
    numbers = [one.number for one in ranges]
    for one in ranges:
        if numbers.count(one.number) > 1:
            raise one.node.fault(f"{word} {one.number} is given twice.")
    found: list[int] = []
    for total in totals:
        here = [one for one in ranges if one.low <= total <= one.high]
        if len(here) > 1:
            both = " and ".join(f"{word} {one.number}" for one in here)
            raise here[1].node.fault(f"{total} points lead to {both}; let them meet without gap or overlap.")
        if not here:
            raise _beside(around, ranges, total).fault(
                f"{total} points lead to no {word}; let them meet without gap or overlap, from {totals[-1]} "
                f"down to a total of {totals[0]}."
            )
        found.append(here[0].number)
    for one in ranges:
        if one.number not in found:
            raise one.node.fault(f"no answers add up to {one.low} to {one.high} points.")
    if found != sorted(found, reverse=not rises):
        raise around.fault(
            f"with more points the {word}s must {'rise' if rises else 'fall'}; set the ranges right, or say "
            "what is better (better, best)."
        )


def _beside(around: Node, ranges: Sequence[Range], total: int) -> Node:
    """The range that should have reached this total."""
    above = sorted((one for one in ranges if one.low > total), key=lambda one: one.low)
    below = sorted((one for one in ranges if one.high < total), key=lambda one: -one.high)
    return (above or below)[0].node if ranges else around
