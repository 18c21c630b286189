"""In which order helpers are asked: the paired neighbour first, then whoever is able, free and near, the busy ones after."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Whether somebody can come now."""

    FREE = "free"
    BUSY = "busy"
    OFF = "off"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the order depends on. ``minutes`` is None where the way is not known; ``near`` says then whether the helper is at
    least of the same village."""

    key: Any
    state: State = State.FREE
    paired: bool = False
    holds_key: bool = False
    skills: frozenset[str] = frozenset()
    minutes: int | None = None
    near: bool = False

    def lacks(self, needs: Collection[str]) -> tuple[str, ...]:
        """What is needed and the helper cannot do."""
        return tuple(sorted(set(needs) - self.skills))


def state_at(
    moment: datetime,
    *,
    in_hours: bool,
    available: bool,
    away_until: datetime | None,
    busy_until: datetime | None,
) -> State:
    """Whether a helper can come: what was said by the helper goes before what is known of other work, and that before hours."""
    if not available and (away_until is None or moment < away_until):
        return State.AWAY
    if busy_until is not None and moment < busy_until:
        return State.BUSY
    return State.FREE if in_hours else State.OFF


def in_order(found: Iterable[Candidate], needs: Collection[str] = ()) -> list[Candidate]:
    """The candidates as they are asked. Whoever said not to be available comes last, and only where paired."""
    asked = [one for one in found if one.state != State.AWAY or one.paired]
    return sorted(asked, key=lambda one: (_rank(one, needs), *_way(one), str(one.key)))


def _rank(one: Candidate, needs: Collection[str]) -> int:
    if one.state == State.FREE:
        return 0 if one.paired else 2 if one.lacks(needs) else 1
    if one.state == State.AWAY:
        return 5
    return 3 if one.paired else 4


def _way(one: Candidate) -> tuple[bool, bool, int, bool]:
    """Known ways first, the shorter before the longer; at one distance whoever can open the door."""
    return (
        one.minutes is None,
        not one.near if one.minutes is None else False,
        one.minutes or 0,
        not one.holds_key,
    )
