"""Log-ins that belong to somebody: a relative's to a person who is served, a manager's to a facility."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.timezone import localtime

from songhe.areas.visits.api import Visit, free_minutes
from songhe.engines.access.api import Grant, Tie, tie
from songhe.site.demo.history import City
from songhe.site.demo.users import SINCE

LOOKED_AT = 200
WISHED_MINUTES = 240


def tie_all(city: City) -> None:
    """Tie the family log-in to somebody of the county shown who is visited and has hours left, the facility's to one of its
    canteens."""
    visit = _visited(city)
    family = city.users["family"]
    if visit is not None:
        tie(visit.person_id, family.pk, Tie.Kind.KIN, region_id=visit.region_id, since=_day(city))
    Grant.objects.filter(user=family).update(holder_id=family.pk)
    for key, _owner, site in city.providers.sites:
        if int(city.places.code[site.spot]) // 10**6 * 10**6 == city.shown and site.kind in (
            "day_care",
            "canteen",
        ):
            Grant.objects.filter(user=city.users["facility"]).update(holder_id=key)
            break


def _visited(city: City) -> Visit | None:
    """The last visit of one of the persons visited last: of the first who can still ask for something this month, if anybody."""
    visits = Visit.everywhere.filter(region_id__gte=city.shown, region_id__lt=city.shown + 10**6)
    found: dict[UUID, Visit] = {}
    for visit in visits.filter(person__state="alive").order_by("-starts_at")[:LOOKED_AT]:
        found.setdefault(visit.person_id, visit)
    day = localtime(city.at).date()
    free = (visit for key, visit in found.items() if free_minutes(key, day) >= WISHED_MINUTES)
    return next(free, next(iter(found.values()), None))


def _day(city: City) -> date:
    return max(SINCE, localtime(city.at).date().replace(day=1))
