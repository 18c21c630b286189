"""Jobs of the registry: the import of persons and the rehashing are known to workers, and duplicates are looked for every night."""

from __future__ import annotations

from typing import Any

from django.db.models import Min

from songhe.areas.registry.actions import people_list, rehashing
from songhe.areas.registry.actions.duplicates import LOOK, suspect_all
from songhe.areas.registry.models import Person
from songhe.core.codes import at_level, span
from songhe.engines.jobs.api import Work, job, periodic

__all__ = ["find_duplicates", "people_list", "rehashing"]


@job(LOOK)
def look_in_region(work: Work) -> dict[str, Any]:
    """Look for entries of one region that may be one person."""
    with work.entered():
        return {"found": suspect_all(*span(work.args["region"]), at=work.at)}


@periodic("registry.duplicates", every_minutes=24 * 60)
def find_duplicates(work: Work) -> dict[str, Any]:
    """Look for entries that may be one person, city by city."""
    found, low = 0, 0
    while True:
        with work.entered():
            first = Person.everywhere.filter(region_id__gte=low).aggregate(first=Min("region_id"))["first"]
            if first is None:
                return {"found": found}
            start, low = span(at_level(first, 2))
            found += suspect_all(start, low, at=work.at)
        work.step(1, 1, str(found))
