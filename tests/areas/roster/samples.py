"""Rosters for the suite over every record."""

from __future__ import annotations

from datetime import timedelta

from tests import make
from tests.areas.providers import made as providers

from songhe.areas.roster.models import Roster
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


make.SAMPLES |= {"rosters": rosters}
