"""The roster of the desk, and handing a shift over with two signatures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.actions.seating import agents as seated
from songhe.areas.lines.counting import counted
from songhe.areas.lines.limits import say, terms
from songhe.areas.lines.models import Handover, Shift
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Scope
from songhe.engines.acts.api import act
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, seal
from songhe.kit.fields import Field

MANAGE, HAND_OVER = "lines.manage", "lines.hand_over"


def _parts(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(one.code, f"{say(one.label)} {one.begins:%H:%M}–{one.ends:%H:%M}") for one in terms().parts]


def _agents(row: Any, user: Any) -> list[tuple[str, str]]:
    return seated(user.scope(MANAGE))


OfRegion = Annotated[Region, Field(label=_("Region"))]


@act(MANAGE)
def plan_shift(
    *,
    actor: Actor,
    at: datetime,
    region: OfRegion,
    day: Annotated[date, Field(label=_("Day"))],
    part: Annotated[str, Field(label=_("Shift"), choices=_parts)],
    lead: Annotated[str, Field(label=_("Led by"), choices=_agents)],
    agents: Annotated[list[str], Field(label=_("Agents"), choices=_agents)],
) -> Shift:
    """Say who sits at the desk in a shift and who leads it; again for the same shift changes it."""
    known = dict(seated(actor.scope(MANAGE)))
    chosen = next((one for one in terms().parts if one.code == part), None)
    if chosen is None:
        raise Refused("part", "There is no such shift. Choose one from the list.", field="part")
    if lead not in known or any(key not in known for key in agents):
        raise Refused("agent", "This user cannot take a seat here. Choose one from the list.", field="agents")
    zone = timezone.get_current_timezone()
    begins = datetime.combine(day, chosen.begins, zone)
    over = chosen.ends <= chosen.begins
    ends = datetime.combine(day + timedelta(days=over), chosen.ends, zone)
    row = Shift.everywhere.filter(region=region, day=day, part=part).first()
    if row is not None and Handover.everywhere.filter(shift=row).exists():
        raise Refused("handed_over", "This shift was handed over. It stays as it was.", field="part")
    row = row or Shift(id=uuid7(), region=region, day=day, part=part)
    row.begins_at, row.ends_at, row.lead_id = begins, ends, UUID(lead)
    row.lead_name = _name(known[lead])
    row.agents = [[key, _name(known[key])] for key in dict.fromkeys([lead, *agents])]
    row.save()
    return row


@act(HAND_OVER)
def hand_over(
    shift: Shift,
    *,
    actor: Actor,
    at: datetime,
    note: Annotated[str, Field(label=_("What the next shift has to know"), long=True, size=2000)],
) -> Handover:
    """Sign a shift over: what is open is counted at this moment and cannot be changed afterwards."""
    if str(actor.id) not in {key for key, _name_ in shift.agents} and not actor.may(MANAGE):
        raise Forbidden("not_in_shift", "Only somebody on this shift can hand it over.")
    if Handover.everywhere.filter(shift=shift).exists():
        raise Refused("handed_over_already", "This shift was handed over already. Look at its page.")
    if at < shift.begins_at:
        raise Refused("not_begun", "This shift has not begun. Choose the one that ends now.")
    clean = normalise(note, lines=True, field="note")
    if not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field="note")
    row = Handover(
        id=uuid7(), shift=shift, given_by_id=actor.id, given_by=actor.name[:80], given_at=at, region_id=shift.region_id,
        counts=[[one.code, one.label.en, one.label.zh, one.count] for one in counted(_reach(shift), at)],
    )  # fmt: skip
    make_key(row.pk)
    row.note_sealed = seal(row.pk, clean)
    row.save(force_insert=True)
    return row


@act(HAND_OVER)
def take_over(
    handover: Handover,
    *,
    actor: Actor,
    at: datetime,
    read: Annotated[bool, Field(label=_("I have read the note and take over what is open"))] = False,
    remark: Annotated[str, Field(label=_("Remark"), size=400)] = "",
) -> Handover:
    """Sign for what a shift left; not by who handed it over."""
    if handover.given_by_id == actor.id:
        raise Refused("own_shift", "You handed this over yourself. Somebody of the next shift takes it over.")
    if handover.taken_at is not None:
        raise Refused("taken_over", "This was taken over already. Look at its page.")
    if not read:
        raise Refused("unread", "Read the note, then tick that you take over.", field="read")
    handover.taken_by_id, handover.taken_by, handover.taken_at = actor.id, actor.name[:80], at
    handover.remark = normalise(remark, field="remark")[:400]
    handover.save()
    return handover


def _reach(shift: Shift) -> Scope:
    region = shift.region
    return Scope(areas=((region.code, region.upper),))


def _name(label: str) -> str:
    return label.rpartition(" (")[0][:80]
