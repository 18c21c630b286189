"""Who may go to whom: the paired, else the helpers of the village, else those of the nearest village that has any."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from songhe.areas.caring.models import OPEN, Caring
from songhe.areas.grid.api import Helper, HelperKind, Pair, Role
from songhe.areas.registry.api import middles
from songhe.core.codes import distance_metres
from songhe.core.codes.region import TOWN, at_level
from songhe.engines.access.api import Scope

GOING = (HelperKind.NEIGHBOUR, HelperKind.GRID_WORKER, HelperKind.CADRE, HelperKind.VOLUNTEER)
IN_ORDER = {Role.FIRST: 0, Role.GRID: 1, Role.MORE: 2}


def who_may(persons: Mapping[UUID, int], low: int, high: int, day: date) -> dict[UUID, tuple[UUID, ...]]:
    """Helpers for each person (by key, with the region), the preferred first; three questions, whatever the number.

    Where people live is sealed, so that nearness is told by villages: a helper of the same one, or of the nearest.
    """
    near_by = paired(persons, day)
    near = _Near(low, high, day)
    return {key: near_by.get(key) or near.of(region) for key, region in persons.items()}


def paired(persons: Iterable[UUID], day: date) -> dict[UUID, tuple[UUID, ...]]:
    rows = Pair.everywhere.filter(
        Q(until=None) | Q(until__gt=day), Q(helper__until=None) | Q(helper__until__gt=day),
        person__id__among=list(persons), since__lte=day,
    )  # fmt: skip
    found: dict[UUID, list[tuple[int, str, UUID]]] = defaultdict(list)
    for person, helper, role in rows.values_list("person_id", "helper_id", "role"):
        found[person].append((IN_ORDER[Role(role)], str(helper), helper))
    return {key: tuple(helper for _rank, _text, helper in sorted(pairs)) for key, pairs in found.items()}


class _Near:
    """Helpers by village, and for villages without any those of the nearest."""

    def __init__(self, low: int, high: int, day: date) -> None:
        rows = Helper.everywhere.filter(
            Q(until=None) | Q(until__gt=day),
            region_id__gte=low,
            region_id__lt=high,
            since__lte=day,
            kind__in=GOING,
        )
        self.by_village: dict[int, list[UUID]] = defaultdict(list)
        for helper, region in rows.order_by("kind", "id").values_list("pk", "region_id"):
            self.by_village[region].append(helper)
        self.middles = middles(Scope.EVERYTHING, low, high)
        self.by_town: dict[int, list[int]] = defaultdict(list)
        for region in sorted(self.by_village):
            self.by_town[at_level(region, TOWN) if region % 10**6 else region].append(region)
        self.known: dict[int, tuple[UUID, ...]] = {}

    def of(self, region: int) -> tuple[UUID, ...]:
        """The helpers who may go to somebody of a village."""
        if region not in self.known:
            self.known[region] = tuple(self.by_village.get(region) or self._nearest(region))
        return self.known[region]

    def _nearest(self, region: int) -> list[UUID]:
        others = self.by_town.get(at_level(region, TOWN), [])
        here = self.middles.get(region)
        if here is None:
            return [helper for other in others for helper in self.by_village[other]]
        away = {
            other: distance_metres(here, self.middles[other]) for other in others if other in self.middles
        }
        best = min(others, key=lambda other: (away.get(other, 1e9), other), default=None)
        return self.by_village[best] if best is not None else []


def open_loads(helpers: Iterable[UUID], since: date, until: date) -> Counter[UUID]:
    """What helpers have to do already in some days."""
    rows = Caring.everywhere.filter(
        helper__id__among=list(helpers), planned_on__gte=since, planned_on__lt=until, state__in=OPEN
    )
    return Counter(dict(rows.values_list("helper_id").annotate(n=Count("pk")).order_by()))
