"""What the hotline measures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.db.models import Count
from django.utils import timezone

from songhe.areas.hotline.models import Call
from songhe.engines.indicators.api import Row, Span, measured


@measured("calls_received")
def calls_received(span: Span) -> Iterable[Row]:
    """Incoming calls, by the region of the person, or of the agent where nobody was found."""
    since, until = (
        timezone.make_aware(datetime.combine(day, time(0))) for day in (span.period.start, span.period.end)
    )
    rows = Call.everywhere.filter(
        region_id__gte=span.low, region_id__lt=span.high, direction=Call.Direction.IN
    )
    rows = rows.filter(started_at__gte=since, started_at__lt=until).order_by()
    return [(region, count, None) for region, count in rows.values_list("region_id").annotate(n=Count("pk"))]
