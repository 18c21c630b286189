"""What everybody may know of the sites that operate: for the public finder, the map and the measuring of reach.

Nothing here depends on who asks, and nothing here is about a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.providers.models import Facility, Kind, Photo, Price, Rating, SiteFunction
from songhe.areas.providers.queries.bodies import open_sites
from songhe.areas.providers.rules.hours import Opening
from songhe.areas.providers.rules.services import ServiceKind
from songhe.areas.providers.services import service_kinds
from songhe.core.codes import Point
from songhe.engines.access.api import elevated
from songhe.engines.cases.api import calendar


@dataclass(frozen=True, slots=True)
class PublicPrice:
    """One line of the public price list."""

    item: str
    per: str
    fen: int
    since: date


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """A site as everybody may see it. ``capacity``: by service kind, None where no count is known. ``open``: now."""

    id: UUID
    name: str
    kind: str
    kind_name: str
    region: int
    address: str
    point: Point | None
    phone: str
    description: str
    opening: Opening
    services: tuple[str, ...]
    capacity: dict[str, int | None]
    organisation: UUID
    area_m2: int | None = None
    ownership: str = ""
    stars: int | None = None
    stars_until: date | None = None
    prices: tuple[PublicPrice, ...] = ()
    photo: UUID | None = None
    functions: tuple[str, ...] = field(default=())

    def open_at(self, moment: datetime) -> bool | None:
        """Whether it is open at a moment; None where no hours are told."""
        return self.opening.open_at(timezone.localtime(moment), holidays=holidays())


@lru_cache(maxsize=1)
def holidays() -> frozenset[date]:
    """Public holidays as far as they are known."""
    return frozenset(day for plan in calendar().years.values() for day in plan.off)


def places(
    low: int, high: int, *, on: date, service: str | None = None, lean: bool = False
) -> list[PublicPlace]:
    """The sites that operate on a day in a range of regions, those that give one service or all, by name.

    ``lean`` leaves out prices, stars and photos, for whoever needs thousands of points.
    """
    with elevated():
        rows = open_sites(Facility.everywhere.filter(region_id__gte=low, region_id__lt=high), on)
        return _public(rows.order_by("name", "id"), on, service, lean=lean)


def place(key: UUID, *, on: date) -> PublicPlace | None:
    """One site that operates; None where there is none of this key."""
    with elevated():
        found = _public(open_sites(Facility.everywhere.filter(pk=key), on), on, None, lean=False)
        return found[0] if found else None


def _public(rows: QuerySet[Facility], on: date, service: str | None, *, lean: bool) -> list[PublicPlace]:
    wanted = service_kinds()[service] if service else None
    sites, names = list(rows), {code: str(name) for code, name in Kind.choices}
    functions = _functions([site.pk for site in sites] if len(sites) < 500 else None, on)
    given = {site.pk: _given(_does(site, functions)) for site in sites}
    found = [site for site in sites if wanted is None or wanted in given[site.pk]]
    keys = [site.pk for site in found]
    prices, stars, photos = ({}, {}, {}) if lean else (_prices(keys, on), _stars(keys, on), _photos(keys))
    return [
        PublicPlace(
            id=site.pk, name=site.name, kind=site.kind, kind_name=names.get(site.kind, site.kind), region=site.region_id,
            address=site.address, point=site.point, phone=site.public_phone or site.phone, description=site.description,
            opening=site.opening, services=tuple(kind.code for kind in given[site.pk]),
            capacity=_capacity(site, given[site.pk], functions), organisation=site.organisation_id, area_m2=site.area_m2,
            ownership=site.ownership, stars=stars.get(site.pk, (None, None))[0],
            stars_until=stars.get(site.pk, (None, None))[1], prices=tuple(prices.get(site.pk, ())),
            photo=photos.get(site.pk), functions=tuple(row.kind for row in functions.get(site.pk, ())),
        )
        for site in found
    ]  # fmt: skip


def _functions(keys: list[UUID] | None, on: date) -> dict[UUID, list[SiteFunction]]:
    rows = SiteFunction.everywhere.filter(Q(until=None) | Q(until__gt=on), since__lte=on)
    out: dict[UUID, list[SiteFunction]] = defaultdict(list)
    for row in rows if keys is None else rows.filter(facility_id__in=keys):
        out[row.facility_id].append(row)
    return out


def _does(site: Facility, functions: dict[UUID, list[SiteFunction]]) -> frozenset[str]:
    return frozenset({site.kind, *(row.kind for row in functions.get(site.pk, ()))})


def _given(does: frozenset[str]) -> list[ServiceKind]:
    return [kind for kind in service_kinds().values() if kind.given_by(does)]


def _capacity(
    site: Facility, given: Iterable[ServiceKind], functions: dict[UUID, list[SiteFunction]]
) -> dict[str, int | None]:
    """By service, the site's own count and those of the functions that give the service; None where none is told."""
    out: dict[str, int | None] = {}
    for kind in given:
        if not kind.capacity:
            continue
        counts = [getattr(site, kind.capacity)] if site.kind in kind.kinds else []
        counts += [
            getattr(row, kind.capacity) for row in functions.get(site.pk, ()) if row.kind in kind.kinds
        ]
        told = [count for count in counts if count]
        out[kind.code] = sum(told) if told else None
    return out


def _prices(keys: list[UUID], on: date) -> dict[UUID, list[PublicPrice]]:
    out: dict[UUID, list[PublicPrice]] = defaultdict(list)
    rows = Price.everywhere.filter(Q(until=None) | Q(until__gt=on), facility_id__in=keys, since__lte=on)
    for row in rows.order_by("item", "per"):
        out[row.facility_id].append(PublicPrice(row.item, str(row.get_per_display()), row.fen, row.since))
    return out


def _stars(keys: list[UUID], on: date) -> dict[UUID, tuple[int | None, date | None]]:
    rows = Rating.everywhere.filter(facility_id__in=keys, rated_on__lte=on, valid_until__gte=on)
    return {row.facility_id: (row.stars, row.valid_until) for row in rows.order_by("rated_on", "id")}


def _photos(keys: list[UUID]) -> dict[UUID, UUID]:
    rows = Photo.everywhere.filter(facility_id__in=keys, public=True).order_by("face", "added_at")
    return {row.facility_id: row.pk for row in rows}
