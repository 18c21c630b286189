"""What the register does by the clock: contracts begin, and every night doubles are looked for."""

from __future__ import annotations

from typing import Any

from songhe.areas.providers import actions
from songhe.areas.providers.models import Facility
from songhe.core.codes import at_level, span
from songhe.core.codes.region import CITY
from songhe.engines.jobs.api import Work, periodic


@periodic("providers.turn", every_minutes=60)
def turn(work: Work) -> dict[str, Any]:
    """Let operation contracts take effect on their first day."""
    with work.entered():
        return {"begun": actions.turn_operations(at=work.at)}


@periodic("providers.doubles", at="01:10")
def find_doubles(work: Work) -> dict[str, Any]:
    """Look for entries that may be one site, city by city."""
    with work.entered():
        codes = Facility.everywhere.order_by("region_id").values_list("region_id", flat=True)
        cities = sorted({at_level(code, CITY) for code in codes})
        return {"found": sum(actions.suspect_all(*span(city), at=work.at) for city in cities)}
