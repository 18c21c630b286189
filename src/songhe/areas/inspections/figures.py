"""What inspections measure: facilities checked this year, findings mended by their first deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from songhe.areas.inspections.models import FINISHED, Finding, Inspection
from songhe.areas.providers.api import Facility, open_sites
from songhe.engines.indicators.api import Row, Span, measured


@measured("facilities_checked")
def facilities_checked(span: Span) -> Iterable[Row]:
    """Facilities checked since the beginning of the year among those in operation at the end of the period."""
    sites = Facility.everywhere.filter(**span.within)
    rows = open_sites(sites, span.last_day)
    done = set(
        Inspection.everywhere.filter(
            **span.within, state__in=FINISHED, done_at__year=span.period.year, done_at__lt=span.ends
        ).values_list("facility_id", flat=True)
    )  # fmt: skip
    checked: Counter[int] = Counter()
    all_: Counter[int] = Counter()
    for key, region in rows.values_list("pk", "region_id"):
        all_[region] += 1
        checked[region] += key in done
    return [(region, checked[region], all_[region]) for region in sorted(all_)]


@measured("findings_mended")
def findings_mended(span: Span) -> Iterable[Row]:
    """Findings mended by their first deadline among those whose first deadline fell in the period and is over."""
    rows = Finding.everywhere.filter(
        **span.within, first_due__gte=span.period.start,
        first_due__lt=TruncDate(span.so_far),
    )  # fmt: skip
    found = rows.values_list("region_id").annotate(
        good=Count("pk", filter=Q(mended_on__lte=F("first_due"))), all=Count("pk")
    )
    return list(found.order_by("region_id"))
