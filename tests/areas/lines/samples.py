"""Calls, seats, shifts, hand-overs and exchanges for the suite over every record."""

from __future__ import annotations

import itertools
from datetime import timedelta

from django.utils import timezone
from tests import make
from tests.areas.lines import made

from songhe.areas.lines import actions
from songhe.areas.lines.models import Exchange, Handover, Seat, Session, Shift
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.access.api import SYSTEM

_days = itertools.count(2)


def calls(n: int, region: int) -> list[Session]:
    """Calls that ring."""
    at_ = made.exchange(at_level(region, COUNTY))
    return [made.call(at_, "ringing") for _ in range(n)]


def seats(n: int, region: int) -> list[Seat]:
    """Seats of a county."""
    at_ = made.exchange(at_level(region, COUNTY))
    return [made.seat(at_) for _ in range(n)]


def shifts(n: int, region: int) -> list[Shift]:
    """Shifts of days in a row."""
    county = at_level(region, COUNTY)
    lead = made.agent(region=county)
    at = timezone.now()
    return [made.shift(county, lead, at=at - timedelta(days=next(_days))) for _ in range(n)]


def handovers(n: int, region: int) -> list[Handover]:
    """Shifts that were handed over."""
    return [
        actions.hand_over(row, actor=SYSTEM, at=timezone.now(), note="王奶奶的回访改到下午。")
        for row in shifts(n, region)
    ]


def exchanges(n: int, region: int) -> list[Exchange]:
    """Exchanges of a county."""
    return [made.exchange(at_level(region, COUNTY)) for _ in range(n)]


make.SAMPLES |= {
    "line-calls": calls,
    "seats": seats,
    "shifts": shifts,
    "handovers": handovers,
    "exchanges": exchanges,
}
