"""Verbs of compounds: entering one, its phases, its place, and striking it off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import queries
from songhe.areas.premises.actions.common import (
    In,
    Lat,
    Lon,
    Reason,
    Where,
    because,
    handed_over,
    kept_once,
    line,
    past,
    placed,
    recount,
)
from songhe.areas.premises.limits import terms
from songhe.areas.premises.models import (
    Compound,
    CompoundKind,
    Paper,
    Phase,
    PhaseState,
    Standing,
    Step,
    StepState,
)
from songhe.areas.premises.rules import required_m2, standard_of
from songhe.areas.providers.api import Frame
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import open_case
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field

MOST_HOMES = 100_000
MOST_M2 = 1_000_000
Name = Annotated[str, Field(label=_("Compound"), size=120)]
Homes = Annotated[int, Field(label=_("Households planned"), least=1, most=MOST_HOMES)]
Built = Annotated[CompoundKind, Field(label=_("Kind"), radio=True)]
Developer = Annotated[str, Field(label=_("Developer"), size=120)]
Permit = Annotated[str, Field(label=_("Planning permit"), size=60)]
PermittedOn = Annotated[
    date | None,
    Field(label=_("Permit date"), help=_("From this day on the compound must provide its premises")),
]


@act("premises.register")
def register_compound(  # noqa: PLR0913  the form asks for each
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    region: Where,
    kind: Built,
    households: Homes,
    developer: Developer = "",
    permit_no: Permit = "",
    permitted_on: PermittedOn = None,
) -> Compound:
    """Enter a compound; what it owes follows from the standard of its place."""
    made = Compound(
        region=region, name=line(name, "name"), kind=kind, developer=line(developer, "developer", needed=False),
        households=_homes(households), permit_no=line(permit_no, "permit_no", most=60, needed=False),
        permitted_on=past(permitted_on, at=at, field="permitted_on") if permitted_on else None,
        registered_by=actor.name[:80], registered_at=at,
    )  # fmt: skip
    owe(made, at)
    kept_once(made, "one_compound_of_a_name", _known(made))
    recount([made], timezone.localdate(at))
    return made


@act("premises.register")
def describe_compound(  # noqa: PLR0913  the form asks for each
    compound: Compound,
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    kind: Built,
    households: Homes,
    developer: Developer = "",
    permit_no: Permit = "",
    permitted_on: PermittedOn = None,
) -> Compound:
    """Correct what is known of a compound; what it owes is worked out again."""
    _open(compound)
    compound.name, compound.kind, compound.households = line(name, "name"), kind, _homes(households)
    compound.developer = line(developer, "developer", needed=False)
    compound.permit_no = line(permit_no, "permit_no", most=60, needed=False)
    compound.permitted_on = past(permitted_on, at=at, field="permitted_on") if permitted_on else None
    owe(compound, at)
    kept_once(compound, "one_compound_of_a_name", _known(compound))
    recount([compound], timezone.localdate(at))
    return compound


@act("premises.register")
def place_compound(
    compound: Compound,
    *,
    actor: Actor,
    at: datetime,
    address: Annotated[str, Field(label=_("Address"), size=200)] = "",
    lon: Lon = "",
    lat: Lat = "",
    frame: In = Frame.WGS84,
) -> Compound:
    """Set where a compound stands; the place is stored in WGS-84."""
    _open(compound)
    point = placed(lon, lat, frame)
    compound.address = line(address, "address", most=200, needed=False)
    compound.lon, compound.lat = (point.lon, point.lat) if point else (None, None)
    compound.frame = frame if point else Frame.WGS84
    compound.save()
    return compound


@act("premises.register")
def add_phase(  # noqa: PLR0913  the form asks for each
    compound: Compound,
    *,
    actor: Actor,
    at: datetime,
    households: Annotated[int, Field(label=_("Households of this phase"), least=0, most=MOST_HOMES)],
    m2: Annotated[
        int,
        Field(
            label=_("Premises in it (m²)"),
            help=_("0 if they are in another phase"),
            least=0,
            most=MOST_M2,
        ),
    ],
    plan_due: Annotated[date | None, Field(label=_("Planning due"))] = None,
    build_due: Annotated[date | None, Field(label=_("Construction due"))] = None,
    accept_due: Annotated[date | None, Field(label=_("Acceptance due"))] = None,
    deliver_due: Annotated[date | None, Field(label=_("Handover due"))] = None,
) -> Compound:
    """Add a phase; where it has premises, their four steps begin."""
    _open(compound)
    before = queries.phases_of(compound)
    if households + sum(p.households for p in before if p.state != PhaseState.DROPPED) > compound.households:
        raise Refused(
            "too_many_homes",
            "The phases would have more than the {homes} households of the compound. Correct one of them.",
            field="households",
            homes=compound.households,
        )
    days = {"plan": plan_due, "build": build_due, "accept": accept_due, "deliver": deliver_due}
    _in_order(days)
    number = max((phase.number for phase in before), default=0) + 1
    made = Phase(
        id=uuid7(), compound=compound, region_id=compound.region_id, number=number, households=households, asked_m2=m2,
        caption=f"{compound.name} {number}", due_on=plan_due if m2 else None,
    )  # fmt: skip
    if m2:
        made.state = PhaseState.PLAN
        made.case = open_case("premises", region_id=compound.region_id, about=made, actor=actor, at=at)
    made.save(force_insert=True)
    if m2:
        with elevated():
            for kind, due in days.items():
                add_step(made, kind, due=due, state=StepState.OPEN if kind == "plan" else StepState.AHEAD)
    recount([compound], timezone.localdate(at))
    add_detail(phase=number, m2=m2)
    return compound


@act("premises.register")
def strike_compound(compound: Compound, *, actor: Actor, at: datetime, reason: Reason) -> Compound:
    """Strike off a compound that is not built, or that was entered twice."""
    _open(compound)
    if any(phase.state not in ("none", "plan", "dropped") for phase in queries.phases_of(compound)):
        raise Refused(
            "premises.under_way", "Steps of this compound have passed already. Drop its phases first."
        )
    compound.standing, compound.faults, compound.reason = Standing.STRUCK, [], because(reason)
    compound.save()
    return compound


def owe(compound: Compound, at: datetime) -> None:
    """Work out what a compound owes, by the standard of the day of its permit."""
    day = compound.permitted_on or timezone.localdate(at)
    held = standard_of(terms().standards, compound.region_id, day)
    compound.standard, compound.certain = held.code, held.certain
    compound.per_100 = held.per_100(is_new=compound.kind == CompoundKind.NEW)
    compound.least_m2, compound.before_half = held.least_m2, bool(held.before_half)
    compound.required_m2 = required_m2(compound.households, compound.per_100, held.least_m2)


def add_step(
    phase: Phase, kind: str, *, number: int = 1, due: date | None = None, state: StepState = StepState.AHEAD
) -> Step:
    """One step of a phase with the documents that it asks for."""
    made: Step = Step.everywhere.create(
        phase=phase, region_id=phase.region_id, kind=kind, number=number, due=due, state=state
    )
    Paper.everywhere.bulk_create(
        Paper(
            step=made, region_id=phase.region_id, code=paper.code, rank=rank, name_en=paper.label.en,
            name_zh=paper.label.zh, needed=paper.needed,
        )
        for rank, paper in enumerate(terms().step(kind).papers)
    )  # fmt: skip
    return made


def settle(compound: Compound, on: date) -> None:
    """Bring a compound up to what its phases say now."""
    handed_over(compound)
    recount([compound], on)


def _in_order(days: dict[str, date | None]) -> None:
    last = None
    for kind, day in days.items():
        if day is not None and last is not None and day < last:
            raise Refused(
                "days_out_of_order",
                "The steps must follow one another. Choose a later day.",
                field=f"{kind}_due",
            )
        last = day or last


def _homes(households: int) -> int:
    if not 1 <= households <= MOST_HOMES:
        raise Refused("homes", "A compound has 1 to {most} households.", field="households", most=MOST_HOMES)
    return households


def _known(compound: Compound) -> Refused:
    return Refused(
        "compound_known",
        "A compound called “{name}” is entered in this region already. Open that one.",
        field="name",
        name=compound.name,
    )


def _open(compound: Compound) -> None:
    if compound.standing == Standing.STRUCK:
        raise Refused("struck", "This compound is struck off, so nothing about it can be changed.")
