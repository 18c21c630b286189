"""Looking for entries of the register that may be one site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

from songhe.areas.providers.models import Facility, State
from songhe.areas.providers.rules.likeness import Entry, Like, alike
from songhe.core.codes import Point

GRID = 500  # steps of a degree: cells of about 200 m, so that neighbours lie in the same or the next
COLUMNS = ("pk", "name", "kind", "region_id", "licence_no", "organisation__credit_code", "lon", "lat")


def entries(low: int, high: int) -> dict[UUID, Entry]:
    """What is compared of the sites of a range of regions that are not closed."""
    rows = Facility.everywhere.filter(region_id__gte=low, region_id__lt=high).exclude(state=State.CLOSED)
    return {
        pk: Entry(name, kind, region, licence, code, None if lon is None else Point(lon, lat))
        for pk, name, kind, region, licence, code, lon, lat in rows.values_list(*COLUMNS)
    }


def pairs(found: dict[UUID, Entry], *, of: UUID | None = None) -> Iterator[tuple[UUID, UUID, Like]]:
    """Suspicious pairs, of one entry or of all; compared are those that share a cell, a region or a licence."""
    seen: set[tuple[UUID, UUID]] = set()
    for group in _groups(found):
        mine = group if of is None else [of] if of in group else []
        for one in mine:
            for other in group:
                pair = min(one, other), max(one, other)
                if one == other or pair in seen:
                    continue
                seen.add(pair)
                like = alike(found[pair[0]], found[pair[1]])
                if like.suspicious:
                    yield *pair, like


def _groups(found: dict[UUID, Entry]) -> Iterable[list[UUID]]:
    groups: dict[object, list[UUID]] = defaultdict(list)
    for pk, entry in found.items():
        groups[entry.region].append(pk)
        if entry.licence:
            groups[entry.licence].append(pk)
        if entry.point:
            x, y = int(entry.point.lon * GRID), int(entry.point.lat * GRID)
            for cell in ((x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)):
                groups[cell].append(pk)
    return [group for group in groups.values() if len(group) > 1]
