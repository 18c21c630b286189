"""Helpers of the grid while they are under way for an alarm."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.alarms.actions import telling
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Response
from songhe.areas.alarms.queries.responders import next_free
from songhe.areas.grid import api as grid
from songhe.engines.access.api import Actor

__all__ = ["engaged", "next_free", "released"]


def engaged(response: Response, alarm: Alarm, *, actor: Actor, at: datetime) -> None:
    """Mark the helper as under way, so that others are asked first."""
    helper = grid.Helper.everywhere.filter(pk=response.helper_id).first() if response.helper_id else None
    if helper is not None:
        grid.engage(helper, actor=actor, at=at, until=at + terms().clock.arrive, what=alarm.number)


def released(response: Response, *, actor: Actor, at: datetime) -> None:
    """The helper is free again, and called no more."""
    telling.heeded(response, at=at)
    helper = grid.Helper.everywhere.filter(pk=response.helper_id).first() if response.helper_id else None
    if helper is not None:
        number = Alarm.everywhere.values_list("number", flat=True).get(pk=response.alarm_id)
        grid.release(helper, actor=actor, at=at, what=number)
