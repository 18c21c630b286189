"""The clock: what is due at open alarms is done, and nobody has to remember it.

Each round locks some alarms whose moment has come, skips those that another worker or an agent has in hand, does what is
due and commits. A worker that dies leaves its alarms as they were, and the next round of any worker finds them. One that
freezes in the middle of a round holds them for no longer than ``LEASE``: then the database ends its session. An alarm at which
a round fails is left as it was and told of, and the others are looked at one by one.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from songhe.areas.alarms.actions import common, errands, sending, telling
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, AlarmState, Response, Step
from songhe.areas.alarms.rules import watch as rules
from songhe.areas.alarms.rules.terms import Clock
from songhe.areas.alarms.rules.watch import Deed, What
from songhe.core.flow import move
from songhe.engines.access.api import SYSTEM, Scope, entered, update_many
from songhe.engines.cases.api import flow

log = logging.getLogger(__name__)
MOST = 100
LEASE = timedelta(seconds=6)
_KEPT = ("id", "state", "agent_id", "agent_name", "seen_at", "acted_at", "rings_from", "rung", "rung_at", "level", "tries", "due_at")  # fmt: skip


def watch(
    at: datetime, *, most: int = MOST, clock: Clock | None = None, lease: timedelta | None = LEASE
) -> int:
    """Do what is due by a moment at up to ``most`` alarms; returns at how many something was done. ``lease`` None is a fault
    made on purpose: what a frozen worker has in hand stays with it.
    """
    spans = clock or terms().clock
    try:
        return _round(_due(at)[:most], spans, lease, at=at)
    except (OperationalError, InterfaceError):  # the database is away, for all of them
        raise
    except Exception:
        log.exception("clock: a round of alarms failed; they are looked at one by one")
    with entered(Scope.EVERYTHING):
        keys = list(_due(at).values_list("pk", flat=True))
    return sum(_alone(key, spans, lease, at=at) for key in keys)


def _due(at: datetime) -> QuerySet[Alarm]:
    rows: QuerySet[Alarm] = Alarm.everywhere.filter(closed_at=None, due_at__lte=at)
    return rows.order_by("due_at", "id")


def _alone(key: UUID, spans: Clock, lease: timedelta | None, *, at: datetime) -> int:
    try:
        return _round(_due(at).filter(pk=key), spans, lease, at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("clock: nothing can be done at alarm %s", key)
        return 0


def _round(rows: QuerySet[Alarm], spans: Clock, lease: timedelta | None, *, at: datetime) -> int:
    with entered(Scope.EVERYTHING):
        if lease is not None:
            _let_go_after(lease)
        alarms = list(rows.select_for_update(no_key=True, skip_locked=True))
        if not alarms:
            return 0
        waits: dict[UUID, list[Response]] = {one.pk: [] for one in alarms}
        for one in Response.everywhere.filter(alarm__in=list(waits), due_at__isnull=False):
            waits[one.alarm_id].append(one)
        steps: list[Step] = []
        moved: list[Alarm] = []
        for alarm in alarms:
            done = _advance(alarm, waits[alarm.pk], spans, at=at)
            steps += done
            if done:  # else the agent's page has given a sign in the meantime
                moved.append(alarm)
        Step.everywhere.bulk_create(steps)
        update_many(Alarm, _KEPT, [tuple(getattr(one, name) for name in _KEPT) for one in alarms])
        common.tell(moved, "clock", at=at)
    return len(moved)


def _let_go_after(lease: timedelta) -> None:
    """For this transaction: a session that says nothing for so long is ended, and what it locked is free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL idle_in_transaction_session_timeout = %s", [round(lease.total_seconds() * 1000)]
        )


def _advance(alarm: Alarm, waits: list[Response], clock: Clock, *, at: datetime) -> list[Step]:
    done: list[Step] = []
    for deed in rules.deeds(common.held(alarm, waits), clock, at):
        if deed.what is What.RING:
            done.append(_ring(alarm, deed, clock, at=at))
        elif deed.what is What.LOSE:
            done.append(_lose(alarm, deed, at=at))
        else:
            late = next(one for one in waits if one.pk == deed.response)
            done += _lapse(alarm, late, waits, deed, clock, at=at)
    alarm.due_at = rules.due(common.held(alarm, waits), clock)
    return done


def _ring(alarm: Alarm, deed: Deed, clock: Clock, *, at: datetime) -> Step:
    rung = clock.ring[deed.rung]
    again = deed.rung == alarm.rung
    alarm.rung, alarm.rung_at = deed.rung, at
    if rung.level:
        alarm.level = telling.level_above(alarm, telling.ANSWER, at=at, least=rung.level) or alarm.level
    return common.step(alarm, "ring", actor=SYSTEM, at=at, due_at=deed.due_at, detail=f"{rung.code}{'+' if again else ''}")  # fmt: skip


def _lose(alarm: Alarm, deed: Deed, *, at: datetime) -> Step:
    """Take an alarm from an agent of whom there is no sign: it rings for the others."""
    source, name = alarm.state, alarm.agent_name
    if alarm.state == AlarmState.TAKEN:
        alarm.state = AlarmState(move(flow("alarm"), alarm.state, "lose").code)
    alarm.agent_id, alarm.agent_name, alarm.seen_at, alarm.acted_at = None, "", None, None
    common.ring(alarm, at=at)
    return common.step(alarm, "lose", actor=SYSTEM, at=at, source=source, due_at=deed.due_at, detail=f"{deed.why} {name}".strip())  # fmt: skip


def _lapse(
    alarm: Alarm, response: Response, waits: list[Response], deed: Deed, clock: Clock, *, at: datetime
) -> list[Step]:
    """A responder did not accept, or is not there in time: the agent is rung, and after some of them the next level."""
    late = response.accepted_at is not None
    response.due_at = None
    if late:
        response.late_at = at
    else:
        response.lapsed_at = at
    response.save(update_fields=["due_at", "lapsed_at", "late_at"])
    if not late:
        errands.released(response, actor=SYSTEM, at=at)
    common.tell_responder(response, "late" if late else "lapsed", at=at)
    steps = [common.step(alarm, "late" if late else "lapse", actor=SYSTEM, at=at, due_at=deed.due_at, detail=response.name)]  # fmt: skip
    alarm.tries += 1
    if late or alarm.tries >= clock.tries:
        alarm.tries = 0
        above = telling.level_above(alarm, telling.HELP, at=at)
        if above:
            alarm.level = above
            steps.append(common.step(alarm, "level", actor=SYSTEM, at=at, due_at=deed.due_at, detail=above))
    elif (following := errands.next_free(alarm, at=at)) is not None:
        waits.append(sending.dispatched(alarm, following, actor=SYSTEM, at=at))
    common.ring(alarm, at=at)
    return steps
