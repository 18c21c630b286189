"""Figures add up through the division tree, stay unknown where they are, and show only what a scope allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localtime

from songhe.core.measure import Figure, Light, Period, PlanTarget, Target
from songhe.engines.access.scope import Scope, entered
from songhe.engines.indicators import api, registry
from songhe.engines.indicators.models import Value
from songhe.engines.regions.models import Region

WEIHAI, HUANCUI, RONGCHENG = 371000000000, 371002000000, 371082000000
CODE = "home_service_minutes"
NOVEMBER = Period.parse("2026-11")
pytestmark = pytest.mark.django_db
ROWS: list[api.Row] = []


@pytest.fixture(autouse=True)
def provider() -> Iterator[list[api.Row]]:
    """A provider that gives whatever the test puts in; the real one is put back."""
    known = registry._PROVIDERS.get(CODE)
    registry._PROVIDERS[CODE] = lambda span: [row for row in ROWS if span.low <= row[0] < span.high]
    ROWS.clear()
    yield ROWS
    if known is None:
        del registry._PROVIDERS[CODE]
    else:
        registry._PROVIDERS[CODE] = known


def region(code: int) -> Region:
    return Region.objects.get(code=code)


def villages(county: int, count: int) -> list[int]:
    rows = Region.objects.filter(code__gte=county, code__lt=county + 10**6, level=5).order_by("code")
    return list(rows.values_list("code", flat=True)[:count])


def city_figure(scope: Scope = Scope.EVERYTHING) -> Figure:
    return api.figure(CODE, region(WEIHAI), NOVEMBER, scope)


def test_villages_add_up_to_towns_counties_and_the_city(provider: list[api.Row], at: datetime) -> None:
    one, two = villages(HUANCUI, 2)
    (three,) = villages(RONGCHENG, 1)
    provider += [(one, 60, 1800), (two, 30, 1800), (three, 10, 3600)]
    api.refresh(CODE, NOVEMBER, at=at)
    assert city_figure() == Figure(100, 7200)
    shown = {
        p.region.code: p.shown.figure for p in api.parts(CODE, region(WEIHAI), NOVEMBER, Scope.EVERYTHING)
    }
    assert shown[HUANCUI] == Figure(90, 3600)
    assert shown[RONGCHENG] == Figure(10, 3600)
    assert shown[371003000000] == Figure(0, 0)
    assert sum(figure.numerator or 0 for figure in shown.values()) == 100


def test_an_unknown_part_makes_every_sum_above_it_unknown(provider: list[api.Row], at: datetime) -> None:
    one, two = villages(HUANCUI, 2)
    provider += [(one, 60, 1800), (two, 30, None)]
    api.refresh(CODE, NOVEMBER, at=at)
    assert city_figure() == Figure(90, None)
    assert api.figure(CODE, region(RONGCHENG), NOVEMBER, Scope.EVERYTHING) == Figure(0, 0)


def test_what_was_never_computed_is_unknown_and_not_zero(at: datetime) -> None:
    assert city_figure() == Figure(None, None)
    below = api.parts(CODE, region(WEIHAI), NOVEMBER, Scope.EVERYTHING)
    assert {part.shown.figure for part in below} == {Figure(None, None)}


def test_a_refresh_replaces_and_removes(provider: list[api.Row], at: datetime) -> None:
    one, two = villages(HUANCUI, 2)
    provider += [(one, 60, 1800)]
    assert api.refresh(CODE, NOVEMBER, at=at) > 0
    assert api.refresh(CODE, NOVEMBER, at=at) == 0
    provider[:] = [(two, 5, 10)]
    api.refresh(CODE, NOVEMBER, at=at + timedelta(minutes=5))
    assert city_figure() == Figure(5, 10)
    assert not Value.everywhere.filter(region_id=one, indicator=CODE).exists()
    assert api.computed_at(CODE, NOVEMBER) == at + timedelta(minutes=5)


def test_a_reader_of_one_county_sees_its_part_of_the_city(provider: list[api.Row], at: datetime) -> None:
    (one,), (three,) = villages(HUANCUI, 1), villages(RONGCHENG, 1)
    provider += [(one, 60, 1800), (three, 10, 3600)]
    api.refresh(CODE, NOVEMBER, at=at)
    scope = Scope(((RONGCHENG, RONGCHENG + 10**6),))
    with entered(scope):
        assert city_figure(scope) == Figure(10, 3600)
        below = api.parts(CODE, region(WEIHAI), NOVEMBER, scope)
        assert [part.region.code for part in below] == [RONGCHENG]
        assert api.figure_now(CODE, region(WEIHAI), NOVEMBER, scope) == Figure(10, 3600)
        assert not Value.everywhere.exclude(region_id__gte=RONGCHENG).exists()


def test_a_region_given_twice_is_a_defect(provider: list[api.Row], at: datetime) -> None:
    provider += [(villages(HUANCUI, 1)[0], 1, 1)] * 2
    with pytest.raises(ValueError, match="came twice"):
        api.refresh(CODE, NOVEMBER, at=at)


def test_a_target_is_judged_by_the_figure_of_its_day(provider: list[api.Row], at: datetime) -> None:
    (one,) = villages(HUANCUI, 1)
    provider += [(one, 95, 100)]
    wanted = PlanTarget("x", "X", "某", Target("min", 10_000), CODE, WEIHAI)
    before = api.standing(wanted, at=at, scope=Scope.EVERYTHING)
    assert before.standing.light is Light.UNKNOWN
    now = api.standing(wanted, at=at, scope=Scope.EVERYTHING, now=True)
    assert (now.standing.light, now.standing.value) == (Light.AMBER, 9_500)
    running = Period.holding(localtime(at).date())
    api.refresh(CODE, running, at=at)
    assert api.standing(wanted, at=at, scope=Scope.EVERYTHING).standing.light is Light.UNKNOWN
    api.refresh(CODE, running.shift(-1), at=at)
    assert api.standing(wanted, at=at, scope=Scope.EVERYTHING).standing.value == 9_500


def test_a_stock_is_judged_in_the_running_period(at: datetime) -> None:
    running = Period.holding(localtime(at).date())
    Value.everywhere.create(
        indicator="beds", region_id=WEIHAI, period=str(running), numerator=7, computed_at=at, digest=b""
    )
    wanted = PlanTarget("x", "X", "某", Target("min", 7), "beds", WEIHAI)
    assert api.standing(wanted, at=at, scope=Scope.EVERYTHING).standing.light is Light.GREEN


def test_history_keeps_its_gaps(provider: list[api.Row], at: datetime) -> None:
    provider += [(villages(HUANCUI, 1)[0], 7, 10)]
    api.refresh(CODE, NOVEMBER, at=at)
    months = [NOVEMBER.shift(-1), NOVEMBER]
    found = api.history(CODE, region(WEIHAI), months, Scope.EVERYTHING)
    assert [figure.numerator for _, figure in found] == [None, 7]
