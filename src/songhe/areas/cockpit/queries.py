"""What the cockpit shows, gathered within the reader's scope."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from songhe.areas.cockpit.rules import SumCheck, at_this_pace
from songhe.core.measure import Figure, Indicator, Light, Period, Plan, judge
from songhe.core.refusal import Hidden
from songhe.engines.access.api import Scope
from songhe.engines.indicators import api as indicators
from songhe.engines.indicators.api import Judged, Part
from songhe.engines.regions.models import Region
from songhe.engines.regions.tree import path_of

HEADLINE = "home_service_minutes"
PER_PERSON = "home_service_per_person"
TARGET = "T-WH-HOURS"
MONTHS = 12
KINDS = (
    "facilities_institution",
    "facilities_day_care",
    "facilities_happiness_home",
    "facilities_canteen",
    "facilities_demonstration",
    "facilities_other",
)
ALL_KINDS = "facilities_all"
STRIP = ("persons_enrolled", "beds", "nursing_beds", "calls_received", "orders_opened", "visits_accepted")


@dataclass(frozen=True, slots=True)
class Headline:
    """Hours delivered of hours granted this month, measured now, and the target they serve."""

    region: Region
    period: Period
    delivered: Figure
    per_person: Figure
    target: Judged | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """One indicator with its figure in a region and period."""

    indicator: Indicator
    figure: Figure

    @property
    def value(self) -> int | None:
        """The number to report."""
        return self.indicator.value(self.figure)


@dataclass(frozen=True, slots=True)
class Drill:
    """One indicator opened: the region, where it lies, its figure, its parts and how it went."""

    counted: Counted
    region: Region
    path: list[tuple[int, str]]
    period: Period
    parts: list[Part]
    history: list[tuple[Period, Figure]]
    computed_at: datetime | None


def home_region(user: Any) -> Region:
    """The region a reader starts in: that of the first grant that opens the cockpit."""
    scope: Scope = user.scope("cockpit.view")
    if not scope.areas:
        raise Hidden("no_area", "Your role covers no region. Ask your administrator.")
    found: Region | None = Region.objects.filter(code=scope.areas[0][0]).first()
    if found is None:
        raise Hidden("no_area", "Your role covers no region. Ask your administrator.")
    return found


def region_for(code: str | None, user: Any) -> Region:
    """The region asked for, if any part of it lies in the reader's scope; else it does not exist for the reader."""
    if not code:
        return home_region(user)
    scope: Scope = user.scope("cockpit.view")
    found = Region.objects.filter(code=int(code)).first() if code.isdecimal() and len(code) == 12 else None
    if found is None or not scope.overlaps(found.code, found.upper):
        raise Hidden("not_found", "There is no such region in your area. Check the address.")
    return found


def period_for(text: str | None, kind: str, at: datetime) -> Period:
    """The period asked for, or the one of this moment; nonsense gives the latter."""
    now = Period.holding(localtime(at).date(), kind)
    try:
        asked = Period.parse(text) if text else now
    except ValueError:
        return now
    return asked if asked.kind == kind and asked <= now else now


def headline(region: Region, scope: Scope, at: datetime) -> Headline:
    """The headline, measured now rather than at the last refresh."""
    period = Period.holding(localtime(at).date())
    delivered = indicators.figure_now(HEADLINE, region, period, scope)
    per_person = indicators.figure_now(PER_PERSON, region, period, scope)
    return Headline(region, period, delivered, per_person, _target(per_person, period, at), at)


def _target(per_person: Figure, period: Period, at: datetime) -> Judged | None:
    """The city's monthly target judged by what the reader's region will have reached at this pace."""
    try:
        wanted = indicators.target(TARGET)
    except KeyError:
        return None
    found = indicators.indicator(PER_PERSON)
    day = localtime(at).date()
    standing = judge(wanted.target, at_this_pace(found.value(per_person), period, day), day)
    return Judged(wanted, found, per_person, standing)


def strip(region: Region, scope: Scope, at: datetime) -> list[Counted]:
    """The counts under the headline, by the last refresh."""
    return _counted(STRIP, region, scope, at)


def facilities(region: Region, scope: Scope, at: datetime) -> tuple[list[Counted], SumCheck]:
    """Facilities by kind, and whether the kinds add up to the stated total."""
    *rows, whole = _counted((*KINDS, ALL_KINDS), region, scope, at)
    return rows, SumCheck(sum(row.value or 0 for row in rows), whole.value)


def trend(
    code: str, region: Region, period: Period, scope: Scope, *, length: int = MONTHS
) -> list[tuple[Period, Figure]]:
    """The figures of the last periods, oldest first."""
    return indicators.history(
        code, region, [period.shift(step - length + 1) for step in range(length)], scope
    )


def drill(code: str, region: Region, period: Period, scope: Scope, at: datetime) -> Drill:
    """One indicator in one region, opened. The running period is measured now."""
    definition = indicators.indicators().get(code)
    if definition is None:
        raise Hidden("not_found", "There is no such indicator. Check the address.")
    return Drill(
        Counted(definition, indicators.figure(code, region, period, scope)),
        region,
        path_of(region.code, below=1),
        period,
        indicators.parts(code, region, period, scope),
        trend(code, region, period, scope),
        indicators.computed_at(code, period),
    )


def plans(scope: Scope, at: datetime) -> list[tuple[Plan, list[tuple[Any, list[Judged]]]]]:
    """The city's plans: tasks, and how each target stands as far as the reader's scope goes."""
    found = []
    for plan in indicators.plans():
        judged = iter(indicators.standings([*plan.targets()], at=at, scope=scope))
        found.append((plan, [(task, [next(judged) for _ in task.targets]) for task in plan.tasks]))
    return found


def lights(scope: Scope, at: datetime) -> Counter[Light]:
    """How many targets of the plans are green, amber, red and unknown."""
    return Counter(
        judged.standing.light for _, tasks in plans(scope, at) for _, targets in tasks for judged in targets
    )


def monthly(region: Region, period: Period, scope: Scope) -> list[Counted]:
    """Every indicator that is measured by the month, in one region and month."""
    known = {code: found for code, found in indicators.indicators().items() if found.period == period.kind}
    figures = indicators.figures(known, region, period, scope)
    return [Counted(found, figures[code]) for code, found in known.items()]


def _counted(codes: tuple[str, ...], region: Region, scope: Scope, at: datetime) -> list[Counted]:
    """Indicators measured by the month, with their figures of the running month."""
    figures = indicators.figures(codes, region, Period.holding(localtime(at).date()), scope)
    return [Counted(indicators.indicator(code), figures[code]) for code in codes]


def months_back(day: date, count: int) -> list[Period]:
    """The last months, newest first, for the choice of a period."""
    return [Period.holding(day).shift(-step) for step in range(count)]
