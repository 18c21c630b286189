"""What the grid measures: elders who live alone with a helper, villages with a full roster, points, helpers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef

from songhe.areas.grid.limits import terms
from songhe.areas.grid.models import Helper, Pair, Post
from songhe.areas.grid.queries.books import ALONE, helping, holding
from songhe.areas.grid.queries.rosters import gaps_of
from songhe.areas.providers.api import Facility, Kind
from songhe.areas.registry.api import Person, tagged
from songhe.engines.access.api import elevated
from songhe.engines.indicators.api import Row, Span, measured
from songhe.engines.regions.models import Level, Region


@measured("grid_alone_with_helper")
def alone_with_helper(span: Span) -> Iterable[Row]:
    """Persons who live alone and have a helper, of all who live alone, on the last day of the period."""
    day = span.last_day
    rows = Person.everywhere.filter(**span.within, state="alive", pk__in=tagged(ALONE, day))
    all_ = Counter(dict(rows.values_list("region_id").annotate(n=Count("pk")).order_by()))
    has = rows.filter(Exists(Pair.everywhere.filter(holding(day), person_id=OuterRef("pk"))))
    found = Counter(dict(has.values_list("region_id").annotate(n=Count("pk")).order_by()))
    return [(region, found[region], n) for region, n in all_.items()]


@measured("grid_full_rosters")
def full_rosters(span: Span) -> Iterable[Row]:
    """Villages whose roster has no gap in the week that ends the period, of all villages."""
    level = next((one for one in terms().levels if one.posts and one.region == Level.VILLAGE), None)
    if level is None:
        return []
    first = span.period.end - timedelta(days=7)
    posts = list(Post.everywhere.filter(**span.within, level=level.code, since__lte=first, until=None))
    with elevated():
        gaps = gaps_of(posts, first, 7)
    full = {row.region_id for row in posts if row.pk not in gaps}
    codes = Region.objects.filter(code__gte=span.low, code__lt=span.high, level=Level.VILLAGE, until=None)
    return [(code, int(code in full), 1) for code in codes.values_list("code", flat=True)]


@measured("grid_points")
def points(span: Span) -> Iterable[Row]:
    """Mutual-aid points in operation on the last day of the period."""
    day = span.last_day
    rows = Facility.everywhere.filter(**span.within, kind=Kind.MUTUAL_POINT, state="active").exclude(
        since__gt=day
    )
    return [
        (region, n, None) for region, n in rows.values_list("region_id").annotate(n=Count("pk")).order_by()
    ]


@measured("grid_helpers")
def helpers(span: Span) -> Iterable[Row]:
    """Helpers on the list on the last day of the period."""
    rows = helping(Helper.everywhere.filter(**span.within), span.last_day)
    return [
        (region, n, None) for region, n in rows.values_list("region_id").annotate(n=Count("pk")).order_by()
    ]
