"""Makers of exchanges, seats and calls on the line."""

from __future__ import annotations

import itertools
import json
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from tests import make

from songhe.areas.lines import actions
from songhe.areas.lines.models import Exchange, Seat, Session, Shift
from songhe.areas.lines.rules import Direction, Heard, Kind, Media
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.regions.models import Region

_numbers = itertools.count(1)


def exchange(region: int = 0, way: str = "simulated") -> Exchange:
    """An exchange of a region."""
    place = Region.objects.get(code=region or make.COUNTY)
    code = f"exchange-{next(_numbers)}"
    row: Exchange = actions.open_exchange(
        actor=SYSTEM, at=timezone.now(), code=code, name="市热线交换机", region=place, way=Exchange.Way(way)
    )
    return row


def agent(role: str = "hotline_agent", region: int = 0) -> User:
    """Somebody who may take a seat."""
    return make.user(role, region or make.COUNTY)


def seat(at_: Exchange, user: User | None = None, *, skills: list[str] | None = None) -> Seat:
    """A seat of an agent."""
    user = user or agent(region=at_.region_id)
    row: Seat = actions.open_seat(
        actor=SYSTEM, at=timezone.now() - timedelta(hours=9), exchange=at_, agent=str(user.pk),
        extension=f"8{next(_numbers):04}", skills=skills or [],
    )  # fmt: skip
    return row


def heard(kind: str, ref: str, at: datetime, **more: Any) -> Heard:
    """One event of a call."""
    key = more.pop("key", f"k{next(_numbers)}")
    more = {
        "direction": Direction(more.pop("direction", "in")),
        "media": Media(more.pop("media", "voice")),
        **more,
    }
    body = json.dumps([kind, ref, at.isoformat(), {name: str(value) for name, value in more.items()}])
    return Heard(key=key, ref=ref, kind=Kind(kind), at=at, body=body, **more)


def call(
    at_: Exchange, *kinds: str, seat: Seat | None = None, at: datetime | None = None, number: str = "13963112345", **more: Any
) -> Session:  # fmt: skip
    """A call with events ten seconds apart, the last one now."""
    ref = f"ref-{next(_numbers)}"
    last = at or timezone.now()
    events = [
        heard(
            kind, ref, last - timedelta(seconds=10 * (len(kinds) - 1 - place)), number=number,
            extension=seat.extension if seat and kind in ("answered", "ringing") else "", **more,
        )
        for place, kind in enumerate(kinds)
    ]  # fmt: skip
    actions.hear(at_, events, at=last)
    return Session.everywhere.get(exchange=at_, ref=ref)


def shift(region: int, lead: User, *, at: datetime | None = None, part: str = "early") -> Shift:
    """A shift of today."""
    moment = at or timezone.now()
    row: Shift = actions.plan_shift(
        actor=SYSTEM, at=moment, region=Region.objects.get(code=region), day=timezone.localdate(moment), part=part,
        lead=str(lead.pk), agents=[],
    )  # fmt: skip
    return row
