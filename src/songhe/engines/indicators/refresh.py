"""Computing figures: ask the provider, add regions up, keep what changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from songhe.core.codes.region import PROVINCE, TOWN, parent
from songhe.core.measure import Figure, Indicator, Period, total
from songhe.engines.access.scope import CODE_END, Scope, entered
from songhe.engines.indicators.models import Value
from songhe.engines.indicators.registry import Row, Span, indicator, provider_of
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region

_PUT = """
INSERT INTO indicators_value
       (indicator, period, computed_at, id, region_id, numerator, denominator, digest)
SELECT %s, %s, %s, one.*
  FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bytea[]) AS one
    ON CONFLICT (indicator, period, region_id) DO UPDATE
   SET numerator = excluded.numerator, denominator = excluded.denominator,
       computed_at = excluded.computed_at, digest = excluded.digest
"""


def refresh(code: str, period: Period, *, at: datetime) -> int:
    """Compute one indicator for one period everywhere; returns how many figures changed.

    Every region down to towns gets a figure, villages those that have something to count. Raises KeyError where
    nothing measures the indicator.
    """
    definition, provider = indicator(code), provider_of(code)
    if provider is None:
        raise KeyError(f"nothing measures {code}")
    with entered(Scope.EVERYTHING):
        found = _checked(definition, provider(Span(period, 0, CODE_END)))
        figures = _zeros(definition) | rolled_up(found, definition)
        return _keep(code, str(period), figures, at)


def rolled_up(found: Mapping[int, Figure], definition: Indicator) -> dict[int, Figure]:
    """The figures given, and those of every region above them; one unknown part makes the sum unknown."""
    if definition.roll_up == "own":
        return dict(found)
    parts: dict[int, list[Figure]] = defaultdict(list)
    for code, figure in found.items():
        above: int | None = code
        while above is not None:
            parts[above].append(figure)
            above = parent(above)
    return {code: total(figures) for code, figures in parts.items()}


def _checked(definition: Indicator, rows: Iterable[Row]) -> dict[int, Figure]:
    found: dict[int, Figure] = {}
    for code, numerator, denominator in rows:
        if code in found:
            raise ValueError(f"{definition.code}: region {code} came twice")
        found[code] = Figure(numerator, denominator)
    return found


def _zeros(definition: Indicator) -> dict[int, Figure]:
    if definition.roll_up == "own":
        return {}
    nothing = Figure(0, None if definition.denominator is None else 0)
    codes = Region.objects.filter(level__range=(PROVINCE, TOWN), until=None).values_list("code", flat=True)
    return dict.fromkeys(codes, nothing)


def _keep(code: str, period: str, figures: Mapping[int, Figure], at: datetime) -> int:
    known = set(Region.objects.filter(code__in=list(figures)).values_list("code", flat=True))
    digests = {region: _digest(figures[region]) for region in known}
    stored = Value.everywhere.filter(indicator=code, period=period)
    before = {region: bytes(digest) for region, digest in stored.values_list("region_id", "digest")}
    changed = [region for region in sorted(known) if before.get(region) != digests[region]]
    if gone := before.keys() - known:
        stored.filter(region_id__in=gone).delete()
    if len(changed) < len(known):
        stored.exclude(region_id__in=changed).update(computed_at=at)
    _write(code, period, {region: figures[region] for region in changed}, at)
    return len(changed)


def _write(code: str, period: str, figures: Mapping[int, Figure], at: datetime) -> None:
    """Put figures in the place of what stands there. A city has thousands for each indicator and month."""
    columns = (
        [uuid7() for _ in figures],
        list(figures),
        [figure.numerator for figure in figures.values()],
        [figure.denominator for figure in figures.values()],
        [_digest(figure) for figure in figures.values()],
    )
    if figures:
        with connection.cursor() as cursor:
            cursor.execute(_PUT, (code, period, at, *columns))


def _digest(figure: Figure) -> bytes:
    return hashlib.sha256(f"{figure.numerator}/{figure.denominator}".encode()).digest()
