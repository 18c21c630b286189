"""Targets and their traffic light, with the thresholds said aloud."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from songhe.core.books import whole
from songhe.core.measure.figure import basis_points


class Light(StrEnum):
    """Green reached, amber near, red far, unknown when it cannot be measured."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """A wanted value: at least (``min``), at most (``max``), exactly (``eq``) or ``between``.

    ``amber`` is the shortfall in basis points of the wanted value up to which the light is
    amber rather than red; ``exact`` the shortfall or excess that counts as none (a published figure is rounded). With ``since`` and ``due``, a
    ``min`` target that is not due yet is measured against the straight line between the days.
    """

    op: str
    value: int
    upper: int | None = None
    since: date | None = None
    due: date | None = None
    start: int = 0
    amber: int = 1_000
    exact: int = 0

    def __post_init__(self) -> None:
        if self.op not in ("min", "max", "eq", "between"):
            raise ValueError(f"unknown comparison {self.op!r}")
        if whole(self.value) < 0 or not 0 <= whole(self.amber) <= 10_000:
            raise ValueError("a target is not negative and a margin is 0 to 10,000 basis points")
        if (self.op == "between") != (self.upper is not None):
            raise ValueError("an upper value belongs to 'between' and to nothing else")
        if self.upper is not None and self.upper < self.value:
            raise ValueError("the upper value lies above the lower")
        if self.since and self.due and self.since >= self.due:
            raise ValueError("a target is due after it starts")

    @classmethod
    def build(cls, data: Mapping[str, Any]) -> "Target":
        """Make one from a data file's mapping; unknown keys raise TypeError."""
        return cls(**data)

    def wanted(self, at: date) -> int:
        """The value asked for on a day: the whole target, or its share of the way so far."""
        if self.op != "min" or not (self.since and self.due) or at >= self.due:
            return self.value
        gone = max((at - self.since).days, 0)
        whole_way = (self.due - self.since).days
        return self.start + (self.value - self.start) * gone // whole_way


@dataclass(frozen=True, slots=True)
class Standing:
    """How a value stands against its target: ``attained`` is basis points of the wanted value."""

    light: Light
    value: int | None
    wanted: int
    attained: int | None
    overdue: bool = False


def judge(target: Target, value: int | None, at: date) -> Standing:
    """Light for a value on a day. An unknown value has no colour; being overdue is told apart."""
    wanted = target.wanted(at)
    if value is None:
        return Standing(Light.UNKNOWN, None, wanted, None)
    gap = _gap(target, value, wanted)
    if gap * 10_000 <= wanted * target.exact:
        gap = 0
    edge = target.upper if target.upper is not None and value > target.upper else wanted
    near = Light.AMBER if gap * 10_000 <= edge * target.amber else Light.RED
    light = near if gap else Light.GREEN
    overdue = light is not Light.GREEN and target.due is not None and at > target.due
    return Standing(light, value, wanted, basis_points(value, wanted), overdue)


def _gap(target: Target, value: int, wanted: int) -> int:
    """Units missing (or too many); 0 when the target is met."""
    low = wanted - value
    if target.op == "min":
        return max(low, 0)
    if target.op == "max":
        return max(-low, 0)
    if target.op == "between" and target.upper is not None:
        return max(low, value - target.upper, 0)
    return abs(low)
