"""How organisations serve: orders kept, on time, well rated, and taken when asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import HELD, Offer, Order, Result, Visit, VisitState
from songhe.core.ordering import Quality, quality_of
from songhe.engines.access.api import elevated

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """An organisation's record of some days: the counts, their mark, and whether it is known well enough to be below the
    bar."""

    counts: Quality
    refused: int = 0
    put_back: int = 0

    @property
    def mark(self) -> int | None:
        """0 to 100; None where nothing is known."""
        return quality_of(self.counts, terms().quality)

    @property
    def below_bar(self) -> bool:
        """Whether it is offered nothing for it."""
        mark, pool = self.mark, terms().pool
        return mark is not None and self.counts.orders >= pool.least and mark < pool.bar

    def with_one_more(self) -> Standing:
        """The record as it would be after one more refusal that counts."""
        good, all_ = self.counts.accepted
        counts = Quality((good, all_ + 1), self.counts.kept, self.counts.punctual, self.counts.rated)
        return Standing(counts, self.refused + 1, self.put_back)


def standings(organisations: Collection[UUID], at: datetime) -> dict[UUID, Standing]:
    """The record of each, over the days that the data file names. Counted beyond the reader's scope: it is one record."""
    since = at - timedelta(days=terms().pool.days)
    keys = list(organisations)
    with elevated():
        visits = {
            row["organisation_id"]: row
            for row in Visit.everywhere.filter(
                organisation_id__in=keys, starts_at__gte=since, starts_at__lt=at
            )
            .order_by()
            .values("organisation_id")
            .annotate(
                done=Count("pk", filter=Q(state=VisitState.DONE)),
                late=Count("pk", filter=Q(state=VisitState.DONE, flags__contains=["late"])),
                missed=Count("pk", filter=Q(state=VisitState.MISSED)),
            )
        }
        rated = {
            row["organisation_id"]: row
            for row in Order.everywhere.filter(
                organisation_id__in=keys, followed_up_at__gte=since, followed_up_at__lte=at
            )
            .exclude(rating=None)
            .order_by()
            .values("organisation_id")
            .annotate(marks=Sum("rating"), n=Count("pk"))
        }
        offers = {
            row["organisation_id"]: row
            for row in Offer.everywhere.filter(
                organisation_id__in=keys, offered_at__gte=since, offered_at__lte=at
            )
            .order_by()
            .values("organisation_id")
            .annotate(
                held=Count("pk", filter=Q(result__in=HELD)),
                against=Count("pk", filter=Q(counts=True)),
                refused=Count("pk", filter=Q(result=Result.REFUSED, counts=True)),
                put_back=Count("pk", filter=Q(result=Result.PUT_BACK)),
            )
        }
    return {key: _standing(visits.get(key), rated.get(key), offers.get(key)) for key in keys}


def _standing(visits: Row | None, rated: Row | None, offers: Row | None) -> Standing:
    seen = visits or {"done": 0, "late": 0, "missed": 0}
    marks = rated or {"marks": 0, "n": 0}
    asked = offers or {"held": 0, "against": 0, "refused": 0, "put_back": 0}
    counts = Quality(
        accepted=(asked["held"], asked["held"] + asked["against"]),
        kept=(seen["done"], seen["done"] + seen["missed"]),
        punctual=(seen["done"] - seen["late"], seen["done"]),
        rated=(marks["marks"] - marks["n"], 4 * marks["n"]),
    )
    return Standing(counts, asked["refused"], asked["put_back"])
