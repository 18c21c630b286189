"""Beds: which are free from a day on, who is in the others, and how a facility looks, room by room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.areas.providers.api import Facility
from songhe.areas.registry.api import Person
from songhe.areas.stays.models import (
    OPEN_OFFERS,
    Bed,
    BedKind,
    Closure,
    Leave,
    Occupancy,
    Offer,
    Room,
    StayState,
)
from songhe.engines.access.api import Scope, elevated


def names_of(persons: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of persons; known to whoever may see the stay, the place or the line that names them."""
    wanted = {key for key in persons if key}
    if not wanted:
        return {}
    with elevated():
        return dict(Person.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def facility_names(facilities: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of facilities, which are public."""
    wanted = {key for key in facilities if key}
    if not wanted:
        return {}
    with elevated():
        return dict(Facility.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def standing(rows: QuerySet[Bed], on: date) -> QuerySet[Bed]:
    """The beds that are there on a day."""
    return rows.filter(since__lte=on).filter(Q(until=None) | Q(until__gt=on))


def _later(day: date) -> Q:
    return Q(until=None) | Q(until__gt=day)


def unused(rows: QuerySet[Bed], on: date) -> QuerySet[Bed]:
    """The beds among some that are there and free from a day on: nobody in them or promised them, and in order."""
    mine = Q(bed=OuterRef("pk"))
    return standing(rows, on).filter(
        ~Exists(Occupancy.everywhere.filter(mine & _later(on))),
        ~Exists(Closure.everywhere.filter(mine & _later(on))),
        ~Exists(Offer.everywhere.filter(mine, state__in=OPEN_OFFERS)),
    )


def free_beds(scope: Scope, on: date) -> QuerySet[Bed]:
    """The free beds of a scope in which somebody may live, in the order of the house."""
    rows: QuerySet[Bed] = Bed.objects.within(scope).exclude(kind=BedKind.DAY)
    return unused(rows, on).select_related("room").order_by("facility_id", "label", "id")


def occupancy_of(bed: Bed, on: date) -> Occupancy | None:
    """Who has a bed on a day or later; read beyond the scope, as a bed is taken whoever took it."""
    with elevated():
        found: Occupancy | None = Occupancy.everywhere.filter(_later(on), bed=bed).order_by("since").first()
        return found


@dataclass(slots=True)
class Cell:
    """One bed of the board: its state today, and whom it is about."""

    bed: Bed
    state: str
    person_id: UUID | None = None
    stay_id: UUID | None = None
    application_id: UUID | None = None
    who: str = ""
    until: date | None = None


@dataclass(slots=True)
class RoomOf:
    """One room with its beds."""

    room: Room
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class FloorOf:
    """One floor of a building with its rooms."""

    building: str
    floor: int
    rooms: list[RoomOf] = field(default_factory=list)

    @property
    def free(self) -> int:
        """How many of its beds are free."""
        return sum(cell.state == FREE for room in self.rooms for cell in room.cells)


FREE, TAKEN, AWAY, HELD, CLOSED = "free", "taken", "away", "held", "closed"


def cells(facility_id: UUID, scope: Scope, on: date) -> list[Cell]:
    """The beds of a facility in a scope, each with its state on a day."""
    rows: QuerySet[Bed] = Bed.objects.within(scope).filter(facility_id=facility_id)
    beds = list(
        standing(rows, on).select_related("room").order_by("room__building", "room__floor", "label", "id")
    )
    keys = [bed.pk for bed in beds]
    taken = {
        one.bed_id: one
        for one in Occupancy.objects.within(scope)
        .filter(_later(on), bed__in=keys, since__lte=on)
        .select_related("stay")
    }
    closed = {
        one.bed_id: one
        for one in Closure.objects.within(scope).filter(_later(on), bed__in=keys, since__lte=on)
    }
    held = {
        one.bed_id: one for one in Offer.objects.within(scope).filter(bed__in=keys, state__in=OPEN_OFFERS)
    }
    names = names_of([*(one.person_id for one in taken.values()), *(one.person_id for one in held.values())])
    return [_cell(bed, taken.get(bed.pk), closed.get(bed.pk), held.get(bed.pk), names) for bed in beds]


def _cell(
    bed: Bed, taken: Occupancy | None, closed: Closure | None, held: Offer | None, names: dict[UUID, str]
) -> Cell:
    if taken is not None:
        state = AWAY if taken.stay.state == StayState.AWAY else TAKEN
        return Cell(
            bed, state, taken.person_id, taken.stay_id, who=names.get(taken.person_id, ""), until=taken.stay.due_on
        )  # fmt: skip
    if closed is not None:
        return Cell(bed, CLOSED, who=closed.reason, until=closed.until)
    if held is not None:
        return Cell(
            bed, HELD, held.person_id, None, held.application_id, names.get(held.person_id, ""), held.answer_by
        )  # fmt: skip
    return Cell(bed, FREE)


def floors(found: Iterable[Cell]) -> list[FloorOf]:
    """Beds as they stand in the house: by building, floor and room, the top floor first."""
    rooms: dict[UUID, RoomOf] = {}
    for one in found:
        rooms.setdefault(one.bed.room_id, RoomOf(one.bed.room)).cells.append(one)
    by_floor: defaultdict[tuple[str, int], list[RoomOf]] = defaultdict(list)
    for room in rooms.values():
        by_floor[room.room.building, -room.room.floor].append(room)
    return [
        FloorOf(building, -floor, sorted(on_it, key=lambda one: one.room.number))
        for (building, floor), on_it in sorted(by_floor.items())
    ]


def closures_of(bed: Bed) -> list[Closure]:
    """When a bed was out of order, the latest first."""
    return list(Closure.everywhere.filter(bed=bed).order_by("-since")[:20])


def lived_in_bed(bed: Bed) -> list[Occupancy]:
    """Who had a bed, the latest first; rows of the reader's own scope."""
    return list(Occupancy.everywhere.filter(bed=bed).select_related("stay").order_by("-since")[:20])


def freed(on: date) -> QuerySet[Leave]:
    """Open leave whose bed is others' from a day on."""
    rows: QuerySet[Leave] = Leave.everywhere.filter(until=None, frees_on__lte=on)
    return rows.order_by("frees_on", "id")


def states_of(rows: Iterable[Bed], on: date) -> dict[UUID, str]:
    """The state of each bed on a day, asked beyond the scope: a bed is taken whoever took it."""
    keys = [row.pk for row in rows]
    with elevated():  # states alone, nobody is named
        taken = dict(
            Occupancy.everywhere.filter(_later(on), bed__in=keys, since__lte=on).values_list(
                "bed_id", "stay__state"
            )
        )
        closed = Closure.everywhere.filter(_later(on), bed__in=keys, since__lte=on)
        shut = set(closed.values_list("bed_id", flat=True))
        held = set(
            Offer.everywhere.filter(bed__in=keys, state__in=OPEN_OFFERS).values_list("bed_id", flat=True)
        )
    out: dict[UUID, str] = {}
    for key in keys:
        if key in taken:
            out[key] = AWAY if taken[key] == StayState.AWAY else TAKEN
        else:
            out[key] = CLOSED if key in shut else HELD if key in held else FREE
    return out
