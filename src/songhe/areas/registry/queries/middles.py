"""Where villages lie, for maps."""

from __future__ import annotations

from songhe.areas.registry.models import Middle
from songhe.core.codes import Point
from songhe.engines.access.api import Scope


def middles(scope: Scope, low: int, high: int) -> dict[int, Point]:
    """The known middles of the villages in a range of codes, by code; never that of a single home."""
    rows = Middle.objects.within(scope).filter(region_id__gte=low, region_id__lt=high)
    return {row.region_id: row.point for row in rows}
