"""Names of many regions at once, and the search behind the region picker."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from songhe.core.codes.region import parent
from songhe.engines.access.prepared import rows_of
from songhe.engines.access.scope import Scope
from songhe.engines.regions.models import Region

DIGITS = 12
"""Of a region's code."""
_NAMES = f"SELECT code, name FROM {Region._meta.db_table} WHERE code = ANY(%s::bigint[])"  # noqa: S608  no input


def names_of(codes: Iterable[int]) -> dict[int, str]:
    """Names by code, in one query."""
    wanted = list(set(codes))
    return dict(rows_of(_NAMES, [wanted])) if wanted else {}


def parent_of(code: int) -> int | None:
    """The code above, or None for a province and for a code that is no region code."""
    try:
        return parent(code)
    except ValueError:
        return None


def reachable(scope: Scope) -> QuerySet[Region]:
    """The present regions that a reader may choose: those inside the scope, or inside its bounds."""
    inside = Q(pk__in=[])
    for low, high in (*scope.areas, *scope.bounds):
        inside |= Q(code__gte=low, code__lt=high)
    return Region.objects.filter(inside, until=None)


def look_up(words: str, scope: Scope) -> QuerySet[Region]:
    """Regions whose name holds the words, whose pinyin starts so, or with that code; larger regions first."""
    text = words.strip()
    match = Q(name__contains=text) | Q(pinyin__startswith=text.lower())
    if text.isdecimal() and len(text) <= DIGITS:
        match |= Q(code=int(text.ljust(DIGITS, "0")))
    return reachable(scope).filter(match).order_by("level", "code")


def described(regions: Iterable[Region]) -> list[tuple[Region, str]]:
    """Each region with the names above it, so that two villages of one name can be told apart."""
    rows = list(regions)
    above = {row.code: _above(row.code) for row in rows}
    names = names_of({code for codes in above.values() for code in codes})
    return [(row, " · ".join(names[code] for code in above[row.code] if code in names)) for row in rows]


def _above(code: int) -> list[int]:
    out: list[int] = []
    step = parent_of(code)
    while step and len(out) < 3:
        out.append(step)
        step = parent_of(step)
    return list(reversed(out))
