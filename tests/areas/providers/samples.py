"""Organisations, facilities and workers for the suite over every record."""

from __future__ import annotations

from datetime import date, timedelta

from tests import make
from tests.areas.providers import made

from songhe.areas.providers.actions import take_leave
from songhe.areas.providers.models import (
    Facility,
    Leave,
    Operation,
    Organisation,
    SiteDouble,
    Worker,
)
from songhe.engines.access.api import SYSTEM


def organisations(n: int, region: int) -> list[Organisation]:
    """Organisations registered in a region."""
    return [made.organisation(region) for _ in range(n)]


def facilities(n: int, region: int) -> list[Facility]:
    """Sites of one organisation."""
    owner = made.organisation(region)
    return [made.facility(owner) for _ in range(n)]


def workers(n: int, region: int) -> list[Worker]:
    """Workers of one organisation."""
    owner = made.organisation(region)
    return [made.worker(owner) for _ in range(n)]


def leaves(n: int, region: int) -> list[Leave]:
    """Single days off of one worker."""
    worker, first = workers(1, region)[0], date(2026, 12, 1)
    days = [first + timedelta(days=2 * number) for number in range(n)]
    return [
        take_leave(
            worker, actor=SYSTEM, at=made.AT, why=Leave.Why.OFF, since=day, back=day + timedelta(days=1)
        )
        for day in days
    ]


def operations(n: int, region: int) -> list[Operation]:
    """Contracts of as many sites."""
    return [made.operation(site) for site in facilities(n, region)]


def doubles(n: int, region: int) -> list[SiteDouble]:
    """Pairs of sites that may be one."""
    out = []
    for _ in range(n):
        one, other = facilities(2, region)
        first, second = sorted((one, other), key=lambda site: site.pk)
        told = {"region_id": region, "evidence": ["same_name"], "score": 70, "found_at": made.AT}
        found, _made = SiteDouble.everywhere.get_or_create(first=first, second=second, defaults=told)
        out.append(found)  # entering a site looks for others like it, so it may be there already
    return out


make.SAMPLES |= {
    "organisations": organisations,
    "facilities": facilities,
    "operations": operations,
    "site-doubles": doubles,
    "workers": workers,
    "leaves": leaves,
}
