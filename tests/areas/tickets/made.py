"""Makers of city lines and their cases."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from tests import make

from songhe.areas.tickets import actions
from songhe.areas.tickets.actions.hearing import Told
from songhe.areas.tickets.models import CaseExtension, CityCase, CityLine
from songhe.engines.access.api import SYSTEM
from songhe.engines.regions.models import Region

_numbers = itertools.count(1)


def line(region: int = 0, way: str = "simulated", url: str = "") -> CityLine:
    """A platform of 12345 in a county."""
    row: CityLine = actions.open_line(
        actor=SYSTEM, at=timezone.now(), code=f"city-{next(_numbers)}", name="市12345热线",
        region=Region.objects.get(code=region or make.COUNTY), way=CityLine.Way(way), url=url,
    )  # fmt: skip
    return row


def told(number: str, what: str = "new", **more: Any) -> Told:
    """One message of 12345."""
    key = more.pop("key", f"m{next(_numbers)}")
    return Told(
        key=key,
        number=number,
        what=what,
        words=more.pop("words", "请核实助餐点何时开门"),
        body=key.encode(),
        **more,
    )


def case(at_: CityLine | None = None, *, at: datetime | None = None, **more: Any) -> CityCase:
    """A case that arrived."""
    at_ = at_ or line()
    number = f"DH2026{next(_numbers):08}"
    more = {"caller": "13963112345", "title": "助餐点开放时间", **more}
    actions.hear(at_, told(number, **more), at=at or timezone.now())
    return CityCase.everywhere.get(line=at_, number=number)


def extension(at_: CityLine | None = None) -> CaseExtension:
    """More time that was asked for."""
    row = case(at_, due_at=timezone.now() + timedelta(days=3))
    actions.take_up(row, actor=SYSTEM, at=timezone.now())
    made: CaseExtension = actions.ask_extension(
        row, actor=SYSTEM, at=timezone.now(), days=3, reason="需上门核实"
    )
    return made
