"""Scenarios: a planner's own sets of new, moved and closed sites."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NewType

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.book import say
from songhe.areas.circle.models import Change, Scenario, Siting, What
from songhe.areas.circle.queries.held import held
from songhe.areas.circle.queries.outlook import reached
from songhe.areas.circle.rules import typed
from songhe.areas.providers.api import Facility, Frame, service_kinds
from songhe.core.codes import Point
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

Fen = NewType("Fen", int)
MOST_CHANGES = 60
MOST_FEN = 10**13


def kind_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """Services as choices."""
    return [(code, say(kind.label)) for code, kind in service_kinds().items()]


def change_choices(row: Scenario, _user: Any) -> list[tuple[str, str]]:
    """The changes of a scenario as choices."""
    return [(str(one.pk), f"{one.get_what_display()}: {one.name}") for one in row.changes.order_by("id")]


Name = Annotated[str, Field(label=_("Scenario name"), size=80)]
Note = Annotated[str, Field(label=_("Note"), size=400)]
Service = Annotated[str, Field(label=_("Service"), choices=kind_choices)]
Lon = Annotated[str, Field(label=_("Longitude"), size=24, help=_("Degrees, such as 122.4206"))]
Lat = Annotated[str, Field(label=_("Latitude"), size=24, help=_("Degrees, such as 37.1653"))]
In = Annotated[Frame, Field(label=_("Coordinate system used"), radio=True)]
Cost = Annotated[Fen | None, Field(label=_("Cost (yuan)"), least=0)]
Places = Annotated[int | None, Field(label=_("Places"), least=0, most=100_000)]
Site = Annotated[Facility, Field(label=_("Site"))]
Area = Annotated[Region, Field(label=_("Region"), help=_("Everybody who lives there is included."))]


@act("circle.plan")
def draft_scenario(
    *, actor: Actor, at: datetime, name: Name, kind: Service, region: Area, note: Note = ""
) -> Scenario:
    """Begin a scenario; sites are added on the map or by form."""
    reaches(region, actor)
    made: Scenario = Scenario.everywhere.create(
        region=region, name=_line(name), kind=kind, note=normalise(note)[:400], made_by_id=actor.id, made_by=actor.name[:80], made_at=at
    )  # fmt: skip
    return made


@act("circle.plan")
def add_site(  # noqa: PLR0913  a place, its frame, and what it costs
    scenario: Scenario, *, actor: Actor, at: datetime, name: Name, lon: Lon, lat: Lat, frame: In = Frame.WGS84,
    cost: Cost = None, places: Places = None,
) -> Scenario:  # fmt: skip
    """A new site."""
    point = typed(lon, lat, Frame(frame).value)
    reached(held(timezone.localdate(at)), point)
    _keep(scenario, What.ADD, name=_line(name), point=point, cost=cost, places=places)
    return scenario


@act("circle.plan")
def move_site(
    scenario: Scenario,
    *,
    actor: Actor,
    at: datetime,
    facility: Site,
    lon: Lon,
    lat: Lat,
    frame: In = Frame.WGS84,
    cost: Cost = None,
) -> Scenario:
    """A site that goes elsewhere."""
    point = typed(lon, lat, Frame(frame).value)
    reached(held(timezone.localdate(at)), point)
    _gives(scenario, facility, at)
    _keep(scenario, What.MOVE, name=facility.name, facility=facility, point=point, cost=cost)
    return scenario


@act("circle.plan")
def close_site(scenario: Scenario, *, actor: Actor, at: datetime, facility: Site) -> Scenario:
    """A site that closes."""
    _gives(scenario, facility, at)
    _keep(scenario, What.CLOSE, name=facility.name, facility=facility)
    return scenario


@act("circle.plan")
def drop_change(
    scenario: Scenario,
    *,
    actor: Actor,
    at: datetime,
    change: Annotated[str, Field(label=_("Type of change"), choices=change_choices)],
) -> Scenario:
    """Take one change back."""
    _open(scenario)
    Change.everywhere.filter(scenario=scenario, pk=change).delete()
    return scenario


@act("circle.plan")
def put_away(scenario: Scenario, *, actor: Actor, at: datetime) -> Scenario:
    """Put a scenario away; it stays readable."""
    _open(scenario)
    scenario.closed_at = at
    scenario.save()
    return scenario


@act("circle.plan")
def keep_proposal(siting: Siting, *, actor: Actor, at: datetime, name: Name) -> Scenario:
    """Make a scenario of the sites that were found, to go on with it by hand."""
    if siting.state != Siting.State.DONE or not siting.result.get("sites"):
        raise Refused(
            "circle.no_sites_found",
            "There are no sites to save. Wait until the search is done, or search again.",
        )
    made: Scenario = Scenario.everywhere.create(
        region=siting.region,
        name=_line(name),
        kind=siting.kind,
        made_by_id=actor.id,
        made_by=actor.name[:80],
        made_at=at,
    )
    for one in siting.result["sites"][:MOST_CHANGES]:
        _keep(made, What.ADD, name=one["name"], point=Point(one["lon"], one["lat"]), cost=one["cost"])
    return made


def reaches(region: Region, actor: Actor) -> None:
    """Refuse a region that lies outside the actor's own."""
    if not actor.scope("circle.plan").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )


def _gives(scenario: Scenario, facility: Facility, at: datetime) -> None:
    if facility.pk not in held(timezone.localdate(at)).cover(scenario.kind).sites:
        raise Refused(
            "circle.other_service",
            "This site does not provide the service of this scenario, or its location is not known. Choose another one.",
            field="facility",
        )


def _open(scenario: Scenario) -> None:
    if scenario.closed_at is not None:
        raise Refused("circle.put_away", "This scenario was archived. Begin a new one.")


def _line(text: str) -> str:
    name = normalise(text)[:80]
    if not name:
        raise Refused("circle.no_name", "Give it a name.", field="name")
    return name


def _keep(
    scenario: Scenario, what: What, *, name: str, facility: Facility | None = None, point: Point | None = None,
    cost: int | None = None, places: int | None = None,
) -> None:  # fmt: skip
    _open(scenario)
    if (cost or 0) > MOST_FEN:
        raise Refused(
            "circle.too_dear", "This is more money than a city has. Look at the amount.", field="cost"
        )
    rows = Change.everywhere.filter(scenario=scenario)
    if rows.count() >= MOST_CHANGES:
        raise Refused("circle.too_many", "A scenario has at most {most} changes.", most=MOST_CHANGES)
    if facility is not None:
        rows.filter(facility_id=facility.pk).delete()
    Change.everywhere.create(
        scenario=scenario, region_id=scenario.region_id, what=what, name=name[:120], facility_id=facility.pk if facility else None,
        lon=point.lon if point else None, lat=point.lat if point else None, cost_fen=cost or 0, capacity=places,
    )  # fmt: skip
