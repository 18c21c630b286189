"""What is missing in a site's file, by what the site is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

HOMES = frozenset({"nursing_home", "township_home", "embedded", "medical_care", "geriatric"})
DAY = frozenset({"day_care", "care_station", "comprehensive", "street_centre", "demonstration"})
MEALS = frozenset({"canteen", "dining_table"})
CARE = HOMES | DAY
RUN_BY_OTHERS = frozenset({"entrusted", "privately_run", "equity"})
GAPS = (
    "address", "place", "phone", "hours", "area", "beds", "day_places", "diners", "ownership", "mode", "contract",
    "licence", "fire", "food", "clinic", "staff", "prices", "face", "description",
)  # fmt: skip
"""Everything that may be missing, in the order in which it is named."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a file holds: the names among GAPS that are there; ``does``: the site's kind and functions."""

    does: frozenset[str]
    mode: str
    has: frozenset[str]


def wanted(does: Collection[str], mode: str) -> tuple[str, ...]:
    """What the file of a site that does these things should hold."""
    kinds = frozenset(does)
    asked = {"address", "place", "phone", "hours", "area", "ownership", "mode", "fire"}
    asked |= {"face", "description", "staff", "prices"} if kinds & CARE else set()
    asked |= {"beds", "licence", "clinic"} if kinds & HOMES else set()
    asked |= {"day_places"} if kinds & DAY else set()
    asked |= {"diners", "food", "prices"} if kinds & MEALS else set()
    asked |= {"contract"} if mode in RUN_BY_OTHERS else set()
    return tuple(name for name in GAPS if name in asked)


def missing(told: Told) -> list[str]:
    """What should be there and is not."""
    return [name for name in wanted(told.does, told.mode) if name not in told.has]


def complete(told_gaps: int, asked: int) -> int:
    """How complete a file is, in whole per cent; a file of which nothing is asked is complete."""
    return 100 if not asked else (asked - told_gaps) * 100 // asked
