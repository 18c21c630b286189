"""Houses with beds room by room and who lives in them, who waits, care beds at home, and days at centres; loaded by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.timezone import localtime

from songhe.areas.registry.api import Person
from songhe.areas.stays import actions
from songhe.areas.stays.actions.waiting import in_turn
from songhe.areas.stays.models import (
    Bed,
    BedKind,
    LeaveKind,
    Occupancy,
    Offer,
    Room,
    Setting,
    Stay,
)
from songhe.areas.stays.queries.beds import unused
from songhe.areas.visits.api import Visit
from songhe.core.codes.phone import Phone
from songhe.engines.access.api import SYSTEM, Grant, Tie, tie
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import open_keys, seal_with
from songhe.site.demo.history import City, acting
from songhe.site.demo.load import Load
from songhe.site.demo.stays_days import days_at_centres
from songhe.site.demo.stays_home import beds_at_home

ROOM = ("id", "facility", "organisation_id", "region", "building", "floor", "number")
BED = ("id", "room", "facility", "organisation_id", "region", "label", "kind", "since")
STAY = (
    "id", "person", "facility", "organisation_id", "region", "home", "contract_no", "state", "since", "due_on", "level",
    "without_why", "guardian", "guardian_phone_sealed", "guardian_phone_masked", "bed_fen", "care_fen", "meals_fen",
    "admitted_by", "admitted_at",
)  # fmt: skip
OWN = ("id", "person", "facility_id", "organisation_id", "region", "since")
OCCUPANCY = (*OWN, "stay", "bed")
SETTING = (*OWN, "kind", "source_id")
TIE = ("id", "person_id", "holder_id", "kind", "region", "since")
HOUSES = 3
"""So many houses of the county shown, the smallest ones; one of every other county."""
ROOMS_ON_A_FLOOR = 12
LIVED_IN = 0.72
NEVER_MORE = 14
"""One in so many persons of the city lives in an institution at most: a small city fills few beds."""
CLOSED, WAITING, OFFERED = 4, 26, 3


@dataclass(slots=True)
class House:
    """One facility with its beds as loaded."""

    key: UUID
    owner: UUID
    region: int
    name: str
    beds: list[tuple[UUID, str, str]] = field(default_factory=list)


def stay_all(city: City) -> None:
    """Fill some houses, let persons wait for them, set up care beds at home, and run centres by the day."""
    houses = list(_houses(city))
    free = _free_persons(city)
    residents = _move_in(city, houses, free)
    _log_in(city, "nursing", houses[0].key)
    _on_leave(city, residents)
    _wait(city, houses[0], free)
    beds_at_home(city, free)
    days_at_centres(city, free)
    if residents:
        mother = residents[0]
        tie(
            mother[1],
            city.users["family"].pk,
            Tie.Kind.KIN,
            region_id=mother[2],
            since=_today(city) - timedelta(days=9),
        )


def _today(city: City) -> date:
    return localtime(city.at).date()


def _houses(city: City) -> Iterator[House]:
    """The smallest institutions of each county, with their rooms and beds loaded."""
    sites = [one for one in city.providers.sites if one[2].beds and one[2].kind == "nursing_home"]
    sites.sort(key=lambda one: (one[2].beds, one[2].name))
    by_county: dict[int, list[Any]] = {}
    for one in sites:
        by_county.setdefault(int(city.places.code[one[2].spot]) // 10**6 * 10**6, []).append(one)
    ours = by_county.pop(city.shown, [])[:HOUSES]
    others = [found[0] for _county, found in sorted(by_county.items())]
    rooms, beds = Load(Room, ROOM), Load(Bed, BED)
    for place, (key, owner, site) in enumerate([*ours, *others]):
        house = House(key, owner, int(city.places.code[site.spot]), site.name)
        wanted = site.beds - (6 if place == 1 else 0)  # the second house has not entered all of them yet
        kinds = _kinds(wanted, min(site.nursing, wanted))
        lines = list(_rooms(house, kinds))
        rooms.copy(row for row, _beds in lines)
        beds.copy(bed for _row, found in lines for bed in found)
        yield house
    rooms.done("stays.load", at=city.at)
    beds.done("stays.load", at=city.at)


def _kinds(total: int, nursing: int) -> list[str]:
    short = min(8, total - nursing)
    return (
        [BedKind.NURSING.value] * nursing
        + [BedKind.SHORT.value] * short
        + [BedKind.ORDINARY.value] * (total - nursing - short)
    )


def _rooms(house: House, kinds: list[str]) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Two beds a room, twelve rooms a floor; one kind in each room."""
    place = 0
    while place < len(kinds):
        number = len(house.beds) // 2
        kind = kinds[place]
        count = 2 if place + 1 < len(kinds) and kinds[place + 1] == kind else 1
        floor, door = 2 + number // ROOMS_ON_A_FLOOR, 1 + number % ROOMS_ON_A_FLOOR
        name, key = f"{floor}{door:02d}", uuid7()
        row = (key, house.key, house.owner, house.region, "", floor, name)
        beds = []
        for letter in range(1, count + 1):
            bed, label = uuid7(), f"{name}-{letter}"
            house.beds.append((bed, label, kind))
            beds.append((bed, key, house.key, house.owner, house.region, label, kind, date(2021, 3, 1)))
        if count == 1:
            house.beds.append((uuid7(), "", ""))  # keeps the numbers of rooms apart
        yield row, beds
        place += count


def _free_persons(city: City) -> list[int]:
    """Old persons whom nobody visits, those of the county shown first, the oldest before the others."""
    visited = set(Visit.everywhere.values_list("person_id", flat=True).distinct())
    dead = set(Person.everywhere.exclude(state="alive").values_list("pk", flat=True))
    age = (np.datetime64(_today(city)) - city.columns.born).astype("timedelta64[D]").astype(np.int64)
    here = city.columns.residence // 10**6 == city.shown // 10**6
    order = np.lexsort((-(age + city.rng.integers(0, 2500, len(age))), ~here))
    kin = set(Tie.everywhere.filter(kind=Tie.Kind.KIN).values_list("person_id", flat=True))
    barred = visited | dead | kin
    return [int(row) for row in order if age[row] > 68 * 365 and city.ids[row] not in barred]


def _move_in(
    city: City, houses: list[House], free: list[int]
) -> list[tuple[UUID, UUID, int, House, date, UUID]]:
    """Stays with their beds: (stay, person, home, house, first day, bed)."""
    most = len(city.ids) // NEVER_MORE
    residents: list[tuple[UUID, UUID, int, House, date, UUID]] = []
    for house in houses:
        real = [bed for bed in house.beds if bed[1]]
        taken = min(int(len(real) * LIVED_IN), max(most // len(houses), 6), len(free) // 2)
        for bed in real[:taken] if taken < 12 else [real[int(n * len(real) / taken)] for n in range(taken)]:
            row = free.pop(0)
            since = _today(city) - timedelta(days=int(city.rng.integers(5, 900)))
            residents.append((uuid7(), city.ids[row], int(city.columns.residence[row]), house, since, bed[0]))
    kind_of = {bed: kind for house in houses for bed, _label, kind in house.beds}
    keys = open_keys([one[1] for one in residents])
    stays = Load(Stay, STAY)
    stays.copy(_stay(city, place, one, kind_of[one[5]], keys[one[1]]) for place, one in enumerate(residents))
    stays.done("stays.load", at=city.at)
    for model, names, more in (
        (Occupancy, OCCUPANCY, lambda one: (one[0], one[5])),
        (Setting, SETTING, lambda one: ("stay", one[0])),
    ):
        load = Load(model, names)
        load.copy(
            (uuid7(), one[1], one[3].key, one[3].owner, one[3].region, one[4], *more(one))
            for one in residents
        )
        load.done("stays.load", at=city.at)
    ties = Load(Tie, TIE)
    ties.copy((uuid7(), one[1], one[3].key, "facility", one[2], one[4]) for one in residents)
    ties.done("access.load", at=city.at)
    return residents


def _stay(city: City, place: int, one: tuple[Any, ...], kind: str, key: Any) -> tuple[Any, ...]:
    stay, person, home, house, since, _bed = one
    unassessed = place % 40 == 7
    level = None if unassessed else (2 + place % 3 if kind == BedKind.NURSING else place % 2)
    due = _today(city) + timedelta(days=2 + place % 40) if kind == BedKind.SHORT else None
    phone = f"138{20_000_000 + place:08d}"
    why = "独居跌倒，出院后无人照料" if unassessed else ""
    return (
        *(stay, person, house.key, house.owner, house.region, home, f"RZ{since:%y%m}-{place + 1:04d}", "living", since, due),
        *(level, why, f"{'王李张刘陈'[place % 5]}{'建平丽芳军'[place % 4]}"),
        *(seal_with(key, person, phone), Phone("mobile", phone).masked),
        *(120_000 + place % 4 * 20_000, (level or 0) * 50_000, 60_000, "院办", city.on((_today(city) - since).days, 10)),
    )  # fmt: skip


def _log_in(city: City, seat: str, facility: UUID) -> None:
    if seat in city.users:
        Grant.objects.filter(user=city.users[seat]).update(holder_id=facility)


def _on_leave(city: City, residents: list[tuple[UUID, UUID, int, House, date, UUID]]) -> None:
    """Some are in hospital or visit home; a few beds are out of order."""
    at, day = city.at, _today(city)
    for place, one in enumerate(residents[2::17][:9]):
        stay = Stay.everywhere.get(pk=one[0])
        kind = LeaveKind.HOSPITAL if place % 2 else LeaveKind.HOME
        begin = max(one[4], day - timedelta(days=3 + place))
        actions.go_on_leave(
            stay, actor=SYSTEM, at=at, kind=kind, since=begin, back_on=day + timedelta(days=4)
        )
    closed = Bed.everywhere.filter(facility=residents[0][3].key).exclude(
        pk__in=Occupancy.everywhere.values("bed")
    )
    for bed in closed.order_by("label")[:CLOSED]:
        actions.close_bed(bed, actor=SYSTEM, at=at, since=day - timedelta(days=6), reason="床头呼叫器待修")


def _wait(city: City, house: House, free: list[int]) -> None:
    """Persons who wait for the first house or anywhere in the county, the first of them with an offer."""
    manager = city.users.get("nursing")
    for place in range(min(WAITING, len(free) // 4)):
        row = free.pop(0)
        with acting(city.officer(row)):
            person = Person.everywhere.get(pk=city.ids[row])
            actions.apply_for(
                actor=city.officer(row), at=city.on(40 - place, 10), person=person,
                kind=(BedKind.NURSING, BedKind.ORDINARY)[place % 3 == 2],
                facility=str(house.key) if place % 4 else "", note="",
            )  # fmt: skip
    if manager is None:
        return
    with acting(manager):
        for bed in _empty(house, _today(city))[:OFFERED]:
            line = in_turn(bed, manager)
            if line:
                actions.offer(bed, actor=manager, at=city.at, application=line[0][0])
    offers = list(Offer.everywhere.select_related("application").order_by("offered_at"))
    if offers:
        actions.accept(offers[0].application, actor=SYSTEM, at=city.at)
        Offer.everywhere.filter(pk=offers[-1].pk).update(answer_by=_today(city) + timedelta(days=1))


def _empty(house: House, on: date) -> list[Bed]:
    rows = unused(Bed.everywhere.filter(facility=house.key, kind=BedKind.NURSING), on)
    return list(rows.order_by("label"))
