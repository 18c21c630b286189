"""The desk's numbers of a region and a span, from its sessions and spells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from songhe.areas.lines.limits import terms
from songhe.areas.lines.models import LINE_STATES, LineEvent, Seat, SeatSpell, Session
from songhe.areas.lines.models.sessions import read_leg
from songhe.areas.lines.queries.sessions import waiting
from songhe.areas.lines.rules import Desk, Direction, Leg, Media, SeatState, Spell, tally
from songhe.areas.lines.rules.figures import AgentTally
from songhe.engines.access.api import Scope
from songhe.kit.days import begin_of

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wall:
    """What hangs on the wall: numbers since midnight, who waits, and the seats."""

    desk: Desk
    last_day: Desk
    seats: list[tuple[Seat, AgentTally | None, bool]]
    states: Counter[str]
    waiting: list[Session]


def desk(scope: Scope, since: datetime, until: datetime, *, now: datetime) -> Desk:
    """The numbers of [since, until); calls back are looked for as long after as the terms allow."""
    return tally(legs(scope, since, until), spells(scope, since, until), since, until, terms=terms(), now=now)


def legs(scope: Scope, since: datetime, until: datetime) -> list[tuple[Leg, str]]:
    """The legs that touch a span, each with a key of its number."""
    after = until + timedelta(hours=terms().call_back_hours)
    rows = (
        Session.objects.within(scope)
        .filter(began_at__lt=after)
        .filter(Q(last_at__gte=since) | Q(state__in=LINE_STATES))
    )
    return legs_of(rows)


def legs_of(rows: Any) -> list[tuple[Leg, str]]:
    """The legs of some sessions. An open one touches every span after it."""
    out = []
    for direction, media, courses, hashed in rows.values_list(
        "direction", "media", "legs", "number_hash"
    ).iterator():
        way, medium, number = Direction(direction), Media(media), bytes(hashed or b"").hex()
        out += [(read_leg(row, way, medium), number) for row in courses]
    return out


def spells(scope: Scope, since: datetime, until: datetime) -> list[Spell]:
    """What agents did in a span."""
    rows = SeatSpell.objects.within(scope).filter(since__lt=until).exclude(until__lte=since)
    return [
        Spell(str(agent), SeatState(state), begins, ends)
        for agent, state, begins, ends in rows.values_list("agent_id", "state", "since", "until")
    ]


def names(scope: Scope, since: datetime) -> dict[str, str]:
    """Agents' names by key."""
    return {str(key): name for key, name in Seat.objects.within(scope).values_list("agent_id", "agent_name")}


def wall(scope: Scope, at: datetime) -> Wall:
    """Everything the wall shows at a moment."""
    midnight = begin_of(timezone.localdate(at))
    found = legs(scope, min(midnight, at - DAY), at)
    told = spells(scope, midnight, at)
    until = at + timedelta(microseconds=1)
    today = tally(found, told, midnight, until, terms=terms(), now=at)
    last = tally(found, (), until - DAY, until, terms=terms(), now=at)
    seats = list(Seat.objects.within(scope).filter(enabled=True).order_by("extension", "id"))
    return Wall(
        today,
        last,
        [(seat, today.agents.get(str(seat.agent_id)), wraps_long(seat, at)) for seat in seats],
        Counter(seat.state for seat in seats),
        list(waiting(scope)[:20]),
    )


def wraps_long(seat: Seat, at: datetime) -> bool:
    """Whether an agent has been wrapping up for longer than is usual."""
    long = (at - seat.since).total_seconds() > terms().wrap_up_seconds
    return seat.state == SeatState.WRAPPING and long


def own_day(agent_id: UUID, since: datetime, until: datetime, *, now: datetime) -> AgentTally:
    """An agent's own numbers, from the calls that they had a part in; one may have begun the day before."""
    part = LineEvent.everywhere.filter(agent_id=agent_id, at__gte=since - DAY).values("session_id")
    rows = Session.everywhere.filter(Q(last_at__gte=since) | Q(state__in=LINE_STATES), pk__in=part)
    own = SeatSpell.everywhere.filter(agent_id=agent_id, since__lt=until).exclude(until__lte=since)
    told = [
        Spell(str(agent_id), SeatState(state), begins, ends)
        for state, begins, ends in own.values_list("state", "since", "until")
    ]
    found = tally(legs_of(rows), told, since, until, terms=terms(), now=now)
    return found.agents.get(str(agent_id), AgentTally(str(agent_id)))
