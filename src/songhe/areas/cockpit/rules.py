"""Small decisions of the cockpit: how a value is said, which light a share has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from songhe.core.measure import Indicator, Light, Period, rounded

TONES = {Light.GREEN: "ok", Light.AMBER: "warn", Light.RED: "danger", Light.UNKNOWN: "muted"}


@dataclass(frozen=True, slots=True)
class SumCheck:
    """Whether parts add up to the stated whole, and by how much they differ."""

    parts: int
    whole: int | None

    @property
    def fits(self) -> bool:
        """True only where the whole is known and equals the parts."""
        return self.whole == self.parts

    @property
    def gap(self) -> int:
        """Parts above (positive) or below the whole; 0 where the whole is unknown."""
        return 0 if self.whole is None else self.parts - self.whole


def hours(minutes: int | None) -> int | None:
    """Whole hours to the nearest, for headlines; None stays unknown."""
    return None if minutes is None else rounded(minutes, 60)


def at_this_pace(value: int | None, period: Period, day: date) -> int | None:
    """What a running total will be at the period's end if it goes on as it did; the total itself afterwards."""
    if value is None or day not in period:
        return value
    return rounded(value * (period.end - period.start).days, (day - period.start).days + 1)


def tenths(minutes: int | None) -> str:
    """Hours with one decimal, without a float: 1,930 minutes are ``32.2``."""
    if minutes is None:
        return "–"
    value = rounded(minutes * 10, 60)
    return f"{value // 10:,}.{value % 10}"


def per_cent(bp: int | None) -> str:
    """Basis points as per cent with one decimal: 8,765 is ``87.7%``."""
    if bp is None:
        return "–"
    value = rounded(bp, 10)
    return f"{value // 10}.{value % 10}%"


def said(indicator: Indicator, value: int | None) -> str:
    """A value of an indicator in its own unit, as people write it."""
    if value is None:
        return "–"
    if indicator.show == "share":
        return per_cent(value)
    return amount(value, indicator.unit)


def amount(value: int | None, unit: str) -> str:
    """A count in a unit: minutes as hours with one decimal, fen as yuan, everything else grouped."""
    if value is None:
        return "–"
    if unit == "minute":
        return tenths(value)
    if unit == "fen":
        return f"{value // 100:,}.{value % 100:02d}"
    return f"{value:,}"
