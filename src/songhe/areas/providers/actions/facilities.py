"""Verbs of facilities."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.doubles import suspect
from songhe.areas.providers.actions.register import Valid, dated, open_site, recount
from songhe.areas.providers.actions.words import dialled, past_day, placed, reach, words
from songhe.areas.providers.models import (
    Facility,
    FireSafety,
    Frame,
    Kind,
    Mode,
    Organisation,
    Ownership,
    State,
)
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

Name = Annotated[str, Field(label=_("Site name"), size=120)]
FacilityKind = Annotated[Kind, Field(label=_("Kind"))]
Address = Annotated[str, Field(label=_("Address"), size=200)]
Place = Annotated[Region, Field(label=_("Region"))]
Owner = Annotated[Organisation, Field(label=_("Organisation"))]


@act("providers.create")
def register_facility(
    *,
    actor: Actor,
    at: datetime,
    organisation: Owner,
    name: Name,
    kind: FacilityKind,
    region: Place,
    since: Annotated[date, Field(label=_("Operating since"))],
    address: Address = "",
) -> Facility:
    """Register a site."""
    reach(region, actor=actor, right="providers.create")
    site = Facility(
        organisation=organisation, name=name, kind=kind, region=region, since=since, address=address
    )
    return _made(site, at=at)


@act("providers.facility")
def add_facility(
    organisation: Organisation,
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    kind: FacilityKind,
    region: Place,
    since: Annotated[date, Field(label=_("Operating since"))],
    address: Address = "",
) -> Facility:
    """Add a site of one's own organisation."""
    reach(region, actor=actor, right="providers.facility")
    site = Facility(
        organisation=organisation, name=name, kind=kind, region=region, since=since, address=address
    )
    return _made(site, at=at)


@act("providers.edit")
def describe_facility(  # noqa: PLR0913  the form asks for each
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    kind: FacilityKind,
    ownership: Annotated[Ownership | None, Field(label=_("Ownership"))] = None,
    mode: Annotated[Mode | None, Field(label=_("Operating model"))] = None,
    phone: Annotated[str, Field(label=_("Telephone"), size=30)] = "",
    since: Valid = None,
) -> Facility:
    """Change the name, the kind, who owns it and how it is run, from a day on."""
    open_site(facility)
    with dated(facility, on=since, actor=actor, at=at):
        facility.name, facility.kind = words(name, field="name", most=120, needed=True), kind
        facility.ownership, facility.mode, facility.phone = ownership or "", mode or "", dialled(phone)
        _save(facility)
    return facility


@act("providers.edit")
def publish_facility(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    public_phone: Annotated[
        str, Field(label=_("Public telephone"), size=30, help=_("Shown to anyone looking for care"))
    ] = "",
    description: Annotated[str, Field(label=_("Description"), long=True, size=2000)] = "",
) -> Facility:
    """Say what the public reads: the telephone to call and a description in words."""
    open_site(facility)
    facility.public_phone = dialled(public_phone, field="public_phone")
    facility.description = words(description, field="description", most=2000)
    facility.save()
    recount([facility])
    return facility


@act("providers.edit")
def move_facility(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    to: Place,
    address: Address,
    lon: Annotated[str, Field(label=_("Longitude"), size=24, help=_("Degrees, such as 122.4206"))] = "",
    lat: Annotated[str, Field(label=_("Latitude"), size=24, help=_("Degrees, such as 37.1653"))] = "",
    frame: Annotated[Frame, Field(label=_("Coordinate system used"), radio=True)] = Frame.WGS84,
) -> Facility:
    """Set where a site stands; the place is stored in WGS-84."""
    open_site(facility)
    reach(to, actor=actor, right="providers.edit")
    point = placed(lon, lat, Frame(frame).value)  # type: ignore[arg-type]
    with dated(facility, on=None, actor=actor, at=at):
        facility.region, facility.address = to, words(address, field="address", most=200)
        facility.lon, facility.lat, facility.frame = (
            (point.lon, point.lat, frame) if point else (None, None, Frame.WGS84)
        )
        facility.save()
    suspect(facility, at=at)
    return facility


@act("providers.edit")
def set_beds(  # noqa: PLR0913  every count of its own
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    beds: Annotated[int, Field(label=_("Beds"), least=0, most=20_000)],
    nursing_beds: Annotated[int, Field(label=_("Nursing beds"), least=0, most=20_000)],
    area_m2: Annotated[int | None, Field(label=_("Floor area (m²)"), least=1, most=2_000_000)] = None,
    day_places: Annotated[int | None, Field(label=_("Day places"), least=0, most=20_000)] = None,
    diners: Annotated[int | None, Field(label=_("Diners per meal"), least=0, most=20_000)] = None,
    places: Annotated[int | None, Field(label=_("Other capacity"), least=0, most=20_000)] = None,
    since: Valid = None,
) -> Facility:
    """Set floor area and capacity from a day on; nursing beds are counted among the beds."""
    open_site(facility)
    if not 0 <= nursing_beds <= beds:
        raise Refused(
            "nursing_beds",
            "There cannot be more nursing beds ({nursing}) than beds ({beds}).",
            field="nursing_beds",
            nursing=nursing_beds,
            beds=beds,
        )
    with dated(facility, on=since, actor=actor, at=at):
        facility.beds, facility.nursing_beds, facility.area_m2 = beds, nursing_beds, area_m2
        facility.day_places, facility.diners, facility.places = day_places, diners, places
        facility.save()
    return facility


@act("providers.licence")
def license_facility(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    licence_no: Annotated[str, Field(label=_("Licence or filing number"), size=60)],
    fire_safety: Annotated[FireSafety, Field(label=_("Fire safety"))],
) -> Facility:
    """Enter the licence or record number and where the fire safety acceptance stands."""
    open_site(facility)
    facility.licence_no, facility.fire_safety = words(licence_no, field="licence_no", most=60), fire_safety
    facility.save()
    recount([facility])
    return facility


@act("providers.edit")
def close_facility(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Closed on"))],
    reason: Annotated[str, Field(label=_("Reason"), size=200)],
) -> Facility:
    """Close a site from a day on."""
    open_site(facility)
    if facility.since is not None and on <= facility.since:
        raise Refused(
            "wrong_day",
            "The site opened on {since}; it cannot close before that.",
            field="on",
            since=facility.since,
        )
    add_detail(reason=words(reason, field="reason", most=200, needed=True))
    with dated(facility, on=past_day(on, at=at, field="on"), actor=actor, at=at):
        facility.until, facility.state = on, State.CLOSED
        facility.save()
    return facility


@act("providers.edit")
def suspend_facility(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), size=200)],
    since: Valid = None,
) -> Facility:
    """Let a site rest for a while, as during repairs; it counts nowhere as open."""
    if facility.state != State.ACTIVE:
        raise Refused("not_active", "Only an operating site can be suspended. Look at its state.")
    why = words(reason, field="reason", most=200, needed=True)
    with dated(facility, on=since, actor=actor, at=at, note=why):
        facility.state = State.SUSPENDED
        facility.save()
    return facility


@act("providers.edit")
def resume_facility(facility: Facility, *, actor: Actor, at: datetime, since: Valid = None) -> Facility:
    """Let a suspended site work again."""
    if facility.state != State.SUSPENDED:
        raise Refused("not_suspended", "Only a suspended site can be resumed. Look at its state.")
    with dated(facility, on=since, actor=actor, at=at):
        facility.state = State.ACTIVE
        facility.save()
    return facility


def _made(site: Facility, *, at: datetime) -> Facility:
    if site.organisation.state != State.ACTIVE:
        raise Refused(
            "not_active", "The organisation is not operating, so it cannot open a site.", field="organisation"
        )
    site.name = words(site.name, field="name", most=120, needed=True)
    site.address = words(site.address, field="address", most=200)
    if site.since is not None:
        past_day(site.since, at=at, field="since")
    _save(site, new=True)
    recount([site])
    suspect(site, at=at)
    return site


def _save(facility: Facility, *, new: bool = False) -> None:
    try:
        with transaction.atomic():
            facility.save(force_insert=new)
    except IntegrityError as fault:
        if "one_site_of_a_name" not in str(fault):
            raise
        raise Refused(
            "site_known",
            "The organisation has a site of this kind called “{name}” already.",
            field="name",
            name=facility.name,
        ) from None
