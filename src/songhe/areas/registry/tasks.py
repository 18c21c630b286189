"""Jobs of the registry: the import of persons and the rehashing are known to workers, and every night duplicates are looked for
and the middles of villages worked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Min

from songhe.areas.registry.actions import people_list, rehashing
from songhe.areas.registry.actions.duplicates import LOOK, suspect_all
from songhe.areas.registry.actions.middles import find_middles
from songhe.areas.registry.models import Person
from songhe.core.codes import at_level, span
from songhe.core.codes.region import CITY, COUNTY
from songhe.engines.jobs.api import Work, job, periodic

__all__ = ["find_duplicates", "find_places", "people_list", "rehashing"]


@job(LOOK)
def look_in_region(work: Work) -> dict[str, Any]:
    """Look for entries of one region that may be one person."""
    with work.entered():
        return {"found": suspect_all(*span(work.args["region"]), at=work.at)}


@periodic("registry.duplicates", at="01:20")
def find_duplicates(work: Work) -> dict[str, Any]:
    """Look for entries that may be one person, city by city."""
    return {"found": _through(work, CITY, lambda low, high: suspect_all(low, high, at=work.at))}


@periodic("registry.middles", at="02:10")
def find_places(work: Work) -> dict[str, Any]:
    """Work out where villages lie, county by county."""
    return {"found": _through(work, COUNTY, lambda low, high: find_middles(low, high, at=work.at))}


def _through(work: Work, level: int, step: Callable[[int, int], int]) -> int:
    """One step for each region of a level in which somebody lives, each in a transaction of its own."""
    found, low = 0, 0
    while True:
        with work.entered():
            first = Person.everywhere.filter(region_id__gte=low).aggregate(first=Min("region_id"))["first"]
            if first is None:
                return found
            start, low = span(at_level(first, level))
            found += step(start, low)
        work.step(1, 1, str(found))
