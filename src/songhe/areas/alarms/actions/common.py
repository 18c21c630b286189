"""What the verbs of alarms share: steps, moves along the flow, the clock, news."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, AlarmState, Response, Step
from songhe.areas.alarms.rules import watch
from songhe.core.flow import Kind, move
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.cases.api import flow
from songhe.engines.live.api import publish_many
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key, open_keys, reveal_with, seal_with

TOPIC = "alarms"
MINE = "errands"
"""News of the errands of one responder."""


def step(
    alarm: Alarm,
    what: str,
    *,
    actor: Actor,
    at: datetime,
    source: str | None = None,
    due_at: datetime | None = None,
    detail: str = "",
) -> Step:
    """A line of the course, not yet saved."""
    return Step(
        id=uuid7(), alarm_id=alarm.pk, region_id=alarm.region_id, what=what[:20],
        source=alarm.state if source is None else source, target=alarm.state, at=at, due_at=due_at,
        actor_id=actor.id, actor_name=actor.name[:80], detail=detail[:80],
    )  # fmt: skip


def moved(
    alarm: Alarm, code: str, *, actor: Actor, at: datetime, passed: Collection[str] = (), detail: str = ""
) -> Step:
    """Move an alarm, which is locked, along its flow; it is saved by the caller with ``settled``."""
    target = move(flow("alarm"), alarm.state, code, passed=passed)
    source, alarm.state = alarm.state, AlarmState(target.code)
    if target.kind is Kind.OPEN:
        alarm.closed_at = None
    elif alarm.closed_at is None:
        alarm.closed_at = at
    line = step(alarm, code, actor=actor, at=at, source=source, detail=detail)
    line.save(force_insert=True)
    return line


def held(alarm: Alarm, waits: Iterable[Response]) -> watch.Held:
    """How an alarm stands, for the clock."""
    return watch.Held(
        state=alarm.state,
        rings_from=alarm.rings_from,
        rung=alarm.rung,
        rung_at=alarm.rung_at,
        agent=alarm.agent_id is not None,
        seen_at=alarm.seen_at,
        acted_at=alarm.acted_at,
        waits={one.pk: one.due_at for one in waits if one.due_at is not None},
    )


def waited_for(alarm: Alarm) -> list[Response]:
    """Errands of an alarm on which the clock waits."""
    return list(Response.everywhere.filter(alarm_id=alarm.pk, due_at__isnull=False))


def wind(alarm: Alarm, waits: Iterable[Response]) -> None:
    """Set when the clock looks at an alarm next, or never again."""
    if alarm.closed_at is not None:
        alarm.due_at = alarm.rings_from = alarm.rung_at = None
        alarm.rung = 0
    else:
        alarm.due_at = watch.due(held(alarm, waits), terms().clock)


def ring(alarm: Alarm, *, at: datetime) -> None:
    """Let an alarm ring from the lowest rung on; what rings already goes on climbing."""
    if alarm.rings_from is None:
        alarm.rings_from, alarm.rung, alarm.rung_at = at, 0, at


def acted(alarm: Alarm, *, actor: Actor, at: datetime) -> None:
    """The agent did something: it is quiet, and nobody takes the alarm away for a while."""
    alarm.agent_id, alarm.agent_name = actor.id, actor.name[:80]
    alarm.seen_at = alarm.acted_at = at
    alarm.rings_from = alarm.rung_at = None
    alarm.rung = 0


def settled(alarm: Alarm, what: str, *, at: datetime) -> Alarm:
    """Save an alarm with its clock wound, and tell the boards."""
    wind(alarm, waited_for(alarm) if alarm.closed_at is None else ())
    alarm.save()
    tell([alarm], what, at=at)
    return alarm


def tell(alarms: Sequence[Alarm], what: str, *, at: datetime) -> None:
    """News for the boards, as small as a board can draw a line from, and without anybody's name."""
    publish_many([(TOPIC, one.region_id, None, at, news(one, what)) for one in alarms])


def tell_responder(response: Response, what: str, *, at: datetime) -> None:
    """News for the phone of whoever was sent."""
    body = {"id": str(response.pk), "what": what}
    holders = {response.user_id, response.organisation_id, response.helper_id} - {None}
    publish_many([(MINE, response.region_id, holder, at, body) for holder in holders])


def news(alarm: Alarm, what: str) -> dict[str, Any]:
    """What a board is told of an alarm."""
    return {
        "id": str(alarm.pk),
        "what": what,
        "number": alarm.number,
        "kind": alarm.kind,
        "state": alarm.state,
        "priority": alarm.priority,
        "rings": alarm.rings_from is not None,
        "rung": alarm.rung,
        "agent": str(alarm.agent_id) if alarm.agent_id else "",
        "since": alarm.raised_at.isoformat(timespec="milliseconds"),
    }


def still_open(alarm: Alarm) -> None:
    """Refuse to go on with what has ended."""
    if not alarm.is_open:
        raise Refused("alarm_ended", "This alarm has ended. Open it again if it is not over.")


def holds(alarm: Alarm, actor: Actor) -> None:
    """Refuse what only the agent who took the alarm does."""
    still_open(alarm)
    if alarm.agent_id is None:
        raise Refused("not_taken", "Nobody has taken this alarm. Take it first.")
    if alarm.agent_id != actor.id:
        raise Refused("other_agent", "{name} handles this alarm. Take it over first.", name=alarm.agent_name)


def written(text: str, *, field: str, most: int = 2000, needed: bool = False) -> str:
    """Words ready to be stored; refused where they are needed and missing, or too many."""
    clean = normalise(text, lines=True, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def sealed(owner_id: UUID, alarm: Alarm, text: str) -> bytes:
    """Words sealed with the person's key, or with the alarm's own where nobody is known. Of a person who was erased nothing is
    kept: the alarm goes on without."""
    if not text:
        return b""
    if owner_id == alarm.pk and alarm.person_id is None:
        make_key(alarm.pk)
    keys = open_keys([owner_id])
    return seal_with(keys[owner_id], owner_id, text) if owner_id in keys else b""


def resealed(row: Alarm | Response, owner_id: UUID) -> None:
    """Seal with another key what a row keeps; it is saved by the caller."""
    keys = open_keys({row.owner_id, owner_id})
    for name in row.protected:
        blob = getattr(row, name)
        said = reveal_with(keys[row.owner_id], row.owner_id, blob) if row.owner_id in keys else ""
        setattr(row, name, seal_with(keys[owner_id], owner_id, said))
    row.owner_id = owner_id


def key_of(text: str) -> UUID | None:
    """A key that a page sent along, or none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Refused("bad_key", "This page is out of date. Load it again.") from None
