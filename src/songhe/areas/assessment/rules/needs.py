"""Who needs an assessment, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from songhe.areas.assessment.rules.national import answers
from songhe.areas.assessment.rules.parameters import Parameters


class Need(StrEnum):
    """Why somebody needs an assessment, the most pressing first."""

    REQUESTED = "requested"
    DISCHARGED = "discharged"
    EXPIRING = "expiring"
    AGE = "age"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one person. ``assessed_on`` and ``holds_until`` are those of the last result in force,
    ``national_until`` the last day of the national level that is valid now."""

    born: date | None
    assessed_on: date | None = None
    holds_until: date | None = None
    discharged_on: date | None = None
    requested: bool = False
    under_way: bool = False
    national_until: date | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """One reason; ``age`` for an age that was reached, ``day`` where a day belongs to it."""

    need: Need
    age: int = 0
    day: date | None = None


def needs(known: Known, on: date, given: Parameters) -> tuple[Why, ...]:
    """The reasons on a day, the most pressing first; none while an assessment is being made.

    Whoever was assessed for the national platform is not listed for an age or for never having been assessed.
    """
    if known.under_way:
        return ()
    found = [
        Why(Need.REQUESTED) if known.requested else None,
        _discharged(known, on, given),
        _expiring(known, on, given),
        _age(known, on, given),
        _never(known, on, given),
    ]
    told = [why for why in found if why is not None]
    return tuple(why for why in told if not answers(why.need, known.national_until, on))


def _discharged(known: Known, on: date, given: Parameters) -> Why | None:
    day = known.discharged_on
    if day is None or not on - timedelta(days=given.discharge_days) < day <= on:
        return None
    seen_since = known.assessed_on is not None and known.assessed_on >= day
    return None if seen_since else Why(Need.DISCHARGED, day=day)


def _expiring(known: Known, on: date, given: Parameters) -> Why | None:
    """Running out soon, or run out already."""
    end = known.holds_until
    return Why(Need.EXPIRING, day=end) if end and end <= on + timedelta(days=given.expiring_days) else None


def _age(known: Known, on: date, given: Parameters) -> Why | None:
    """An age of the list was reached within the window, in which there was no assessment."""
    since = on - timedelta(days=given.age_window_days)
    if known.born is None or (known.assessed_on is not None and known.assessed_on > since):
        return None
    before, now = _years(known.born, since), _years(known.born, on)
    reached = [age for age in given.ages if before < age <= now]
    return Why(Need.AGE, age=max(reached)) if reached else None


def _never(known: Known, on: date, given: Parameters) -> Why | None:
    if known.assessed_on is not None or known.born is None:
        return None
    return Why(Need.NEVER) if _years(known.born, on) >= given.never_assessed_from else None


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
