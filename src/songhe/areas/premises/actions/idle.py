"""Verbs of idle rooms: entered, described, photographed, proposed for reuse, decided on, and in use again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, NewType

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises.actions.common import (
    In,
    Lat,
    Lon,
    Photo,
    Reason,
    Where,
    because,
    keep_file,
    kept_once,
    line,
    placed,
)
from songhe.areas.premises.actions.compounds import MOST_M2
from songhe.areas.premises.models import (
    Condition,
    Idle,
    IdleState,
    Origin,
    Phase,
    Proposal,
    ProposalState,
    Use,
)
from songhe.areas.providers.api import (
    Facility,
    Frame,
    Kind,
    Organisation,
    move_facility,
    register_facility,
    set_beds,
)
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.kit.fields import Field

Fen = NewType("Fen", int)
"""Money, in whole fen."""
MOST_FEN = 100_000_000_000
Rooms = Annotated[str, Field(label=_("Property"), size=120)]
Area = Annotated[int, Field(label=_("Floor area (m²)"), least=1, most=MOST_M2)]
Owner = Annotated[str, Field(label=_("Owner of the property"), size=120)]
Address = Annotated[str, Field(label=_("Address"), size=200)]
Site = Annotated[Facility, Field(label=_("Facility"))]
Runner = Annotated[Organisation, Field(label=_("Organisation"))]
Cost = Annotated[Fen | None, Field(label=_("Conversion cost (yuan)"), least=0)]


@act("premises.idle")
def list_idle(
    *,
    actor: Actor,
    at: datetime,
    name: Rooms,
    region: Where,
    origin: Annotated[Origin, Field(label=_("Origin"))],
    owner: Owner,
    area_m2: Area,
    condition: Annotated[Condition, Field(label=_("State of repair"))],
) -> Idle:
    """Enter idle rooms in the inventory."""
    made = Idle(
        name=line(name, "name"), region=region, origin=origin, owner=line(owner, "owner"), area_m2=_area(area_m2),
        condition=condition, listed_by=actor.name[:80], listed_at=at,
    )  # fmt: skip
    kept_once(made, "one_idle_of_a_name", _known(made))
    return made


@act("premises.idle")
def describe_idle(  # noqa: PLR0913  the form asks for each
    idle: Idle,
    *,
    actor: Actor,
    at: datetime,
    name: Rooms,
    owner: Owner,
    area_m2: Area,
    condition: Annotated[Condition, Field(label=_("State of repair"))],
    floor: Annotated[int | None, Field(label=_("Floor"), least=-3, most=100)] = None,
    lift: Annotated[bool, Field(label=_("Has a lift"))] = False,
    cost: Cost = None,
    note: Annotated[str, Field(label=_("Note"), long=True, size=400)] = "",
) -> Idle:
    """Correct what is known of idle rooms."""
    _open(idle)
    if cost is not None and not 0 <= cost <= MOST_FEN:
        raise Refused("cost", "This amount cannot be right. Check it.", field="cost")
    idle.name, idle.owner, idle.area_m2 = line(name, "name"), line(owner, "owner"), _area(area_m2)
    idle.condition, idle.floor, idle.lift = condition, floor, lift
    idle.cost_fen, idle.note = cost, because(note, "note", needed=False)
    kept_once(idle, "one_idle_of_a_name", _known(idle))
    return idle


@act("premises.idle")
def place_idle(
    idle: Idle,
    *,
    actor: Actor,
    at: datetime,
    address: Address = "",
    lon: Lon = "",
    lat: Lat = "",
    frame: In = Frame.WGS84,
) -> Idle:
    """Set where idle rooms lie; the place is stored in WGS-84."""
    _open(idle)
    point = placed(lon, lat, frame)
    idle.address = line(address, "address", most=200, needed=False)
    idle.lon, idle.lat = (point.lon, point.lat) if point else (None, None)
    idle.frame = frame if point else Frame.WGS84
    idle.save()
    return idle


@act("premises.idle")
def photograph_idle(
    idle: Idle,
    *,
    actor: Actor,
    at: datetime,
    photo: Annotated[UploadedFile, Photo],  # type: ignore[type-arg]
) -> Idle:
    """Add a picture of the rooms."""
    _open(idle)
    kept = keep_file(photo, owner=idle.pk, about=idle.pk, region=idle.region_id, actor=actor, at=at)
    add_detail(picture=str(kept))
    return idle


@act("premises.idle")
def withdraw_idle(idle: Idle, *, actor: Actor, at: datetime, reason: Reason) -> Idle:
    """Take rooms out of the inventory: sold, torn down, used by the owner."""
    if idle.state not in (IdleState.AVAILABLE, IdleState.RESERVED):
        raise _not_now(idle)
    idle.state, idle.reason = IdleState.WITHDRAWN, because(reason)
    idle.save()
    _end_proposals(idle, actor, at, idle.reason)
    return idle


@act("premises.idle")
def offer_again(idle: Idle, *, actor: Actor, at: datetime, reason: Reason) -> Idle:
    """Free rooms again that were reserved or withdrawn; what was accepted for them ends."""
    if idle.state not in (IdleState.WITHDRAWN, IdleState.RESERVED):
        raise _not_now(idle)
    idle.state, idle.reason = IdleState.AVAILABLE, because(reason)
    idle.save()
    _end_proposals(idle, actor, at, idle.reason)
    return idle


@act("premises.propose")
def propose_reuse(
    idle: Idle,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[Kind, Field(label=_("To become"))],
    area_m2: Area,
    cost: Annotated[Fen, Field(label=_("Cost (yuan)"), least=0)],
    who: Annotated[str, Field(label=_("Proposed operator"), size=120)],
    words: Annotated[str, Field(label=_("Proposal"), long=True, size=400)] = "",
) -> Proposal:
    """Propose what could be made of free rooms."""
    if idle.state != IdleState.AVAILABLE:
        raise _not_now(idle)
    if _area(area_m2) > idle.area_m2:
        raise Refused(
            "more_than_there", "The property has only {area} m².", field="area_m2", area=idle.area_m2
        )
    if not 0 <= cost <= MOST_FEN:
        raise Refused("cost", "This amount cannot be right. Check it.", field="cost")
    made: Proposal = Proposal.everywhere.create(
        idle=idle, region_id=idle.region_id, kind=kind, area_m2=area_m2, cost_fen=cost, who=line(who, "who"),
        words=because(words, "words", needed=False), proposed_by_id=actor.id, proposed_by=actor.name[:80],
        proposed_at=at,
    )  # fmt: skip
    return made


@act("premises.decide")
def accept_proposal(
    proposal: Proposal,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=400)] = "",
) -> Proposal:
    """Accept a proposal that somebody else made; the rooms are reserved for it."""
    idle = _locked(proposal)
    if idle.state != IdleState.AVAILABLE:
        raise _not_now(idle)
    _decided(proposal, ProposalState.ACCEPTED, because(reason, needed=False), actor, at)
    idle.state = IdleState.RESERVED
    idle.save()
    return proposal


@act("premises.decide")
def refuse_proposal(proposal: Proposal, *, actor: Actor, at: datetime, reason: Reason) -> Proposal:
    """Refuse a proposal with the reason."""
    _decided(proposal, ProposalState.REFUSED, because(reason), actor, at)
    return proposal


@act("premises.propose")
def take_back_proposal(proposal: Proposal, *, actor: Actor, at: datetime) -> Proposal:
    """Take back a proposal that is not decided."""
    if proposal.state != ProposalState.OPEN:
        raise _decided_already()
    proposal.state = ProposalState.TAKEN_BACK
    proposal.save()
    return proposal


@act("premises.idle")
def reuse_as(
    idle: Idle,
    *,
    actor: Actor,
    at: datetime,
    facility: Site,
) -> Idle:
    """Link rooms with the facility that they became."""
    if idle.state not in (IdleState.AVAILABLE, IdleState.RESERVED):
        raise _not_now(idle)
    idle.state, idle.facility = IdleState.REUSED, facility
    idle.save()
    if idle.phase_id:
        Phase.everywhere.filter(pk=idle.phase_id).update(facility=facility, use=Use.CARE)
    return idle


@act("premises.decide")
def open_facility(
    phase: Phase,
    *,
    actor: Actor,
    at: datetime,
    organisation: Runner,
    name: Annotated[str, Field(label=_("Site name"), size=120)],
    kind: Annotated[Kind, Field(label=_("Kind"))],
    since: Annotated[date, Field(label=_("Operating since"))],
) -> Phase:
    """Hand premises over to operation: they become a facility of an organisation, with area and place."""
    _to_operate(phase)
    compound = phase.compound
    site = register_facility(
        actor=actor, at=at, organisation=organisation, name=name, kind=kind, region=phase.region, since=since,
        address=compound.address,
    )  # fmt: skip
    set_beds(site, actor=actor, at=at, beds=0, nursing_beds=0, area_m2=phase.delivered_m2)
    if compound.point:
        move_facility(
            site, actor=actor, at=at, to=phase.region, address=compound.address, lon=str(compound.lon),
            lat=str(compound.lat), frame=Frame.WGS84,
        )  # fmt: skip
    phase.facility, phase.use = site, Use.CARE
    phase.save()
    return phase


@act("premises.idle")
def keep_idle(
    phase: Phase,
    *,
    actor: Actor,
    at: datetime,
    condition: Annotated[Condition, Field(label=_("State of repair"))],
    floor: Annotated[int | None, Field(label=_("Floor"), least=-3, most=100)] = None,
    lift: Annotated[bool, Field(label=_("Has a lift"))] = False,
) -> Phase:
    """Put premises that were handed over and have no operator yet into the inventory of idle rooms."""
    _to_operate(phase)
    compound = phase.compound
    made = Idle(
        phase=phase, name=f"{phase.caption}"[:120], region_id=phase.region_id, origin=Origin.COMPOUND,
        owner=compound.developer, address=compound.address, area_m2=phase.delivered_m2, condition=condition, floor=floor,
        lift=lift, lon=compound.lon, lat=compound.lat, frame=compound.frame, listed_by=actor.name[:80], listed_at=at,
    )  # fmt: skip
    kept_once(made, "one_idle_of_a_name", _known(made))
    phase.use = Use.EMPTY
    phase.save()
    add_detail(idle=str(made.pk))
    return phase


def _to_operate(phase: Phase) -> None:
    if not phase.delivered_m2:
        raise Refused("not_delivered", "Nothing was handed over yet, so nothing can be used.")
    if phase.facility_id or Idle.everywhere.filter(phase=phase).exists():
        raise Refused(
            "operated",
            "These premises are already a facility or in the inventory. Open that entry.",
        )


def _locked(proposal: Proposal) -> Idle:
    found: Idle = Idle.everywhere.select_for_update(no_key=True).get(pk=proposal.idle_id)
    return found


def _decided(proposal: Proposal, state: ProposalState, reason: str, actor: Actor, at: datetime) -> None:
    if proposal.state != ProposalState.OPEN:
        raise _decided_already()
    four_eyes(proposal.proposed_by_id, actor)
    proposal.state, proposal.reason = state, reason
    proposal.decided_by_id, proposal.decided_by, proposal.decided_at = actor.id, actor.name[:80], at
    proposal.save()


def _end_proposals(idle: Idle, actor: Actor, at: datetime, reason: str) -> None:
    """What was proposed for rooms that are not to be had any more, or accepted and not done, ends."""
    rows = Proposal.everywhere.filter(
        idle=idle, state__in=[ProposalState.OPEN, ProposalState.ACCEPTED]
    ) if idle.state == IdleState.WITHDRAWN else Proposal.everywhere.filter(
        idle=idle, state=ProposalState.ACCEPTED
    )  # fmt: skip
    ended = rows.update(state=ProposalState.TAKEN_BACK, reason=reason)
    add_detail(proposals_ended=ended)


def _area(area_m2: int) -> int:
    if not 1 <= area_m2 <= MOST_M2:
        raise Refused("area", "The floor area is 1 to {most} m².", field="area_m2", most=MOST_M2)
    return area_m2


def _open(idle: Idle) -> None:
    if idle.state in (IdleState.WITHDRAWN, IdleState.REUSED):
        raise _not_now(idle)


def _not_now(idle: Idle) -> Refused:
    return Refused(
        "idle_state",
        "This is not possible while the property is “{state}”. Reload the page and choose again.",
        state=idle.get_state_display(),
    )


def _decided_already() -> Refused:
    return Refused("decided", "This proposal is decided already. Reload the page.")


def _known(idle: Idle) -> Refused:
    return Refused(
        "idle_known",
        "A property called “{name}” is already entered in this region. Open that entry.",
        field="name",
        name=idle.name,
    )
