"""When nobody can be served at the door: why, what is charged for it, and who looks after the person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.visits import rules
from songhe.areas.visits.actions.arriving import (
    Accuracy,
    Lat,
    Lon,
    Phone,
    Tag,
    clock_flags,
    local,
    phone_of,
    prove,
    sealed_place,
    seen_of,
)
from songhe.areas.visits.actions.common import (
    ended,
    move_order,
    order_of,
    release,
    save_order,
    sealed,
    tell,
    written,
)
from songhe.areas.visits.limits import limits, outcome_choices, outcomes
from songhe.areas.visits.models import SeenAs, Visit, VisitState
from songhe.core.refusal import Refused
from songhe.core.visiting import AtDoor, Outcome, Turn, charged
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

Why = Annotated[str, Field(label=_("What happened"), choices=lambda row, user: outcome_choices(), radio=True)]
Waited = Annotated[int, Field(label=_("Minutes waited"), least=0, most=240)]
Words = Annotated[str, Field(label=_("In a few words"), long=True)]


@act("visits.check_in")
def come_in_vain(  # noqa: PLR0913  the form asks for each
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    phone_at: datetime | None = None,
    outcome: Why,
    waited: Waited,
    note: Words,
    lon: Lon = "",
    lat: Lat = "",
    accuracy: Accuracy = None,
    tag: Tag = "",
) -> Visit:
    """Say that the person could not be served. Whether it is charged is decided by the rule of the outcome."""
    if visit.state != VisitState.PLANNED:
        raise Refused("not_planned", "This visit is no longer planned. Look at it again.")
    rule = outcomes().get(outcome)
    if rule is None:
        raise Refused(
            "no_such_outcome", "There is no such outcome. Choose one from the list.", field="outcome"
        )
    phone = phone_of(at, device_at, phone_at, (lon, lat, accuracy))
    rules.check_arrival(local(visit.stay), seen_of(visit, phone), limits())
    fail(visit, rule, phone, waited=waited, note=note, tag=tag)
    _turn(visit, rule, actor=actor, at=at)
    return visit


def fail(visit: Visit, rule: Outcome, phone: Phone, *, waited: int, note: str, tag: str) -> None:
    """Enter a visit in vain, with its proof and what is charged for it."""
    seen = seen_of(visit, phone)
    visit.state, visit.outcome, visit.waited = VisitState.IN_VAIN, rule.code, waited
    visit.arrived_at, visit.arrival_received_at = seen.claimed, seen.received
    visit.arrival_said_at = phone.said
    visit.arrival_metres, visit.arrival_sealed = seen.metres, sealed_place(visit, phone)
    visit.flags = [*clock_flags(phone), *rules.arrival_flags(visit.stay, seen, limits())]
    visit.note_sealed = sealed(visit.person_id, written(note, field="note", needed=True))
    there = prove(visit, seen, tag=tag, code="", replayed=phone.replayed)
    _charge(visit, rule, there=there)
    visit.save()


@act("visits.look")
def look_after(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    seen_as: Annotated[SeenAs, Field(label=_("How the person is"), radio=True)],
    note: Annotated[str, Field(label=_("In a few words"), long=True)] = "",
) -> Visit:
    """Enter how a person is who did not open the door; somebody not found stays on the list."""
    if not to_look_after(visit):
        raise Refused("nobody_missing", "No welfare check is due here. Look at the list again.")
    visit.seen_as, visit.seen_at, visit.seen_by = seen_as, at, actor.name[:80]
    visit.seen_sealed = sealed(visit.person_id, written(note, field="note"))
    visit.save(update_fields=["seen_as", "seen_at", "seen_by", "seen_sealed"])
    return visit


def to_look_after(visit: Visit) -> bool:
    """Whether somebody has to see how the person is."""
    rule = outcomes().get(visit.outcome)
    waits = visit.seen_as in ("", SeenAs.NOT_FOUND)
    return visit.state == VisitState.IN_VAIN and rule is not None and rule.look and waits


def _charge(visit: Visit, rule: Outcome, *, there: bool) -> None:
    decision = charged(rule, AtDoor(promised=visit.promised_minutes, waited=visit.waited or 0, there=there))
    charge = decision.or_refuse()
    visit.charge_percent, visit.charge_minutes, visit.charge_draws = (
        charge.percent,
        charge.minutes,
        charge.draws,
    )
    visit.charge_why = [[reason.text, reason.values] for reason in decision.reasons]
    if charge.percent:
        contracts.charge(
            visit.order_id,
            visit.pk,
            percent=charge.percent,
            minutes=charge.minutes,
            draws=charge.draws,
            at=visit.arrival_received_at or visit.starts_at,
        )
    add_detail(outcome=rule.code, percent=charge.percent, minutes=charge.minutes)


def _turn(visit: Visit, rule: Outcome, *, actor: Actor, at: datetime) -> None:
    """The order goes back to dispatch, or ends; the worker's reach to the person ends tomorrow."""
    order = order_of(visit)
    note = str(rule.label)
    if rule.turn is Turn.CLOSE:
        contracts.release([order.pk], at=at)
        ended(order, rule.ends)
        move_order(order, "turned_away", actor=actor, at=at, note=note)
    else:
        order.worker = None
        move_order(order, "in_vain", actor=actor, at=at, note=note)
    save_order(order)
    release(visit, at=at)
    tell(order, "in_vain", at=at, outcome=rule.code)
