"""Who waits for a bed and whose turn it is, with the reasons; and the offers that wait for an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.assessment.api import in_force
from songhe.areas.providers.api import Facility
from songhe.areas.registry.api import Person, age_on, tags_on
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import (
    OPEN_OFFERS,
    Application,
    ApplicationState,
    Bed,
    Offer,
    OfferState,
)
from songhe.areas.stays.rules import Applicant, Turn, turn_of
from songhe.engines.access.api import Scope, elevated

OPEN = (ApplicationState.WAITING, ApplicationState.OFFERED, ApplicationState.ACCEPTED)
ORDER = ("rank", "applied_on", "id")


def turns(persons: Iterable[UUID], on: date) -> dict[UUID, Turn]:
    """The turn of each person by tags, ability level and age on a day. Asked beyond the reader's scope: the order is one."""
    wanted = list(persons)
    with elevated():
        tags = tags_on(wanted, on)
        levels = in_force(wanted, on)
        born = dict(Person.everywhere.filter(pk__in=wanted).values_list("pk", "born"))
    return {
        key: turn_of(
            Applicant(
                tags=frozenset(tags.get(key, ())),
                level=levels[key].level if key in levels else None,
                age=age_on(day, on) if (day := born.get(key)) else None,
            ),
            terms().groups,
        )
        for key in wanted
    }


def line_for(bed: Bed, scope: Scope) -> list[Application]:
    """Who may be offered a bed, in turn: who waits for this facility, or anywhere in a region around it."""
    rows: QuerySet[Application] = Application.objects.within(scope).filter(
        state=ApplicationState.WAITING, kind=bed.kind
    )
    around = [bed.region_id // 10**width * 10**width for width in (0, 3, 6, 8)]
    found = rows.filter(Q(facility=bed.facility_id) | Q(facility=None, region__in=around))
    return list(found.order_by(*ORDER)[:60])


def open_offer(application: Application) -> Offer | None:
    """The bed that is kept for somebody who waits."""
    with elevated():  # whoever sees the application sees what it was offered
        rows = Offer.everywhere.filter(application=application, state__in=OPEN_OFFERS)
        found: Offer | None = rows.select_related("bed", "bed__room", "facility").first()
        return found


def offers_of(application: Application) -> list[Offer]:
    """All offers to somebody who waits, the latest first."""
    with elevated():  # as above
        rows = Offer.everywhere.filter(application=application).select_related("bed", "facility")
        return list(rows.order_by("-offered_at", "-id"))


def running_out(scope: Scope) -> QuerySet[Offer]:
    """Offers without an answer, the first to run out first."""
    rows: QuerySet[Offer] = Offer.objects.within(scope).filter(state=OfferState.OPEN)
    return rows.order_by("answer_by", "id")


def accepted(scope: Scope) -> QuerySet[Application]:
    """Accepted offers whose person is not admitted yet."""
    rows: QuerySet[Application] = Application.objects.within(scope).filter(state=ApplicationState.ACCEPTED)
    return rows.order_by("applied_on", "id")


def places_before(rows: Sequence[Application]) -> dict[UUID, int]:
    """How many come before each of some who wait for the same facility or region and kind."""
    lines: defaultdict[tuple[object, ...], list[UUID]] = defaultdict(list)
    wanted = {row.pk for row in rows if row.state in OPEN}
    places = {row.region_id for row in rows if row.pk in wanted}
    with elevated():  # only counted: nobody is named
        waiting = Application.everywhere.filter(state__in=OPEN, region__in=places).order_by(*ORDER)
        for key, *line in waiting.values_list("pk", "facility_id", "region_id", "kind"):
            lines[tuple(line)].append(key)
    return {key: n for line in lines.values() for n, key in enumerate(line) if key in wanted}


def facilities_with_beds(spans: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    """Facilities with beds in some spans of regions, as choices; facilities are public."""
    inside = Q(pk__in=[])
    for low, high in spans:
        inside |= Q(region_id__gte=low, region_id__lt=high)
    with elevated():
        with_beds = Bed.everywhere.filter(until=None).values("facility_id")
        rows = Facility.everywhere.filter(inside, pk__in=with_beds).order_by("name", "id")
        return [(str(row.pk), row.name) for row in rows[:300]]
