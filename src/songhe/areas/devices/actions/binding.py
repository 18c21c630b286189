"""Verbs of having a device: issue, installation, helper, test mode, agreement, safe areas."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import queries
from songhe.areas.devices.actions.common import (
    Of,
    On,
    Reason,
    day_of,
    follow,
    line,
    moment_of,
    moved,
    unbound,
)
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Agreement, Binding, Chore, Device, Fence, GivenBy, Last, Move, Place
from songhe.areas.devices.rules import LEAST_METRES, MOST_CORNERS, MOST_METRES, as_json
from songhe.areas.devices.rules import Fence as Shape
from songhe.areas.providers.api import Frame
from songhe.areas.registry.api import Person, housemates, places_of
from songhe.core.codes import Point, parse_point
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field


def _helpers(row: Any, _user: Any) -> list[tuple[str, str]]:
    return queries.register.helpers(row.region_id) if row else []


Helper = Annotated[
    str,
    Field(
        label=_("Responsible helper"),
        choices=_helpers,
        help=_("Who is notified when it is silent or low on battery"),
    ),
]


@act("devices.issue")
def issue_device(device: Device, *, actor: Actor, at: datetime, person: Of, on: On = None) -> Device:
    """Issue a device of the stock to a person; one that is for a household covers everybody who lives there."""
    if not person.is_living:
        raise Refused("person_gone", "{person} is not living or is entered otherwise. Choose another entry.", field="person", person=person)  # fmt: skip
    day = day_of(on, at=at)
    kind = device.terms
    mates = housemates(person) if kind and kind.household else []
    moved(device, Move.ISSUED, actor=actor, at=at, on=day)
    device.person, device.region_id = person, person.region_id
    device.household_id = next((one.household_id for one in mates if one.person_id == person.pk), None)
    device.issued_at = moment_of(day, at=at)
    device.save()
    _bound(device, person, day, actor=actor, at=at, free=bool(kind and kind.free))
    follow(device, forget=True)
    return device


def _bound(device: Device, person: Person, day: date, *, actor: Actor, at: datetime, free: bool) -> None:
    try:
        with transaction.atomic():
            Binding.everywhere.create(
                device=device, person=person, household_id=device.household_id, region_id=person.region_id, since=day,
                is_free=free, bound_by=actor.name[:80], bound_at=at,
            )  # fmt: skip
    except IntegrityError as fault:
        if "one_free_device_of_a_household" in str(fault):
            raise Refused(
                "free_once", "This household has a free device already. Take that one back first.", field="person"
            ) from None  # fmt: skip
        if "one_binding_at_a_time" in str(fault):
            raise Refused(
                "bound_once", "The device was with somebody else on that day. Choose a later day.", field="on"
            ) from None  # fmt: skip
        raise


@act("devices.issue")
def rebind_device(
    device: Device, *, actor: Actor, at: datetime, person: Of, reason: Reason, on: On = None
) -> Device:
    """Give an issued device to another person, such as when it was entered for the wrong one."""
    if device.place != Place.ISSUED or device.person_id is None:
        raise Refused("device_place", "The device is “{place}”, so this is not possible. Reload the page and choose again.", place=device.get_place_display())  # fmt: skip
    day = day_of(on, at=at)
    unbound(device, actor=actor, at=at, on=day, reason=line(reason, "reason", 400))
    kind = device.terms
    mates = housemates(person) if kind and kind.household else []
    device.person, device.region_id = person, person.region_id
    device.household_id = next((one.household_id for one in mates if one.person_id == person.pk), None)
    device.issued_at = moment_of(day, at=at)
    device.save()
    _bound(device, person, day, actor=actor, at=at, free=bool(kind and kind.free))
    follow(device, forget=True)
    return device


@act("devices.care")
def install_device(device: Device, *, actor: Actor, at: datetime, on: On = None) -> Device:
    """The device is on the wrist or on the wall. That it is reached, and that it is used, shows later."""
    if device.place != Place.ISSUED:
        raise Refused("device_place", "The device is “{place}”, so this is not possible. Reload the page and choose again.", place=device.get_place_display())  # fmt: skip
    issued = timezone.localdate(device.issued_at) if device.issued_at else None
    device.installed_at = moment_of(day_of(on, at=at, since=issued), at=at)
    device.save()
    return device


@act("devices.care")
def set_helper(device: Device, *, actor: Actor, at: datetime, helper: Helper = "") -> Device:
    """Say who looks after a device; otherwise whoever is responsible in its village does."""
    names = dict(_helpers(device, actor))
    if helper and helper not in names:
        raise Refused("helper", "This person is not responsible there. Choose another one.", field="helper")
    device.helper_id, device.helper = (UUID(helper), names[helper][:80]) if helper else (None, "")
    device.save()
    with elevated():  # the open tasks of the device that the actor may look after
        Chore.everywhere.filter(device=device, closed_at=None).update(
            helper_id=device.helper_id, helper=device.helper
        )
    return device


@act("devices.care")
def begin_test(device: Device, *, actor: Actor, at: datetime) -> Device:
    """Rest in test mode for a while: a press is then a test, and nobody is called."""
    device.test_until = at + terms().test_rest
    device.save()
    return device


@act("devices.care")
def end_test(device: Device, *, actor: Actor, at: datetime) -> Device:
    """End test mode: from now on a press is a call for help."""
    device.test_until = None
    device.save()
    return device


@act("devices.issue")
def agree(
    *,
    actor: Actor,
    at: datetime,
    person: Of,
    given_by: Annotated[GivenBy, Field(label=_("Given by"), radio=True)],
    giver: Annotated[str, Field(label=_("Name of consenting person"), size=60, help=_("Required if a guardian consented"))] = "",
) -> Agreement:  # fmt: skip
    """A person agrees, or a guardian does, that places are kept and shown."""
    name = line(giver, "giver", 60, needed=given_by == GivenBy.GUARDIAN)
    made = Agreement(
        person=person, region_id=person.region_id, given_at=at, given_by=given_by, giver=name, recorded_by=actor.name[:80]
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as fault:
        if "one_agreement_to_be_located" not in str(fault):
            raise
        raise Refused("agreed_already", "{person} has already consented.", field="person", person=person) from None  # fmt: skip
    return made


@act("devices.issue")
def withdraw_agreement(agreement: Agreement, *, actor: Actor, at: datetime) -> Agreement:
    """Withdraw it: no place is kept from now on, and those before are not shown any more."""
    if agreement.withdrawn_at is not None:
        raise Refused("withdrawn_already", "This was withdrawn already.")
    agreement.withdrawn_at, agreement.withdrawn_by = at, actor.name[:80]
    agreement.save()
    with elevated():  # the person's devices may be of other stocks
        Last.everywhere.filter(person_id=agreement.person_id).update(
            place_sealed=b"", located_at=None, kept_at=None, inside={}
        )
    return agreement


@act("devices.issue")
def draw_circle(  # noqa: PLR0913  the form asks for each
    *,
    actor: Actor,
    at: datetime,
    person: Of,
    name: Annotated[str, Field(label=_("Name of the area"), size=60)],
    metres: Annotated[int, Field(label=_("Radius (m)"), least=LEAST_METRES, most=MOST_METRES)],
    lon: Annotated[str, Field(label=_("Longitude"), size=24, help=_("Empty: around the person's home"))] = "",
    lat: Annotated[str, Field(label=_("Latitude"), size=24)] = "",
    frame: Annotated[Frame, Field(label=_("Coordinate system used"), radio=True)] = Frame.WGS84,
    keep_in: Annotated[bool, Field(label=_("Stay inside"), help=_("Otherwise an area to keep out of"))] = True,
) -> Fence:  # fmt: skip
    """A circle that a person should stay in, or keep out of."""
    if lon.strip() or lat.strip():
        centre: Point | None = parse_point(lon.strip(), lat.strip(), frame=Frame(frame).value, field="lon")  # type: ignore[arg-type]
    else:
        centre = places_of([person]).get(person.pk)
    if centre is None:
        raise Refused("home_unknown", "Where {person} lives is not known. Enter longitude and latitude.", field="lon", person=person)  # fmt: skip
    shape = _shaped(
        lambda: Shape("", keep_in, centre=(centre.lon, centre.lat), metres=float(metres)), "metres"
    )
    return _drawn(person, name, shape, actor=actor, at=at)


@act("devices.issue")
def draw_ring(
    *,
    actor: Actor,
    at: datetime,
    person: Of,
    name: Annotated[str, Field(label=_("Name of the area"), size=60)],
    corners: Annotated[str, Field(label=_("Corners"), long=True, size=4000, help=_("Longitude and latitude of one corner on each line, such as 122.4206, 37.1653"))],
    frame: Annotated[Frame, Field(label=_("Coordinate system used"), radio=True)] = Frame.WGS84,
    keep_in: Annotated[bool, Field(label=_("Stay inside"), help=_("Otherwise an area to keep out of"))] = True,
) -> Fence:  # fmt: skip
    """An area with corners that a person should stay in, or keep out of."""
    points = []
    for row in filter(str.strip, corners.replace("，", ",").splitlines()):
        lon, _comma, lat = row.replace(",", " ").strip().partition(" ")
        points.append(parse_point(lon, lat.strip(), frame=Frame(frame).value, field="corners"))  # type: ignore[arg-type]
    ring = tuple((point.lon, point.lat) for point in points)
    return _drawn(person, name, _shaped(lambda: Shape("", keep_in, ring=ring), "corners"), actor=actor, at=at)


def _shaped(make: Callable[[], Shape], field: str) -> Shape:
    """The shape, or a refusal where it is none."""
    try:
        return make()
    except ValueError:
        raise Refused(
            "fence_shape", "A circle needs a radius of {least} to {most} metres, an area 3 to {corners} corners. Correct it.",
            field=field, least=LEAST_METRES, most=MOST_METRES, corners=MOST_CORNERS,
        ) from None  # fmt: skip


def _drawn(person: Person, name: str, shape: Shape, *, actor: Actor, at: datetime) -> Fence:
    sealed = seal(person.pk, json.dumps(as_json(shape)))
    made = Fence(
        person=person, region_id=person.region_id, name=line(name, "name", 60), keep_in=shape.keep_in, shape_sealed=sealed,
        made_by=actor.name[:80], made_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as fault:
        if "one_fence_of_a_name" not in str(fault):
            raise
        raise Refused("fence_known", "{person} already has an area with this name.", field="name", person=person) from None  # fmt: skip
    return made


@act("devices.issue")
def end_fence(fence: Fence, *, actor: Actor, at: datetime) -> Fence:
    """Watch an area no more."""
    if fence.ended_at is not None:
        raise Refused("fence_ended", "This area is no longer monitored.")
    fence.ended_at = at
    fence.save()
    add_detail(name=fence.name)
    return fence
