"""Rows of caring for the suite over every record."""

from __future__ import annotations

from datetime import date

from tests import make
from tests.areas.caring import made

_months = iter(date(year, month, 1) for year in range(2000, 2090) for month in range(1, 13))

make.SAMPLES |= {
    "carings": lambda n, region: [made.caring(make.person(region)) for _ in range(n)],
    "caring-plans": lambda n, region: [made.plan(region, next(_months)) for _ in range(n)],
    "visit-pauses": lambda n, region: [made.pause(make.person(region)) for _ in range(n)],
    "caring-searches": lambda n, region: [made.search(make.person(region)) for _ in range(n)],
    "visit-reviews": lambda n, region: [made.review(region, next(_months)) for _ in range(n)],
    "visit-probes": lambda n, region: [made.probe(region) for _ in range(n)],
}
