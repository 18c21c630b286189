"""Signs that show only beside other visits: of the same worker, to the same person, from the same phone or spot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from songhe.areas.verification.rules.bounds import Bounds
from songhe.areas.verification.rules.values import Finding, Fix, Stay
from songhe.core.codes import distance_metres

Key = TypeVar("Key")


def grouped(stays: Iterable[Stay], key: Callable[[Stay], Key]) -> dict[Key, list[Stay]]:
    """Stays by a key, each group in the order of arrival."""
    out: defaultdict[Key, list[Stay]] = defaultdict(list)
    for stay in sorted(stays, key=lambda one: (one.arrived, one.visit)):
        out[key(stay)].append(stay)
    return dict(out)


def overlaps(stays: Iterable[Stay], bounds: Bounds) -> Iterator[Finding]:
    """Two stays at once: of one worker, or of two workers at one person's without being planned together."""
    every = list(stays)
    for found in grouped(every, lambda one: one.worker).values():
        yield from _overlaps(found, "overlap_worker", bounds)
    for found in grouped(every, lambda one: one.person).values():
        yield from _overlaps(found, "overlap_person", bounds)


def _overlaps(found: Sequence[Stay], sign: str, bounds: Bounds) -> Iterator[Finding]:
    still: list[Stay] = []
    for stay in found:
        still = [one for one in still if one.left > stay.arrived]
        for other in still:
            minutes = int((min(other.left, stay.left) - stay.arrived).total_seconds()) // 60
            if minutes > bounds.overlap_minutes and _counts(sign, other, stay):
                yield from _both(sign, other, stay, minutes=minutes)
        still.append(stay)


def _counts(sign: str, one: Stay, other: Stay) -> bool:
    if sign == "overlap_worker":
        return True
    return one.worker != other.worker and (one.pair is None or one.pair != other.pair)


def travel(stays: Iterable[Stay], bounds: Bounds) -> Iterator[Finding]:
    """From one home to the next faster than anybody drives, each place taken as near as its exactness allows."""
    for found in grouped(stays, lambda one: one.worker).values():
        for before, after in pairwise(found):
            a, b = before.went or before.came, after.came
            if a is None or b is None:
                continue
            seconds = max((after.arrived - before.left).total_seconds(), 0)
            metres = round(distance_metres(a.point, b.point)) - (a.accuracy or 0) - (b.accuracy or 0)
            if metres > bounds.homes_metres and metres * 3_600 > bounds.kmh * 1_000 * (
                seconds + 60 * bounds.overlap_minutes
            ):
                yield from _both(
                    "impossible_travel", before, after, metres=metres, minutes=int(seconds) // 60
                )


def frozen(stays: Iterable[Stay], bounds: Bounds) -> Iterator[Finding]:
    """The same place to the sixth decimal on several visits of one worker: measured places always differ."""
    for found in grouped(stays, lambda one: one.worker).values():
        places: defaultdict[tuple[int, int], list[Stay]] = defaultdict(list)
        for stay in found:
            for place in {_exactly(fix) for fix in (stay.came, stay.went) if fix is not None}:
                places[place].append(stay)
        for same in places.values():
            if len(same) >= bounds.frozen_visits:
                for stay in same:
                    yield Finding(stay.visit, "frozen_place", _beside(stay, same), {"visits": len(same)})


def _exactly(fix: Fix) -> tuple[int, int]:
    return round(fix.point.lon * 1_000_000), round(fix.point.lat * 1_000_000)


def spots(stays: Iterable[Stay], bounds: Bounds) -> Iterator[Finding]:
    """One worker checks in several persons of one day from one spot, although their homes lie apart."""
    for found in grouped(stays, lambda one: (one.worker, one.day)).values():
        placed = [stay for stay in found if stay.came is not None]
        for stay in placed:
            near = [other for other in placed if _near(stay, other, bounds) and _apart(stay, other, bounds)]
            persons = {other.person for other in near} | {stay.person}
            if len(persons) >= bounds.spot_visits:
                yield Finding(stay.visit, "same_spot", _beside(stay, near), {"visits": len(persons)})


def _near(stay: Stay, other: Stay, bounds: Bounds) -> bool:
    if stay.came is None or other.came is None:
        return False
    return distance_metres(stay.came.point, other.came.point) <= bounds.spot_metres


def _apart(stay: Stay, other: Stay, bounds: Bounds) -> bool:
    if stay.person == other.person or stay.home is None or other.home is None:
        return False
    return distance_metres(stay.home, other.home) >= bounds.homes_metres


def devices(stays: Iterable[Stay], bounds: Bounds) -> Iterator[Finding]:
    """One device from which several workers sent within some days."""
    span = timedelta(days=bounds.device_days)
    for device, found in grouped(stays, lambda one: one.device).items():
        if not device or len({stay.worker for stay in found}) < bounds.device_workers:
            continue
        for stay in found:
            around = [one for one in found if abs(one.arrived - stay.arrived) <= span]
            workers = {one.worker for one in around}
            if len(workers) >= bounds.device_workers:
                others = [one for one in around if one.worker != stay.worker]
                evidence = {"workers": len(workers), "days": bounds.device_days}
                yield Finding(stay.visit, "shared_device", _beside(stay, others), evidence)


def long_days(stays: Iterable[Stay], bounds: Bounds) -> Iterator[Finding]:
    """More service by one worker on one day than a day of work holds."""
    for found in grouped(stays, lambda one: (one.worker, one.day)).values():
        minutes = sum(stay.minutes for stay in found)
        if minutes > bounds.day_minutes:
            for stay in found:
                yield Finding(stay.visit, "long_day", None, {"minutes": minutes})


def often_in_vain(stays: Iterable[Stay], bounds: Bounds) -> Iterator[Finding]:
    """Persons could not be served by one worker far more often than happens: such visits are charged in part."""
    for found in grouped(stays, lambda one: one.worker).values():
        vain = [stay for stay in found if stay.vain]
        if len(vain) >= bounds.vain_visits and len(vain) * 100 >= bounds.vain_percent * len(found):
            for stay in vain:
                evidence = {"visits": len(vain), "all": len(found)}
                yield Finding(stay.visit, "often_in_vain", _beside(stay, vain), evidence)


def _both(sign: str, one: Stay, other: Stay, **evidence: int | str) -> Iterator[Finding]:
    yield Finding(one.visit, sign, other.visit, evidence)
    yield Finding(other.visit, sign, one.visit, evidence)


def _beside(stay: Stay, others: Iterable[Stay]) -> UUID | None:
    """The nearest of other visits by time, to look at beside this one."""
    rest = [one for one in others if one.visit != stay.visit]
    near = min(rest, key=lambda one: (abs(one.arrived - stay.arrived), one.visit), default=None)
    return None if near is None else near.visit
