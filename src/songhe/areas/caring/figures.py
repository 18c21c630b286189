"""What caring measures: the share of persons due with whom somebody was in touch in the month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from songhe.areas.caring.models import DUE, Caring
from songhe.areas.caring.queries.lists import counting, in_touch
from songhe.engines.indicators.api import Row, Span, measured


def _rows(span: Span) -> QuerySet[Caring]:
    return Caring.everywhere.filter(
        **span.within, planned_on__gte=span.period.start, planned_on__lt=span.period.end,
        state__in=DUE,
    )  # fmt: skip


def _persons(rows: QuerySet[Caring]) -> Counter[int]:
    return Counter(
        dict(rows.values_list("region_id").annotate(n=Count("person_id", distinct=True)).order_by())
    )


@measured("caring_monthly_rate")
def monthly_rate(span: Span) -> Iterable[Row]:
    """Persons visited or called at least once in the month, of all who were due in it."""
    due = _persons(_rows(span))
    seen = _persons(_rows(span).filter(in_touch(span.period.start, span.period.end)))
    return [(region, seen[region], n) for region, n in due.items()]


@measured("caring_contacts")
def contacts(span: Span) -> Iterable[Row]:
    """Visits and calls carried out."""
    rows = counting(span.period.start, span.period.end).filter(**span.within)
    return [
        (region, n, None) for region, n in rows.values_list("region_id").annotate(n=Count("pk")).order_by()
    ]
