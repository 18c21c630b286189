"""What a plan assumes of ways, breaks and prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from songhe.core.codes import Point
from songhe.core.roster import Grid, Params, Weights
from songhe.core.sources import DataError, part, whole

DAY = 24 * 60
FEED_NAMES = ("none", "village", "surname_village")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a plan assumes, from ``data/nation/roster.yaml``; speeds are kilometres an hour."""

    detour: float
    speeds: Mapping[str, float]
    longest_leg: int
    overtime: int
    week_overtime: int
    break_shift: int
    break_minutes: int
    break_earliest: int
    break_latest: int
    known_days: int
    slack: int
    early: int
    step: int
    seconds: Mapping[str, int]
    weights: Weights
    feed_name: str
    assumed: bool

    @property
    def params(self) -> Params:
        """The same for the search."""
        return Params(weights=self.weights)

    def way(self, mode: str) -> str:
        """A way of travelling that has a speed."""
        return mode if mode in self.speeds else next(iter(self.speeds))

    def ways(self, points: Sequence[Point], mode: str) -> int:
        """Minutes along some places, in straight lines times the detour."""
        minutes = Grid(points, self.speeds, detour=self.detour).minutes(self.way(mode))
        return sum(int(minutes[n, n + 1]) for n in range(len(points) - 1))

    def told(self) -> dict[str, Any]:
        """What is kept with a plan, so that it can be explained later."""
        names = Weights.__dataclass_fields__
        return {
            "detour": self.detour,
            "speeds": dict(self.speeds),
            "assumed": self.assumed,
            "weights": {name: getattr(self.weights, name) for name in names},
        }


def build_ground(data: Mapping[str, Any], *, overtime: int) -> Ground:
    """The assumptions from the data file; DataError names what is wrong.

    ``overtime``: minutes by which anybody may be sent beyond the end of a shift.
    """
    rest, prices = part(data, "breaks", "roster"), dict(part(data, "weights", "roster"))
    speeds = {
        str(mode): _number(speed, f"speeds, {mode}") for mode, speed in part(data, "speeds", "roster").items()
    }
    detour = _number(data.get("detour"), "detour")
    if "overtime" in data:
        raise DataError("roster: overtime is set in visits.yaml, as overtime_minutes. Take it out here.")
    if not speeds or min(speeds.values()) <= 0 or detour < 1:
        raise DataError(
            "roster: every speed is above 0, at least one speed is given, and the detour is at least 1."
        )
    prices["unserved"] = tuple(prices.get("unserved") or ())
    if strange := sorted(set(prices) - set(Weights.__dataclass_fields__)):
        raise DataError(f"roster: there is no weight {', '.join(strange)}.")
    seconds = part(data, "seconds", "roster")
    name = str(data.get("feed_name", ""))
    if name not in FEED_NAMES:
        raise DataError(f"roster: feed_name is one of {', '.join(FEED_NAMES)}.")
    return Ground(
        detour=detour,
        speeds=speeds,
        longest_leg=whole(data, "longest_leg", "roster"),
        overtime=overtime,
        week_overtime=whole(data, "week_overtime", "roster"),
        break_shift=whole(rest, "shift", "roster, breaks"),
        break_minutes=whole(rest, "minutes", "roster, breaks"),
        break_earliest=_clock(rest, "earliest"),
        break_latest=_clock(rest, "latest"),
        known_days=whole(data, "known_days", "roster"),
        slack=whole(data, "slack", "roster"),
        early=whole(data, "early", "roster"),
        step=max(1, whole(data, "step", "roster")),
        seconds={key: whole(seconds, key, "roster, seconds") for key in ("day", "week", "again", "most")},
        weights=Weights(**prices),
        feed_name=name,
        assumed=bool(data.get("assumed", True)),
    )


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"roster: {where} must be a number.")
    return float(value)


def _clock(data: Mapping[str, Any], key: str) -> int:
    try:
        return minute_of(time.fromisoformat(str(data.get(key))))
    except ValueError:
        raise DataError(f"roster, breaks: {key} is a time of day such as “11:00”.") from None


def minute_of(moment: time) -> int:
    """Minutes since midnight; the last minute of the day is its end."""
    found = moment.hour * 60 + moment.minute
    return DAY if found == DAY - 1 else found
