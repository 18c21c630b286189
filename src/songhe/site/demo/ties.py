"""Log-ins that belong to somebody: a relative's to a person who is served, a manager's to a facility."""

from __future__ import annotations

from datetime import date

from django.utils.timezone import localtime

from songhe.areas.visits.api import Visit
from songhe.engines.access.api import Grant, Tie, tie
from songhe.site.demo.history import City
from songhe.site.demo.users import SINCE


def tie_all(city: City) -> None:
    """Tie the family log-in to the most visited person of the county shown, the facility's to one of its canteens."""
    visits = Visit.everywhere.filter(region_id__gte=city.shown, region_id__lt=city.shown + 10**6)
    visit = visits.filter(person__state="alive").order_by("-starts_at").first()
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


def _day(city: City) -> date:
    return max(SINCE, localtime(city.at).date().replace(day=1))
