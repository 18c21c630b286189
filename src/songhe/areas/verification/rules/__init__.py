"""Signs that speak against visits, and what they weigh together. Pure: stays in, findings out, the same for the same stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from songhe.areas.verification.rules import alike, between
from songhe.areas.verification.rules.bounds import Bounds, Guide, Sign, Why, build_guide
from songhe.areas.verification.rules.values import Away, Finding, Fix, Stay

__all__ = ["Away", "Bounds", "Finding", "Fix", "Guide", "Sign", "Stay", "Why", "build_guide", "findings"]


def findings(
    stays: Collection[Stay],
    bounds: Bounds,
    *,
    away: Mapping[UUID, Sequence[Away]] | None = None,
    pictures: Iterable[tuple[UUID, int]] = (),
) -> list[Finding]:
    """All signs of some visits, each sign of a visit once. ``away`` by person; ``pictures`` of further visits.

    Visits are judged beside those given alone: give those of the same workers, persons and devices around them too.
    """
    found: dict[tuple[UUID, str], Finding] = {}
    for one in _all(stays, bounds, away or {}, pictures):
        found.setdefault((one.visit, one.sign), one)
    return sorted(found.values(), key=lambda one: (str(one.visit), one.sign))


def _all(
    stays: Collection[Stay],
    bounds: Bounds,
    away: Mapping[UUID, Sequence[Away]],
    pictures: Iterable[tuple[UUID, int]],
) -> Iterator[Finding]:
    for stay in stays:
        yield from _alone(stay, bounds, away.get(stay.person, ()))
    yield from between.overlaps(stays, bounds)
    yield from between.travel(stays, bounds)
    yield from between.frozen(stays, bounds)
    yield from between.spots(stays, bounds)
    yield from between.devices(stays, bounds)
    yield from between.long_days(stays, bounds)
    yield from between.often_in_vain(stays, bounds)
    yield from alike.pictures(stays, pictures, bounds)


def _lasted(stay: Stay, bounds: Bounds) -> str:
    """By which sign a visit lasted longer than promised; none where it did not by much."""
    over, part = stay.minutes - stay.promised_minutes, stay.minutes * 100
    if over >= bounds.long_minutes and part > stay.promised_minutes * bounds.long_percent:
        return "long"
    longer = over >= bounds.longer_minutes and part >= stay.promised_minutes * bounds.longer_percent
    return "longer" if longer else ""


def _alone(stay: Stay, bounds: Bounds, away: Sequence[Away]) -> Iterator[Finding]:
    """Signs of a visit by itself: what its check-in and check-out saw, its length, and where the person was."""
    told: dict[str, int | str] = {"minutes": stay.minutes, "promised": stay.promised_minutes}
    for flag in stay.flags:
        yield Finding(stay.visit, flag, None, {**told, "metres": stay.metres or 0})
    if stay.vain:
        return  # that the person was away is what such a visit says
    if sign := _lasted(stay, bounds):
        yield Finding(stay.visit, sign, None, told)
    for span in away:
        if span.holds(stay.day):
            evidence = {
                "day": span.since.isoformat(),
                "since": span.since.isoformat(),
                "until": span.until.isoformat() if span.until else "–",
                "source": span.source,
            }
            yield Finding(stay.visit, f"away_{span.kind}", None, evidence)
