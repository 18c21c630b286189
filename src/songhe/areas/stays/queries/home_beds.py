"""Care beds at home: which are in service, what they hold, and when they rested."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.registry.api import Person, secrets_of
from songhe.areas.stays.models import HomeBed, HomeBedState, Provided, Setting, SettingKind
from songhe.engines.access.api import Scope, asked, elevated


def home_bed_of(person_id: UUID) -> HomeBed | None:
    """The family care bed of a person that has not ended, whoever keeps it."""
    with elevated():  # a person has one, and another organisation's is what stands in the way
        return next(iter(_home_beds(person_id)), None)


@asked
def _home_beds(person_id: UUID) -> QuerySet[HomeBed]:
    rows = HomeBed.everywhere.filter(person_id=person_id).exclude(state=HomeBedState.ENDED)
    return rows.order_by("pk")[:1]


def provided_to(bed: HomeBed) -> list[Provided]:
    """Retrofits and devices."""
    return list(Provided.everywhere.filter(home_bed=bed).order_by("kind", "id"))


def spans_of(bed: HomeBed) -> list[Setting]:
    """When it was in service; between two spans it rested."""
    with elevated():  # whoever sees the contract sees when it holds
        rows = Setting.everywhere.filter(source_id=bed.pk, kind=SettingKind.HOME_BED)
        return list(rows.order_by("-since"))


def to_accept(scope: Scope, user_id: UUID) -> QuerySet[HomeBed]:
    """Family care beds that wait for somebody else than who drafted them to look at them."""
    rows: QuerySet[HomeBed] = HomeBed.objects.within(scope).filter(state=HomeBedState.DRAFT)
    return rows.exclude(drafted_by_id=user_id).order_by("drafted_at", "id")


def in_service(low: int, high: int, on: date) -> QuerySet[Setting]:
    """Family care beds in service on a day; for counting, inside an entered scope."""
    rows: QuerySet[Setting] = Setting.everywhere.filter(
        Q(until=None) | Q(until__gt=on), kind=SettingKind.HOME_BED, since__lte=on
    )
    return rows.filter(region_id__gte=low, region_id__lt=high)


def address_of(person: Person) -> str:
    """The address that the registry holds."""
    return secrets_of(person).address
