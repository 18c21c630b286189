"""Working out where villages lie; figures made from rows, so no act is kept of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from songhe.areas.registry.models import Middle, Person, State
from songhe.areas.registry.queries.secrets import places_of
from songhe.areas.registry.rules.middles import middle
from songhe.core.codes import Point

ENOUGH = 60
"""Homes of one village that are opened; more would not move its middle."""


def find_middles(low: int, high: int, *, at: datetime) -> int:
    """Work out the middles of all villages in a range of codes; returns how many have one."""
    made = []
    for region, homes in _homes(low, high):
        found = middle(homes)
        if found:
            (lon, lat), count = found
            made.append(Middle(region_id=region, lon=lon, lat=lat, homes=count, found_at=at))
    kept = Middle.everywhere.filter(region_id__gte=low, region_id__lt=high)
    kept.exclude(region_id__in=[row.region_id for row in made]).delete()
    Middle.everywhere.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["region"],
        update_fields=["lon", "lat", "homes", "found_at"],
    )
    return len(made)


def _homes(low: int, high: int) -> Iterator[tuple[int, list[Point]]]:
    """The opened places of homes by village, the newest entries first."""
    rows = Person.everywhere.filter(region_id__gte=low, region_id__lt=high, state=State.ALIVE)
    newest = Window(RowNumber(), partition_by=F("region_id"), order_by=F("id").desc())
    chosen = rows.exclude(place_sealed=b"").annotate(nth=newest).filter(nth__lte=ENOUGH)
    persons = list(chosen.only("id", "region_id", "place_sealed"))
    where = {person.id: person.region_id for person in persons}
    homes: dict[int, list[Point]] = defaultdict(list)
    for owner, place in places_of(persons).items():
        homes[where[owner]].append(place)
    yield from homes.items()
