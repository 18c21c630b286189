"""Seats: opened by whoever leads the desk, taken by agents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.actions.placing import place
from songhe.areas.lines.actions.wishing import wish
from songhe.areas.lines.limits import say, terms
from songhe.areas.lines.models import Exchange, Seat, Wish
from songhe.areas.lines.rules import SeatState
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor, Grant, Scope, User, roles
from songhe.engines.acts.api import act
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field

SEATED = "lines.seat"


def _skills(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(code, say(label)) for code, label in terms().skills.items()]


def _breaks(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(code, say(label)) for code, label in terms().breaks.items()]


def exchanges(row: Any, user: Any) -> Any:
    """The exchanges of a user's regions that tell their events."""
    return Exchange.objects.within(user.scope("lines.manage")).filter(enabled=True).order_by("name")


def agents(scope: Scope) -> list[tuple[str, str]]:
    """Users whose grants in these regions let them take a seat."""
    codes = [code for code, role in roles().items() if SEATED in role.rights]
    held = [
        grant.user_id
        for grant in Grant.objects.filter(role__in=codes, revoked_at=None)
        if scope.holds(grant.region_id)
    ]
    rows = User.objects.filter(pk__in=held, is_active=True).order_by("name", "username")
    return [(str(user.pk), f"{user.name} ({user.username})") for user in rows]


def _agents(row: Any, user: Any) -> list[tuple[str, str]]:
    return agents(user.scope("lines.manage"))


Exchanges = Annotated[Exchange, Field(label=_("Exchange"), among=exchanges)]


@act("lines.manage")
def open_seat(
    *,
    actor: Actor,
    at: datetime,
    exchange: Exchanges,
    agent: Annotated[str, Field(label=_("Agent"), choices=_agents)],
    extension: Annotated[str, Field(label=_("Extension"), size=20)],
    skills: Annotated[list[str] | None, Field(label=_("Skills"), choices=_skills)] = None,
) -> Seat:
    """Give an agent a seat, or change the one they have."""
    known = dict(agents(actor.scope("lines.manage")))
    if agent not in known:
        raise Refused("agent", "This user cannot take a seat here. Choose one from the list.", field="agent")
    clean = extension.strip()
    if not clean.isascii() or not clean.isdigit():
        raise Refused(
            "extension", "An extension has digits only. Look it up in the exchange.", field="extension"
        )
    taken = Seat.everywhere.filter(exchange=exchange, extension=clean).exclude(agent_id=agent)
    if taken.exists():
        raise Refused("taken", "This extension is somebody else's. Close that seat first.", field="extension")
    user = User.objects.get(pk=agent)
    row = Seat.everywhere.filter(agent_id=user.pk).first() or Seat(id=uuid7(), agent_id=user.pk, since=at)
    row.exchange, row.extension, row.agent_name = exchange, clean, user.name[:80]
    row.skills = [code for code in skills or [] if code in terms().skills]
    row.region_id, row.enabled = exchange.region_id, True
    row.save()
    return row


@act("lines.manage")
def close_seat(seat: Seat, *, actor: Actor, at: datetime) -> Seat:
    """Take a seat away; its past stays."""
    place(seat, SeatState.OFF, at=at)
    seat.enabled = False
    seat.save(update_fields=["enabled"])
    return seat


@act(SEATED)
def go_ready(seat: Seat, *, actor: Actor, at: datetime) -> Seat:
    """Log on, or be ready for the next call."""
    return _go(seat, SeatState.READY, actor=actor, at=at)


@act(SEATED)
def take_break(
    seat: Seat, *, actor: Actor, at: datetime, reason: Annotated[str, Field(label=_("Break"), choices=_breaks)]
) -> Seat:  # fmt: skip
    """Be rung no more for a while."""
    if reason not in terms().breaks:
        raise Refused("break", "There is no such break. Choose one from the list.", field="reason")
    return _go(seat, SeatState.BREAK, actor=actor, at=at, reason=reason)


@act(SEATED)
def log_off(seat: Seat, *, actor: Actor, at: datetime) -> Seat:
    """End the day at the seat."""
    return _go(seat, SeatState.OFF, actor=actor, at=at)


def _go(seat: Seat, state: SeatState, *, actor: Actor, at: datetime, reason: str = "") -> Seat:
    if seat.agent_id != actor.id:
        raise Forbidden("not_yours", "This is another agent's seat. Agents can only set their own status.")
    if not seat.enabled:
        raise Refused("closed_seat", "This seat is closed. Ask whoever leads the desk.")
    if seat.state == SeatState.TALKING:
        raise Refused("in_call", "You are on a call. Hang up first.")
    if place(seat, state, at=at, reason=reason):
        body = {"extension": seat.extension, "state": state.value, "skills": seat.skills}
        wish(seat.exchange, Wish.Kind.SEAT, body, at=at)
    return seat
