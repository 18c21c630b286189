"""The open work of each pair of assessors by village, in the order of the villages' codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from songhe.areas.assessment.models import EDITABLE, Assessment
from songhe.areas.assessment.queries.results import seen
from songhe.engines.access.api import Scope
from songhe.engines.regions.tree import full_name

MOST = 300


@dataclass(frozen=True, slots=True)
class Stop:
    """One village with the persons to be assessed there."""

    region: int
    name: str
    rows: list[Assessment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Way:
    """The work of one pair, village by village."""

    names: tuple[str, str]
    stops: list[Stop] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many persons there are on the way."""
        return sum(len(stop.rows) for stop in self.stops)


def ways(scope: Scope, only: UUID | None = None) -> list[Way]:
    """The ways of all pairs of a scope, or of the pairs of one assessor."""
    rows = seen(scope).filter(state__in=EDITABLE)
    if only is not None:
        rows = rows.filter(Q(first_assessor=only) | Q(second_assessor=only))
    rows = rows.select_related("person", "first_assessor", "second_assessor")
    return arranged(rows.order_by("region_id", "appointment_at", "person__name_pinyin", "id")[:MOST])


def arranged(rows: Iterable[Assessment]) -> list[Way]:
    """Assessments that come by village, sorted into ways; the pair named either way round is one pair."""
    found: dict[tuple[str, str], Way] = {}
    for row in rows:
        first, second = sorted(
            (row.first_assessor, row.second_assessor), key=lambda user: str(user and user.pk)
        )
        way = found.setdefault(
            (str(first and first.pk), str(second and second.pk)), Way((str(first), str(second)))
        )
        if not way.stops or way.stops[-1].region != row.region_id:
            way.stops.append(Stop(row.region_id, full_name(row.region_id, below=3)))
        way.stops[-1].rows.append(row)
    return sorted(found.values(), key=lambda way: way.names)
