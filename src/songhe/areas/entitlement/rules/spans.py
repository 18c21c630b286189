"""The states of a grant over its months: one state for each month from the first on, and never two.

Months are first days. A stretch holds from its first month up to but without ``until``; None is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

IN_FORCE, SUSPENDED, STOPPED = "in_force", "suspended", "stopped"
OWED, PAID = "owed", "paid"


@dataclass(frozen=True, slots=True)
class Months:
    """Months from ``start`` up to but without ``until``. Raises ValueError for days that are no first of a month."""

    start: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.start.day != 1 or (self.until is not None and self.until.day != 1):
            raise ValueError(f"months are named by their first day, not {self.start} to {self.until}")
        if self.until is not None and self.until <= self.start:
            raise ValueError(f"a stretch of months ends after it starts: {self.start} to {self.until}")

    def holds(self, month: date) -> bool:
        """Whether a month lies inside."""
        return self.start <= month and (self.until is None or month < self.until)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One state over some months. ``owed``: suspended months that are to be paid after all, or were."""

    months: Months
    state: str
    reason: str = ""
    owed: str = ""


def with_state(
    stretches: Sequence[Stretch], state: str, start: date, *, reason: str = "", owed: bool = False
) -> tuple[Stretch, ...]:
    """Let a state hold from a month on; what was said of later months falls away.

    A start before the first month counts from the first month. With ``owed``, suspended months before ``start`` that
    are followed by nothing else are owed from now on.
    """
    if not stretches:
        raise ValueError("a grant has a first stretch")
    first = stretches[0].months.start
    start = max(start, first)
    kept = [_cut(one, start) for one in stretches if one.months.start < start]
    if owed:
        kept = _owing(kept)
    if kept and kept[-1].state == state and kept[-1].reason == reason:
        kept[-1] = replace(kept[-1], months=Months(kept[-1].months.start))
        return tuple(kept)
    return (*kept, Stretch(Months(start), state, reason))


def reinstated(stretches: Sequence[Stretch], month: date, reason: str) -> tuple[Stretch, ...]:
    """Undo the last suspension or stop: in force again from a month on, and the months since are owed."""
    start = stretches[-1].months.start
    back = with_state(stretches, SUSPENDED, start, reason=reason)
    return with_state(back, IN_FORCE, max(month, start), reason=reason, owed=True)


def state_in(stretches: Iterable[Stretch], month: date) -> Stretch | None:
    """The stretch that holds in a month; None before the first."""
    return next((one for one in stretches if one.months.holds(month)), None)


def arrears(stretches: Iterable[Stretch]) -> tuple[Months, ...]:
    """The suspended months that are owed and not paid yet."""
    return tuple(one.months for one in stretches if one.owed == OWED)


def _cut(one: Stretch, start: date) -> Stretch:
    if one.months.until is not None and one.months.until <= start:
        return one
    return replace(one, months=Months(one.months.start, start))


def _owing(kept: Sequence[Stretch]) -> list[Stretch]:
    out = list(kept)
    for place in range(len(out) - 1, -1, -1):
        if out[place].state != SUSPENDED:
            break
        out[place] = replace(out[place], owed=out[place].owed or OWED)
    return out
