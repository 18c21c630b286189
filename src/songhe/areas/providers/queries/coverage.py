"""How places and sites stand under the coverage rules, read under the scope that is entered."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from songhe.areas.providers.models import FUNCTIONS, Facility, Mode, Operation, Ownership, SiteFunction
from songhe.areas.providers.queries.bodies import open_sites
from songhe.areas.providers.rules.coverage import Rule, Rules, Site, Standing, build_rules, stand
from songhe.areas.providers.services import service_kinds
from songhe.core.codes.region import TOWN, VILLAGE
from songhe.core.days import months_later
from songhe.core.sources import read
from songhe.engines.regions.classes import settings_of

BY_SOCIETY = Q(ownership__in=[Ownership.NON_PROFIT, Ownership.ENTERPRISE]) | Q(
    mode__in=[Mode.PRIVATELY_RUN, Mode.ENTRUSTED, Mode.EQUITY]
)


@lru_cache(maxsize=1)
def coverage_rules() -> Rules:
    """The rules of the data file."""
    path = settings.DATA / "nation/coverage.yaml"
    return build_rules(
        read(path.read_text(encoding="utf-8"), name=path.name).data,
        known=[code for code, _label in FUNCTIONS],
        services={code: kind.kinds for code, kind in service_kinds().items()},
    )


def standings(rule: Rule, low: int, high: int, on: date) -> list[Standing]:
    """Every place that a rule asks about in a range of regions, and how it stands on a day."""
    towns = rule.place == "town"
    found = settings_of(low, high, TOWN if towns else VILLAGE)
    wanted = rule.place == "rural"
    places = {code: s.assumed and not towns for code, s in found.items() if towns or s.rural is wanted}
    return stand(rule, places, sites_on(low, high, on), towns=towns)


def sites_on(low: int, high: int, on: date) -> list[Site]:
    """The sites that operate on a day, with what they are for."""
    functions: dict[UUID, set[str]] = defaultdict(set)
    running = Q(until=None) | Q(until__gt=on)
    rows = SiteFunction.everywhere.filter(running, region_id__gte=low, region_id__lt=high, since__lte=on)
    for key, kind in rows.values_list("facility_id", "kind"):
        functions[key].add(kind)
    sites = open_sites(Facility.everywhere.filter(region_id__gte=low, region_id__lt=high), on)
    return [
        Site(key, region, frozenset({kind, *functions.get(key, ())}), area)
        for key, region, kind, area in sites.values_list("pk", "region_id", "kind", "area_m2")
    ]


def asked_sites(rule: Rule, low: int, high: int, on: date) -> QuerySet[Facility]:
    """The sites among which a rule asks for a share."""
    rows = open_sites(Facility.everywhere.filter(region_id__gte=low, region_id__lt=high), on)
    rows = rows.filter(kind__in=rule.kinds) if rule.kinds else rows
    return rows.filter(since__gt=months_later(on, -coverage_rules().new_months)) if rule.new else rows


def meeting(rule: Rule, rows: QuerySet[Facility], on: date) -> QuerySet[Facility]:
    """Those of the sites that are as the rule wants them."""
    if rule.met == "social":
        return rows.filter(BY_SOCIETY)
    return rows.filter(
        pk__in=Operation.everywhere.filter(since__lte=on, until__gte=on, professional=True).values(
            "facility_id"
        )
    )
