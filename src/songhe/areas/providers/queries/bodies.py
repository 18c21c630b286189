"""Reads that join or add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Avg, Q, QuerySet, Sum

from songhe.areas.providers.catalogue import catalogue
from songhe.areas.providers.models import CANTEENS, Facility, Leave, Organisation, State, Worker
from songhe.core.codes import Point, distance_metres, span
from songhe.engines.access.api import Grant, Scope, elevated
from songhe.engines.notices.api import Recipient
from songhe.engines.vault.api import open_keys, reveal_with

Named = tuple[Worker, int | None]


def open_sites(rows: QuerySet[Facility], on: date) -> QuerySet[Facility]:
    """The sites of a queryset that operate on a day."""
    begun, not_over = Q(since=None) | Q(since__lte=on), Q(until=None) | Q(until__gt=on)
    return rows.filter(begun & not_over, state=State.ACTIVE)


def site_middles(scope: Scope, low: int, high: int) -> dict[int, Point]:
    """The middle of the sites in each region of a range of codes, by code, as far as their places are known."""
    rows = Facility.objects.within(scope).filter(region_id__gte=low, region_id__lt=high, state=State.ACTIVE)
    found = rows.exclude(lon=None).values_list("region_id").annotate(lon=Avg("lon"), lat=Avg("lat"))
    return {region: Point(lon, lat) for region, lon, lat in found.order_by("region_id")}


def operating_canteen(region_code: int, on: date) -> bool:
    """Whether a canteen or dining table operates in a region on a day.

    That a canteen is open is public, and whoever works out a meal subsidy may not reach its operator's rows.
    """
    low, high = span(region_code)
    with elevated():
        rows = Facility.everywhere.filter(region_id__gte=low, region_id__lt=high, kind__in=CANTEENS)
        return open_sites(rows, on).exists()


def canteen_regions(region_code: int, on: date) -> frozenset[int]:
    """The codes below a region in which a canteen operates on a day; public, as above."""
    low, high = span(region_code)
    with elevated():
        rows = Facility.everywhere.filter(region_id__gte=low, region_id__lt=high, kind__in=CANTEENS)
        return frozenset(open_sites(rows, on).values_list("region_id", flat=True))


def canteens_of(region_code: int) -> list[tuple[int, int, int]]:
    """Where below a region canteens operate and when: region code, first day and the day before which (since 1970)."""
    low, high = span(region_code)
    rows = Facility.everywhere.filter(
        region_id__gte=low, region_id__lt=high, kind__in=CANTEENS, state=State.ACTIVE
    )
    return [
        (region, _days(since or date.min), _days(until or date.max))
        for region, since, until in rows.values_list("region_id", "since", "until")
    ]


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def organisation_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of organisations; public, so that an order can name who serves it to whoever may see the order."""
    wanted = {found for found in ids if found}
    if not wanted:
        return {}
    with elevated():
        return dict(Organisation.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def worker_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of workers; known to whoever may see the visit that names them."""
    wanted = {found for found in ids if found}
    if not wanted:
        return {}
    with elevated():
        return dict(Worker.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def workers_told(ids: Collection[UUID]) -> dict[UUID, list[Recipient]]:
    """For each worker how to tell them something: the account that serves under their name, and their number."""
    with elevated():  # whoever plans need not see the telephone
        rows = {row.pk: row for row in Worker.everywhere.filter(pk__in=ids)}
        keys = open_keys(rows)
        grants = Grant.objects.filter(holder_id__in=rows, revoked_at=None).order_by("since", "id")
        users = dict(grants.values_list("holder_id", "user_id"))
    return {
        key: [
            Recipient(
                user_id=users.get(key),
                name=rows[key].name,
                number=reveal_with(keys[key], key, rows[key].phone_sealed) if key in keys else "",
            )
        ]
        if key in rows
        else []
        for key in ids
    }


def employed(
    scope: Scope, on: date, *, organisation_id: UUID | None = None, last: date | None = None
) -> QuerySet[Worker]:
    """Workers employed on a day, or on any until the ``last``, by operating organisations that the scope reaches."""
    rows = Worker.objects.within(scope).filter(since__lte=last or on, organisation__state=State.ACTIVE)
    rows = rows.filter(Q(until=None) | Q(until__gt=on))
    return rows.filter(organisation_id=organisation_id) if organisation_id else rows


def nearest_qualified(
    scope: Scope, item_code: str, place: Point | None, *, on: date, most: int = 20
) -> list[Named]:
    """Qualified workers with the distance in metres from their base, nearest first; unknown distances last."""
    known = catalogue()
    item = known.item(item_code)
    found = [
        worker for worker in employed(scope, on) if worker.certified(on) and known.able(worker.skills, item)
    ]
    ranked = [(worker, metres(worker.point, place)) for worker in found]
    ranked.sort(key=lambda pair: (pair[1] is None, pair[1] or 0, str(pair[0].pk)))
    return ranked[:most]


def metres(a: Point | None, b: Point | None) -> int | None:
    """Whole metres between two places; None where one is unknown."""
    return None if a is None or b is None else round(distance_metres(a, b))


def organisations_serving(scope: Scope, kind: str) -> QuerySet[Organisation]:
    """Operating organisations that give one kind of service."""
    rows: QuerySet[Organisation] = Organisation.objects.within(scope).filter(state=State.ACTIVE)
    return rows.filter(kinds__contains=[kind])


def beds(scope: Scope, on: date) -> dict[str, int]:
    """Beds and nursing beds of the sites that operate on a day."""
    sums = open_sites(Facility.objects.within(scope), on).aggregate(
        beds=Sum("beds"), nursing=Sum("nursing_beds")
    )
    return {name: value or 0 for name, value in sums.items()}


def search_organisations(rows: QuerySet[Organisation], words: str, scope: Scope) -> QuerySet[Organisation]:
    """Organisations whose name holds the words or whose credit code starts so."""
    return rows.filter(Q(name__icontains=words) | Q(credit_code__istartswith=words))


def search_facilities(rows: QuerySet[Facility], words: str, scope: Scope) -> QuerySet[Facility]:
    """Sites whose name or address holds the words."""
    return rows.filter(Q(name__icontains=words) | Q(address__icontains=words))


def days_off(ids: Iterable[UUID], first: date, days: int = 1) -> dict[UUID, frozenset[date]]:
    """Days of a span on which workers are on leave; asked beyond the reader's scope, as whoever plans must not send them."""
    after = first + timedelta(days=days)
    out: defaultdict[UUID, set[date]] = defaultdict(set)
    with elevated():
        rows = Leave.everywhere.filter(worker_id__in=list(ids), since__lt=after)
        found = list(
            rows.filter(Q(until=None) | Q(until__gt=first)).values_list("worker_id", "since", "until")
        )
    for worker_id, since, until in found:
        last = min(until or after, after)
        out[worker_id] |= {
            first + timedelta(days=n) for n in range(days) if since <= first + timedelta(days=n) < last
        }
    return {worker_id: frozenset(off) for worker_id, off in out.items() if off}


def ill_now(scope: Scope, on: date) -> QuerySet[Leave]:
    """Leave for illness in force on a day."""
    rows: QuerySet[Leave] = Leave.objects.within(scope).filter(why=Leave.Why.ILL, since__lte=on)
    return rows.filter(Q(until=None) | Q(until__gt=on)).order_by("since", "id")


def middles(region_codes: Iterable[int]) -> dict[int, Point]:
    """About where regions lie, from the sites in them: those of the village, else of the town, else of the county.

    Sites are public, so this shows nobody's home.
    """
    wanted = set(region_codes)
    counties = {code // 10**6 * 10**6 for code in wanted}
    sums: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    bound = Q(pk__in=[])
    for county in counties:
        bound |= Q(region_id__gte=county, region_id__lt=county + 10**6)
    with elevated():
        rows = Facility.everywhere.filter(bound, lon__isnull=False)
        for code, lon, lat in rows.values_list("region_id", "lon", "lat"):
            for upper in {code, code // 1000 * 1000, code // 10**6 * 10**6}:
                for n, value in enumerate((lon or 0.0, lat or 0.0, 1.0)):
                    sums[upper][n] += value
    out: dict[int, Point] = {}
    for code in wanted:
        for upper in (code, code // 1000 * 1000, code // 10**6 * 10**6):
            if upper in sums:
                lon, lat, count = sums[upper]
                out[code] = Point(round(lon / count, 6), round(lat / count, 6))
                break
    return out
