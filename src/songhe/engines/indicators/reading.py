"""Reading figures within a scope: one region, its parts, and how they went over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from songhe.core.codes.region import span
from songhe.core.measure import Figure, Period, Shown, hide_small, total
from songhe.engines.access.scope import Scope
from songhe.engines.indicators.models import Value
from songhe.engines.indicators.registry import Span, indicator, provider_of
from songhe.engines.regions.models import Level, Region

UNKNOWN = Figure(None, None)


@dataclass(frozen=True, slots=True)
class Part:
    """One region below another, with its figure as it may be shown."""

    region: Region
    shown: Shown


def figure(code: str, region: Region, period: Period, scope: Scope) -> Figure:
    """The figure of a region as far as the scope goes; unknown where none was computed.

    A reader of the whole region gets the region's own figure; a reader of some parts gets their sum.
    """
    rows = Value.objects.within(scope).filter(indicator=code, period=str(period))
    own: Value | None = rows.filter(region_id=region.code).first()
    if own is not None:
        return own.figure
    if scope.holds(region.code):
        return UNKNOWN
    parts = rows.filter(region_id__gte=region.code, region_id__lt=region.upper).order_by("region_id")
    return total(_tops(parts))


def figure_now(code: str, region: Region, period: Period, scope: Scope) -> Figure:
    """The figure measured at this moment, within the scope that is entered; unknown without a provider."""
    provider = provider_of(code)
    if provider is None:
        return UNKNOWN
    rows = list(provider(Span(period, region.code, region.upper)))
    seen = [Figure(n, d) for place, n, d in rows if scope.holds(place)]
    return total(seen) if seen else Figure(0, None if indicator(code).denominator is None else 0)


def parts(code: str, region: Region, period: Period, scope: Scope) -> list[Part]:
    """The regions directly below with their figures; small counts are withheld as the definition says."""
    below = [
        child
        for child in Region.objects.filter(parent_id=region.code, until=None).order_by("code")
        if scope.overlaps(child.code, child.upper)
    ]
    rows = Value.objects.within(scope).filter(indicator=code, period=str(period))
    found = {v.region_id: v.figure for v in rows.filter(region_id__in=[child.code for child in below])}
    missing = _missing(code, region, period)
    figures = {child.code: found.get(child.code, missing) for child in below}
    shown = hide_small(figures, below=indicator(code).hide_below)
    return [Part(child, shown[child.code]) for child in below]


def history(
    code: str, region: Region, periods: Iterable[Period], scope: Scope
) -> list[tuple[Period, Figure]]:
    """One figure for each period, oldest first as given; unknown where none was computed."""
    wanted = list(periods)
    if not scope.holds(region.code):
        return [(period, figure(code, region, period, scope)) for period in wanted]
    rows = Value.objects.within(scope).filter(indicator=code, region_id=region.code)
    found = {row.period: row.figure for row in rows.filter(period__in=[str(period) for period in wanted])}
    return [(period, found.get(str(period), UNKNOWN)) for period in wanted]


def figures(codes: Iterable[str], region: Region, period: Period, scope: Scope) -> dict[str, Figure]:
    """The figures of several indicators of one region and period, read at once; unknown where none was computed."""
    wanted = list(codes)
    if not scope.holds(region.code):
        return {code: figure(code, region, period, scope) for code in wanted}
    rows = Value.objects.within(scope).filter(region_id=region.code, period=str(period), indicator__in=wanted)
    found = {row.indicator: row.figure for row in rows}
    return {code: found.get(code, UNKNOWN) for code in wanted}


def computed_at(code: str, period: Period) -> datetime | None:
    """When the indicator was last computed for a period, as far as the entered scope shows."""
    newest = Value.everywhere.filter(indicator=code, period=str(period)).order_by("-computed_at").first()
    return newest.computed_at if newest else None


def _tops(rows: Iterable[Value]) -> list[Figure]:
    """The figures of the uppermost regions among those given, so that nothing is counted twice."""
    tops: list[Figure] = []
    upper = 0
    for value in rows:
        if value.region_id >= upper:
            _, upper = span(value.region_id)
            tops.append(value.figure)
    return tops


def _missing(code: str, region: Region, period: Period) -> Figure:
    """A village left out was counted and had nothing; that is only known when its town has a figure."""
    above = Value.everywhere.filter(indicator=code, period=str(period), region_id=region.code).exists()
    if not above or region.level < Level.TOWN or indicator(code).roll_up == "own":
        return UNKNOWN
    return Figure(0, None if indicator(code).denominator is None else 0)
