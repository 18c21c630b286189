"""Care plans and planned months for the suite over every record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests import make
from tests.areas.care import made
from tests.areas.providers import made as providers

from songhe.areas.care.models import Month, MonthState
from songhe.engines.regions.models import Region


def plans(n: int, region: int) -> list[Any]:
    """Drafts, each of another person."""
    owner = providers.organisation(region)
    return [made.draft(make.person(region=region), owner) for _ in range(n)]


def months(n: int, region: int) -> list[Month]:
    """Months that were planned."""
    here = Region.objects.get(pk=region)
    return [
        Month.everywhere.create(
            region=here, month=date(2026, 1 + number, 1), state=MonthState.DONE, started_by="王科长",
            started_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for number in range(n)
    ]  # fmt: skip


make.SAMPLES |= {"care-plans": plans, "care-months": months}
