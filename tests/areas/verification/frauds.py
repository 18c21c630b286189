"""A made-up month of home visits: honest workers with the troubles of real phones, and frauds of every kind among them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from songhe.areas.verification.rules import Away, Fix, Stay
from songhe.core.codes import Point

FIRST = date(2026, 10, 5)
METRES = 1 / 111_195
"""Degrees of latitude in a metre."""
LIMIT_FAR, LIMIT_LATE, LIMIT_SHORT = 300, 15, 80


@dataclass
class City:
    """Workers with homes to serve, the stays of some days, who was away when, and which stays are fraud (visit → kind)."""

    seed: int
    workers: int = 50
    days: int = 16
    each: int = 20
    stays: list[Stay] = field(default_factory=list)
    away: dict[UUID, list[Away]] = field(default_factory=dict)
    frauds: dict[UUID, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        for worker in range(self.workers):
            self.stays += self._worker(worker)
        for kind, fraud in sorted(FRAUDS.items()):
            for _ in range(self.each):
                fraud(self, kind)
        self.stays = [_flagged(stay) for stay in self.stays]

    def key(self) -> UUID:
        """A fresh key."""
        return UUID(int=self.chance.getrandbits(128))

    def about(self, point: Point, metres: float) -> Point:
        """A place around another, normally spread."""
        return Point(
            point.lon + self.chance.gauss(0, metres) * METRES * 1.25,
            point.lat + self.chance.gauss(0, metres) * METRES,
        )

    def fix(self, point: Point) -> Fix | None:
        """What an honest phone says of a place: mostly within some metres, at times poorly, at times not at all."""
        luck = self.chance.random()
        if luck < 0.03:
            return None
        exact = 8 if luck < 0.9 else 120
        return Fix(self.about(point, exact / 2), exact)

    def _worker(self, number: int) -> Iterator[Stay]:
        worker, device = self.key(), f"phone-{number}"
        base = Point(121.4 + self.chance.random() / 2, 37.0 + self.chance.random() / 3)
        homes = [(self.key(), self.about(base, 2_500)) for _ in range(12)]
        for day in range(self.days):
            clock = datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), UTC) + timedelta(
                hours=0
            )
            for person, home in self.chance.sample(homes, 5):
                promised = clock + timedelta(minutes=self.chance.choice((30, 40, 50)))
                minutes = self.chance.choice((40, 60, 60, 90))
                arrived = promised + timedelta(minutes=self.chance.triangular(-10, 20, 0))
                left = arrived + timedelta(minutes=minutes * self.chance.triangular(0.78, 1.25, 1.0))
                yield Stay(
                    visit=self.key(),
                    worker=worker,
                    person=person,
                    promised=(promised, promised + timedelta(minutes=minutes)),
                    arrived=arrived,
                    left=left,
                    day=FIRST + timedelta(days=day),
                    came=self.fix(home),
                    went=self.fix(home),
                    home=home if self.chance.random() > 0.1 else None,
                    device=device,
                    pictures=(self.chance.getrandbits(128),) if self.chance.random() < 0.6 else (),
                )
                clock = left
                if self.chance.random() < 0.03:
                    yield self._nobody_there(worker, device, clock + timedelta(minutes=25), homes)
                    clock += timedelta(minutes=50)

    def _nobody_there(
        self, worker: UUID, device: str, arrived: datetime, homes: list[tuple[UUID, Point]]
    ) -> Stay:
        """An honest visit in vain: the worker waited a quarter of an hour."""
        person, home = self.chance.choice(homes)
        return Stay(
            visit=self.key(), worker=worker, person=person, promised=(arrived, arrived + timedelta(minutes=60)), arrived=arrived,
            left=arrived + timedelta(minutes=15), day=arrived.date(), came=self.fix(home), home=home, device=device, vain=True,
        )  # fmt: skip

    def honest(self, fits: Callable[[Stay], bool] = lambda stay: True) -> Stay:
        """One stay that nobody has touched yet."""
        for _ in range(20_000):
            stay = self.chance.choice(self.stays)
            if stay.visit not in self.frauds and fits(stay):
                return stay
        raise AssertionError("too small a city for so many frauds")

    def put(self, kind: str, *stays: Stay) -> None:
        """Keep stays as frauds, in place of those with the same key."""
        fresh = {stay.visit: stay for stay in stays}
        self.stays = [fresh.pop(stay.visit, stay) for stay in self.stays] + list(fresh.values())
        self.frauds |= {stay.visit: kind for stay in stays}


def _flagged(stay: Stay) -> Stay:
    """The signs that the check-in sees at once, as the product's own limits say."""
    flags = []
    metres = None
    if stay.came is None:
        flags.append("no_place")
    elif stay.home is not None:
        metres = round(_distance(stay.came.point, stay.home))
        if metres - (stay.came.accuracy or 0) > LIMIT_FAR:
            flags.append("far")
    if stay.arrived > stay.promised[0] + timedelta(minutes=LIMIT_LATE):
        flags.append("late")
    if not stay.vain and stay.minutes * 100 < stay.promised_minutes * LIMIT_SHORT:
        flags.append("short")
    return replace(stay, flags=(*stay.flags, *flags), metres=metres)


def _distance(a: Point, b: Point) -> float:
    return (((a.lon - b.lon) / 1.25) ** 2 + (a.lat - b.lat) ** 2) ** 0.5 / METRES


def _from_afar(city: City, kind: str) -> None:
    stay = city.honest(lambda one: one.home is not None)
    assert stay.home is not None
    spot = Point(stay.home.lon + 0.02 + city.chance.random() / 20, stay.home.lat)
    city.put(kind, replace(stay, came=city.fix(spot) or Fix(spot, 8), went=city.fix(spot)))


def _from_one_spot(city: City, kind: str) -> None:
    """Three visits of a day are checked in from the worker's sofa; where one home is unknown, only together they show."""
    first = city.honest(lambda one: one.home is not None)
    day = [
        s for s in city.stays if (s.worker, s.day) == (first.worker, first.day) and s.visit not in city.frauds
    ]
    spot = city.about(first.home or Point(121.5, 37.2), 900)
    city.put(
        kind, *(replace(s, came=Fix(city.about(spot, 4), 8), went=Fix(city.about(spot, 4), 8)) for s in day)
    )


def _made_up_place(city: City, kind: str) -> None:
    """A program that fakes the phone's place says the same one each time."""
    first = city.honest(lambda one: one.home is not None)
    assert first.home is not None
    fake = Fix(Point(round(first.home.lon, 6), round(first.home.lat, 6)), 5)
    same = [s for s in city.stays if (s.worker, s.person) == (first.worker, first.person)]
    same = [s for s in same if s.visit not in city.frauds]
    if len(same) >= 3:
        city.put(kind, *(replace(s, came=fake, went=fake) for s in same))


def _two_at_once(city: City, kind: str) -> None:
    stay = city.honest()
    other = city.honest(lambda one: one.worker == stay.worker and one.person != stay.person)
    start = stay.arrived + timedelta(minutes=10)
    copy = replace(
        other,
        visit=city.key(),
        day=stay.day,
        arrived=start,
        left=start + timedelta(minutes=other.promised_minutes),
        promised=(start, start + timedelta(minutes=other.promised_minutes)),
        came=city.fix(other.home) if other.home else None,
        pictures=(),
    )
    city.put(kind, copy)
    city.frauds[stay.visit] = "either"


def _by_two(city: City, kind: str) -> None:
    """A second worker claims the visit that somebody else gives at the same time."""
    stay = city.honest()
    other = city.honest(lambda one: one.worker != stay.worker)
    begun = stay.arrived + timedelta(minutes=5)
    copy = replace(
        stay,
        visit=city.key(),
        worker=other.worker,
        device=other.device,
        arrived=begun,
        left=begun + timedelta(minutes=stay.promised_minutes),
        pictures=(),
    )
    city.put(kind, copy)
    city.frauds[stay.visit] = "either"


def _same_picture(city: City, kind: str) -> None:
    old = city.honest(lambda one: bool(one.pictures))
    stay = city.honest(lambda one: one.visit != old.visit)
    bits = old.pictures[0]
    for _ in range(city.chance.randrange(5)):
        bits ^= 1 << city.chance.randrange(128)
    city.put(kind, replace(stay, pictures=(bits,)))
    city.frauds[old.visit] = "either"


def _one_phone(city: City, kind: str) -> None:
    """A worker checks in for a colleague who stays at home."""
    stay = city.honest()
    other = city.honest(lambda one: one.worker != stay.worker and one.day == stay.day)
    city.put(kind, replace(stay, device=other.device))
    for one in city.stays:
        if one.device == other.device and abs(one.arrived - stay.arrived) <= timedelta(days=7):
            city.frauds.setdefault(one.visit, "either")


def _away(which: str) -> Callable[[City, str], None]:
    def visit_nobody(city: City, kind: str) -> None:
        stay = city.honest(lambda one: one.person not in city.away)
        until = None if which != "hospital" else stay.day + timedelta(days=1)
        city.away[stay.person] = [Away(which, stay.day - timedelta(days=1), until, "list")]
        spans = city.away[stay.person]
        for one in city.stays:
            if one.person == stay.person and spans[0].holds(one.day):
                city.frauds[one.visit] = kind

    return visit_nobody


def _nobody_home(city: City, kind: str) -> None:
    """A worker says of a third of the visits that nobody opened, from the right place; the people were at home."""
    if sum(one == kind for one in city.frauds.values()) > 2 * city.each:
        return
    worker = city.honest(lambda one: not one.vain).worker
    own = [s for s in city.stays if s.worker == worker and s.visit not in city.frauds and not s.vain]
    claimed = own[: len([s for s in city.stays if s.worker == worker]) * 2 // 5]
    vain = (
        replace(s, left=s.arrived + timedelta(minutes=15), went=None, pictures=(), vain=True) for s in claimed
    )
    city.put(kind, *vain)


FRAUDS: dict[str, Callable[[City, str], None]] = {
    "from_afar": _from_afar,
    "from_one_spot": _from_one_spot,
    "made_up_place": _made_up_place,
    "two_at_once": _two_at_once,
    "by_two": _by_two,
    "same_picture": _same_picture,
    "one_phone": _one_phone,
    "away_dead": _away("dead"),
    "away_hospital": _away("hospital"),
    "away_institution": _away("institution"),
    "nobody_home": _nobody_home,
}
