"""Action plans of the city: read from data files, judged against figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import yaml
from django.conf import settings
from django.utils.timezone import localtime

from songhe.core.measure import Figure, Indicator, Period, Plan, PlanTarget, Standing, judge
from songhe.engines.access.scope import Scope
from songhe.engines.indicators.reading import UNKNOWN, figure, figure_now
from songhe.engines.indicators.registry import indicators, provider_of
from songhe.engines.regions.models import Region


@dataclass(frozen=True, slots=True)
class Judged:
    """A target with the figure behind it and how it stands. ``indicator`` is None where nothing measures it."""

    target: PlanTarget
    indicator: Indicator | None
    figure: Figure
    standing: Standing


@lru_cache(maxsize=8)
def plans(city: str | None = None) -> tuple[Plan, ...]:
    """The plans in ``data/cities/<city>/plans/*.yaml``. Bad files and unknown indicators raise and name themselves."""
    found = []
    for path in sorted((settings.DATA / "cities" / (city or settings.CITY) / "plans").glob("*.yaml")):
        try:
            plan = Plan.build(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError) as fault:
            raise ValueError(f"{path.name}: {fault}") from fault
        if unknown := {t.indicator for t in plan.targets() if t.indicator} - set(indicators()):
            raise ValueError(f"{path.name}: unknown indicators {', '.join(sorted(map(str, unknown)))}")
        found.append(plan)
    return tuple(found)


def target(code: str) -> PlanTarget:
    """One target of the city's plans. An unknown code raises KeyError."""
    for plan in plans():
        for found in plan.targets():
            if found.code == code:
                return found
    raise KeyError(code)


def standings(wanted: Collection[PlanTarget], *, at: datetime, scope: Scope) -> list[Judged]:
    """How several targets stand, their regions asked for once."""
    regions = Region.objects.in_bulk({one.region for one in wanted})
    return [standing(one, at=at, scope=scope, region=regions.get(one.region)) for one in wanted]


def standing(
    wanted: PlanTarget, *, at: datetime, scope: Scope, now: bool = False, region: Region | None = None
) -> Judged:
    """How a target stands on a day, by the day's period for a stock and the last one that is over for a flow.

    With ``now`` the running period is measured at this moment.
    """
    measured_by = indicators().get(wanted.indicator or "")
    day = localtime(at).date()
    if measured_by is None:
        return Judged(wanted, None, UNKNOWN, judge(wanted.target, None, day))
    region = region or Region.objects.get(code=wanted.region)
    running = Period.holding(day, measured_by.period)
    period = running.shift(-1) if measured_by.kind == "flow" and not now else running
    read = figure_now if now and provider_of(measured_by.code) else figure
    seen = read(measured_by.code, region, period, scope)
    return Judged(wanted, measured_by, seen, judge(wanted.target, measured_by.value(seen), day))
