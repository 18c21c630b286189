"""Decisions on public notice. What is read here is read by everybody: only the notice's own columns."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import QuerySet

from songhe.areas.entitlement.models import Notice
from songhe.core.codes.region import COUNTY, TOWN, at_level, span
from songhe.engines.access.api import Scope, entered

MOST = 500


def _shown(day: date) -> QuerySet[Notice]:
    rows: QuerySet[Notice] = Notice.objects.here()
    return rows.filter(taken_down_at=None, posted_on__lte=day, until__gte=day)


def on_notice(region: int, day: date) -> list[Notice]:
    """The notices of a region that stand on a day, at most ``MOST``; what is over is left out whatever jobs did."""
    with entered(
        Scope((span(region),))
    ):  # a visitor has no scope: the page's own region, and this table alone
        rows = _shown(day).within_region(*span(region))  # type: ignore[attr-defined]  # a scoped queryset
        return list(rows.defer("application", "body").order_by("region_id", "decision_number", "id")[:MOST])


def places_with_notices(city: int, day: date) -> dict[int, dict[int, int]]:
    """How many notices stand in each town of a city on a day, by county."""
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    with entered(Scope((span(city),))):
        for code in _shown(day).values_list("region_id", flat=True):
            found[at_level(code, COUNTY)][at_level(code, TOWN)] += 1
    return {county: dict(towns) for county, towns in found.items()}
