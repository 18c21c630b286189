"""Rosters for the suite over every record."""

from __future__ import annotations

from datetime import date, timedelta

from tests import make
from tests.areas.providers import made as providers

from songhe.areas.roster.models import Roster, WorkMonth
from songhe.engines.access.api import SYSTEM


def rosters(n: int, region: int) -> list[Roster]:
    """Plans of one organisation, made and empty."""
    owner = providers.organisation(region)
    return [
        Roster.everywhere.create(
            organisation=owner,
            region_id=region,
            first=providers.AT.date() + timedelta(days=number),
            state="draft",
            seconds=1,
            made_by_id=SYSTEM.id,
            made_by_name="system",
            made_at=providers.AT,
            planned_at=providers.AT,
            cost=0,
        )
        for number in range(n)
    ]


def work_months(n: int, region: int) -> list[WorkMonth]:
    """Months of one organisation."""
    owner = providers.organisation(region)
    return [
        WorkMonth.everywhere.create(
            level="organisation", organisation=owner, region_id=region, month=date(2026 - number // 12, 1 + number % 12, 1),
            visits=3, due=4, punctual=3, known=1, knowable=2, service=180, travel=30, paid=400, computed_at=providers.AT,
        )
        for number in range(n)
    ]  # fmt: skip


make.SAMPLES |= {"rosters": rosters, "work-months": work_months}
