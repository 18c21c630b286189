"""Jobs of the registry: the import of persons and the rehashing are known to workers, and every night duplicates are looked for
and the middles of villages worked out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Min

from songhe.areas.registry.actions import people_list, rehashing
from songhe.areas.registry.actions.duplicates import LOOK, suspect_all
from songhe.areas.registry.actions.middles import find_middles
from songhe.areas.registry.models import Person
from songhe.areas.registry.queries import likeness
from songhe.core.codes import at_level, span
from songhe.core.codes.region import CITY, COUNTY
from songhe.engines.jobs.api import Work, job, periodic

__all__ = ["find_duplicates", "find_places", "people_list", "rehashing"]


@job(LOOK)
def look_in_region(work: Work) -> dict[str, Any]:
    """Look for entries of one region that may be one person."""
    return {"found": _look(work, *span(work.args["region"]))}


@periodic("registry.duplicates", at="01:20")
def find_duplicates(work: Work) -> dict[str, Any]:
    """Look for entries that may be one person, city by city."""
    return {"found": sum(_look(work, low, high) for low, high in _regions(work, CITY))}


@periodic("registry.middles", at="02:10")
def find_places(work: Work) -> dict[str, Any]:
    """Work out where villages lie, county by county."""
    found = 0
    for low, high in _regions(work, COUNTY):
        with work.entered():
            found += find_middles(low, high, at=work.at)
        work.step(1, 1, str(found))
    return {"found": found}


def _look(work: Work, low: int, high: int) -> int:
    """Look through a range of regions, some groups at a time and each time in a transaction of its own."""
    with work.entered():
        groups = likeness.groups(low, high)
    found, total = 0, len(groups)
    work.step(0, total)
    for start in range(0, total, likeness.GROUPS_AT_ONCE):
        chunk = groups[start : start + likeness.GROUPS_AT_ONCE]
        with work.entered():
            found += suspect_all(chunk, at=work.at)
        work.step(start + len(chunk), total, str(found))
    return found


def _regions(work: Work, level: int) -> Iterator[tuple[int, int]]:
    """The range of each region of a level in which somebody lives."""
    low = 0
    while True:
        with work.entered():
            first = Person.everywhere.filter(region_id__gte=low).aggregate(first=Min("region_id"))["first"]
        if first is None:
            return
        start, low = span(at_level(first, level))
        yield start, low
