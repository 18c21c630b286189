"""What the circle measures: the share of people within it, service by service, as it was worked out last."""

from __future__ import annotations

from collections.abc import Iterable

from songhe.areas.circle.models import Run
from songhe.areas.circle.queries.figures import table
from songhe.areas.providers.api import service_kinds
from songhe.engines.access.api import current
from songhe.engines.indicators.api import Row, Span, measured
from songhe.engines.regions.models import Region


def rows_of(kind: str, span: Span) -> Iterable[Row]:
    """Covered people over all people, by community, of the newest run that the period has seen."""
    for region in Region.objects.filter(level=2, code__lt=span.high, upper__gt=span.low):
        runs = Run.objects.filter(region=region, at__date__lt=span.period.end).order_by("-at")
        run = runs.first()
        if run is None or kind not in run.kinds:
            continue
        found = table(run, current(), region)
        people, covered = found.column(kind, run.groups[0], None)
        for code, all_, some in zip(found.region.tolist(), people.tolist(), covered.tolist(), strict=True):
            if span.low <= code < span.high and all_:
                yield code, some, all_


def _register(kind: str) -> None:
    @measured(f"circle_{kind}")
    def provider(span: Span) -> Iterable[Row]:
        return rows_of(kind, span)


for _kind in service_kinds():
    _register(_kind)
