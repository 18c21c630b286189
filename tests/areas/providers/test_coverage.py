"""Coverage as officers see it: shares with their denominators, goals, what is missing, and who may see which part."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.utils import timezone
from tests import make
from tests.areas.providers import made

from songhe.areas.providers import actions
from songhe.areas.providers.figures import rows_of
from songhe.areas.providers.models import ContractKind, Kind
from songhe.areas.providers.queries.coverage import coverage_rules, standings
from songhe.areas.providers.screens.coverage import goal
from songhe.core.measure import Period
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.acts.models import Act
from songhe.engines.indicators.api import Span, figure_now, indicators, provider_of
from songhe.engines.regions.models import Level, Region

pytestmark = pytest.mark.django_db
RULES = coverage_rules().rules


def places(rural: bool) -> list[int]:
    codes = Region.objects.filter(
        code__gte=make.COUNTY, code__lt=make.COUNTY + 10**6, level=Level.VILLAGE, until=None
    ).values_list("code", flat=True)
    return [code for code in codes if (code % 1000 // 100 in (2, 3, 5)) is rural]


def figure(code: str, region: int = make.COUNTY) -> tuple[int | None, int | None]:
    with entered(Scope.EVERYTHING):
        found = figure_now(
            code, Region.objects.get(pk=region), Period.holding(timezone.localdate(made.AT)), Scope.EVERYTHING
        )
    return found.numerator, found.denominator


def test_every_rule_has_its_indicator_and_its_measure() -> None:
    for code in RULES:
        assert code in indicators()
        assert provider_of(code) is not None
        assert indicators()[code].denominator, "every share says over what"


def test_area_of_a_community_is_that_of_all_its_sites_and_the_denominator_is_every_community() -> None:
    (urban, *_), owner = places(rural=False), made.organisation()
    for number, area in enumerate((250, 160)):
        site = made.facility(owner, Kind.DAY_CARE, urban, name=f"日间照料{number}")
        actions.set_beds(site, actor=SYSTEM, at=made.AT, beds=0, nursing_beds=0, area_m2=area)
    assert figure("coverage_area_urban") == (1, len(places(rural=False)))
    assert figure("coverage_day_care") == (1, len(places(rural=False)))
    village = made.facility(owner, Kind.HAPPINESS_HOME, places(rural=True)[0])
    actions.set_beds(village, actor=SYSTEM, at=made.AT, beds=0, nursing_beds=0, area_m2=90)
    assert figure("coverage_area_rural") == (1, len(places(rural=True))), "about 100 m²"
    actions.set_beds(village, actor=SYSTEM, at=made.AT, beds=0, nursing_beds=0, area_m2=89)
    assert figure("coverage_area_rural")[0] == 0
    assert figure("coverage_happiness_home") == (1, len(places(rural=True)))


def test_a_function_counts_as_a_kind_does_and_a_class_of_the_bureau_goes_before_the_number() -> None:
    owner = made.organisation()
    code = places(rural=True)[0]
    site = made.facility(owner, Kind.HAPPINESS_HOME, code)
    town = code // 1000 * 1000
    with entered(Scope.EVERYTHING):
        assert not next(
            s
            for s in standings(
                RULES["coverage_centre_town"], make.COUNTY, make.COUNTY + 10**6, date(2026, 11, 25)
            )
            if s.region == town
        ).met
    actions.add_function(site, actor=SYSTEM, at=made.AT, kind="street_centre", since=date(2026, 1, 1))
    actions.add_function(site, actor=SYSTEM, at=made.AT, kind="canteen", since=date(2026, 1, 1), diners=20)
    assert figure("coverage_centre_town")[0] == 1
    assert figure("coverage_canteen")[0] == 1
    before = figure("coverage_canteen")[1]
    Region.objects.filter(pk=code).update(setting=111)
    assert figure("coverage_canteen") == (0, (before or 0) - 1), "it is a community of the city now"
    Region.objects.filter(pk=code).update(setting=None)


def test_shares_of_sites_ask_for_contracts_in_force() -> None:
    owner = made.organisation()
    sites = [made.facility(owner, Kind.DAY_CARE, make.village(), since=date(2026, 3, 1)) for _ in range(4)]
    made.operation(sites[0])
    made.operation(sites[1], professional=False)
    made.operation(sites[2], since=date(2020, 3, 1), until=date(2024, 1, 1))
    old = made.facility(owner, Kind.CANTEEN, make.village(), since=date(2015, 1, 1))
    made.operation(old, kind=ContractKind.EQUITY)
    assert figure("operation_professional") == (1, 4)
    assert figure("operation_entrusted") == (1, 4), "the canteen is not new"
    home = made.facility(owner, Kind.NURSING_HOME, make.village())
    assert figure("operation_social") == (0, 1)
    actions.describe_facility(
        home, actor=SYSTEM, at=made.AT, name=home.name, kind=Kind.NURSING_HOME, mode="privately_run"
    )
    assert figure("operation_social") == (1, 1)


def test_rows_of_a_rule_hold_each_place_once() -> None:
    with entered(Scope.EVERYTHING):
        for rule in RULES.values():
            found = list(
                rows_of(rule, Span(Period.holding(date(2026, 11, 25)), make.COUNTY, make.COUNTY + 10**6))
            )
            assert len({region for region, _n, _d in found}) == len(found)
            assert all(0 <= (n or 0) <= (d or 0) for _region, n, d in found)


def test_the_goal_is_the_citys_where_its_plan_names_one() -> None:
    county = Region.objects.get(pk=make.COUNTY)
    assert goal("coverage_canteen", county)[0] == 6500
    other = Region.objects.get(pk=make.OTHER_COUNTY)
    assert goal("coverage_canteen", other) != goal("coverage_canteen", county), (
        "the plan names Rongcheng alone"
    )
    assert goal("coverage_area_rural", county)[0] is None


def test_an_insider_sees_gaps_and_takes_them_along_and_a_town_sees_its_own() -> None:
    desk = made.client_of(make.user("county_officer", make.COUNTY))
    page = desk.get("/coverage/")
    assert page.status_code == 200
    assert page.context["stock"]["fits"]
    urban = places(rural=False)
    listed = desk.get("/coverage/coverage_area_urban/", {"sort": "name"})
    assert listed.context["count"] == len(urban)
    for sort in ("-area_m2", "persons", "sites", "above", "nonsense", "-"):
        assert desk.get("/coverage/coverage_area_urban/", {"sort": sort}).status_code == 200, sort
    file = desk.get("/coverage/coverage_area_urban/", {"format": "csv"})
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert sorted(int(row[0]) for row in rows[1:]) == sorted(urban)
    assert Act.objects.filter(verb="providers.gaps").exists(), "taking the list is recorded"
    town = made.client_of(make.user("town_officer", make.town()))
    mine = [code for code in urban if code // 1000 * 1000 == make.town()]
    assert town.get("/coverage/coverage_area_urban/").context["count"] == len(mine)
    assert town.get("/coverage/", {"region": str(make.OTHER_COUNTY)}).status_code == 404
    assert town.get("/coverage/", {"region": "x"}).status_code == 200
    assert town.get("/coverage/no_such_rule/").status_code == 404
    village = made.client_of(make.user("village_officer", make.village()))
    assert village.get("/coverage/").status_code == 200


def test_strangers_see_no_coverage() -> None:
    neighbour = made.client_of(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get("/coverage/", {"region": str(make.COUNTY)}).status_code == 404
    assert neighbour.get("/coverage/coverage_area_urban/", {"region": str(make.COUNTY)}).status_code == 404
    owner = made.organisation()
    manager = made.client_of(make.user("organisation_manager", make.COUNTY, holder_id=owner.pk))
    assert manager.get("/coverage/").status_code == 403
