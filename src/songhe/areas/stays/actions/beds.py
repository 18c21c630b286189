"""Beds: entered room by room or many at once, changed, out of order, taken away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility
from songhe.areas.stays.actions.common import Reason, line, past, within
from songhe.areas.stays.models import OPEN_OFFERS, Bed, BedKind, Closure, Offer, Room
from songhe.areas.stays.queries.beds import occupancy_of
from songhe.areas.stays.rules import room_numbers
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

MOST_BEDS = 20
Site = Annotated[Facility, Field(label=_("Facility"))]
Kind = Annotated[BedKind, Field(label=_("Kind"), radio=True)]


@act("stays.beds")
def enter_beds(
    *,
    actor: Actor,
    at: datetime,
    facility: Site,
    floor: Annotated[int, Field(label=_("Floor"), least=-5, most=120)],
    rooms: Annotated[str, Field(label=_("Rooms"), help=_("Such as 301-312 or 301, 303, 305"), size=400)],
    each: Annotated[int, Field(label=_("Beds in each room"), least=1, most=MOST_BEDS)],
    kind: Kind,
    building: Annotated[
        str, Field(label=_("Building"), help=_("Leave empty where there is only one"), size=20)
    ] = "",
) -> Facility:
    """Enter the beds of many rooms at once; rooms that are there get so many more beds."""
    within(facility, actor, "stays.beds")
    house = line(building, "building", most=20, needed=False)
    if not 1 <= each <= MOST_BEDS:
        raise Refused("many_beds", "A room has 1 to {most} beds.", field="each", most=MOST_BEDS)
    numbers = room_numbers(rooms)
    made = sum(add_to_room(facility, house, floor, number, BedKind(kind), each, at=at) for number in numbers)
    add_detail(rooms=len(numbers), beds=made, kind=str(kind), building=house, floor=floor)
    return facility


def add_to_room(
    facility: Facility, building: str, floor: int, number: str, kind: BedKind, count: int, *, at: datetime
) -> int:
    """Add beds to a room inside an act; returns how many were made. The floor of a room that is there stays."""
    room, _new = Room.everywhere.get_or_create(
        facility=facility, building=building, number=number,
        defaults={
            "organisation_id": facility.organisation_id, "region_id": facility.region_id, "floor": floor,
        },
    )  # fmt: skip
    there = set(Bed.everywhere.filter(room=room).values_list("label", flat=True))
    labels = [label for n in range(1, MOST_BEDS + 1) if (label := f"{room}-{n}".strip()) not in there]
    if len(labels) < count:
        raise Refused(
            "room_full", "Room {room} would have more than {most} beds. Check the number.", field="each",
            room=str(room), most=MOST_BEDS,
        )  # fmt: skip
    day = timezone.localdate(at)
    Bed.everywhere.bulk_create(
        Bed(
            room=room, facility=facility, organisation_id=facility.organisation_id, region_id=facility.region_id,
            label=label, kind=kind, since=day,
        )
        for label in labels[:count]
    )  # fmt: skip
    return count


@act("stays.beds")
def change_bed(bed: Bed, *, actor: Actor, at: datetime, kind: Kind) -> Bed:
    """Make a bed one of another kind, as after a refit."""
    bed.kind = BedKind(kind)
    bed.save(update_fields=["kind"])
    return bed


@act("stays.beds")
def close_bed(
    bed: Bed,
    *,
    actor: Actor,
    at: datetime,
    since: Annotated[date, Field(label=_("From"))],
    reason: Reason,
    until: Annotated[
        date | None, Field(label=_("Back in service on"), help=_("Left empty: until further notice"))
    ] = None,
) -> Bed:
    """Put a free bed out of order for some days."""
    if until is not None and until <= since:
        raise Refused("order", "The last day must not lie before the first.", field="until")
    _need_empty(bed, since)
    try:
        with transaction.atomic():
            Closure.everywhere.create(
                bed=bed, facility_id=bed.facility_id, organisation_id=bed.organisation_id, region_id=bed.region_id,
                since=since, until=until, reason=line(reason, "reason"), entered_by=actor.name[:80],
            )  # fmt: skip
    except IntegrityError as fault:
        raise Refused(
            "closed_already",
            "The bed is already out of service on some of these days. Return it to service first.",
            field="since",
        ) from fault
    add_detail(since=since.isoformat(), until=until.isoformat() if until else "")
    return bed


@act("stays.beds")
def open_bed(
    bed: Bed, *, actor: Actor, at: datetime, on: Annotated[date, Field(label=_("Back in service on"))]
) -> Bed:
    """A bed that was out of order can be used again from a day on."""
    past(on, at, "on", days=92)
    closed = Closure.everywhere.filter(bed=bed, since__lte=on).order_by("-since").first()
    if closed is None or (closed.until is not None and closed.until <= on):
        raise Refused("not_closed", "The bed is not out of service on this day. Reload the page.", field="on")
    closed.until = on
    closed.save(update_fields=["until"])
    add_detail(on=on.isoformat())
    return bed


@act("stays.beds")
def remove_bed(
    bed: Bed, *, actor: Actor, at: datetime, on: Annotated[date, Field(label=_("Bed removed on"))]
) -> Bed:
    """Take a free bed away; what was in it stays known."""
    past(on, at, "on", days=92, least=bed.since)
    _need_empty(bed, on)
    bed.until = on
    bed.save(update_fields=["until"])
    return bed


def _need_empty(bed: Bed, on: date) -> None:
    """Refuse what would put somebody out of a bed."""
    if bed.until is not None:
        raise Refused("bed_gone", "This bed has been removed.")
    with elevated():  # an offer may have been made by the office
        held = Offer.everywhere.filter(bed=bed, state__in=OPEN_OFFERS).exists()
    if occupancy_of(bed, on) is not None or held:
        raise Refused(
            "bed_in_use",
            "This bed is occupied or reserved on these days. Move the person to another bed first.",
        )
