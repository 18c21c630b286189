"""How long orders take from one moment to another: by organisation, town and service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import STAMPS, Order
from songhe.core.codes.region import TOWN, at_level
from songhe.core.ordering import Figures, figures
from songhe.core.ordering.spans import Span
from songhe.engines.access.api import Scope

BY: dict[str, Callable[[Any], Any]] = {
    "organisation": lambda row: row["organisation_id"],
    "town": lambda row: at_level(row["region_id"], TOWN),
    "item": lambda row: row["item"],
}
COLUMNS = ("region_id", "organisation_id", "item", "case__priority", *STAMPS.values())


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one organisation, town or service, span by span; ``key`` None: all together."""

    key: Any
    spans: dict[str, Figures]
    orders: int


def rows_of(scope: Scope, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """The moments of orders that were placed in a time."""
    rows = Order.objects.within(scope).filter(placed_at__gte=since, placed_at__lt=until).order_by()
    return iter(rows.values(*COLUMNS).iterator(2000))


def taken(row: dict[str, Any], span: Span) -> tuple[int, int] | None:
    """Seconds that an order took for a span, and seconds allowed; nothing where it has not both moments. A phone's clock may
    be a little ahead: nothing takes less than no time."""
    since, until = row[STAMPS[span.since]], row[STAMPS[span.until]]
    if since is None or until is None:
        return None
    seconds = max(0, int((until - since).total_seconds()))
    return seconds, 60 * span.limit(row["case__priority"])


def lines(rows: Iterable[dict[str, Any]], by: str) -> list[Line]:
    """All together first, then each organisation, town or service, those with most orders first."""
    found: defaultdict[Any, defaultdict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    count: defaultdict[Any, int] = defaultdict(int)
    key_of = BY[by]
    for row in rows:
        keys = [None, key_of(row)] if key_of(row) is not None else [None]
        for key in keys:
            count[key] += 1
        for span in terms().spans.values():
            pair = taken(row, span)
            if pair is not None:
                for key in keys:
                    found[key][span.code].append(pair)
    parts = sorted((key for key in count if key is not None), key=lambda key: (-count[key], str(key)))
    return [
        Line(key, {code: figures(found[key][code]) for code in terms().spans}, count[key])
        for key in [None, *parts]
        if key in count
    ]
