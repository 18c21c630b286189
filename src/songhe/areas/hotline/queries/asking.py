"""Who is to be called back, and what the answers say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.areas.hotline.city import asking
from songhe.areas.hotline.models import Drawing, FollowUp
from songhe.areas.hotline.rules import Listed, Shown, digest, drawn, satisfaction
from songhe.areas.providers.api import Organisation
from songhe.areas.visits.api import TO_FOLLOW_UP, Order, to_follow_up
from songhe.engines.access.api import Scope, elevated
from songhe.engines.regions.models import Region
from songhe.kit.days import begin_of

DRAW_MAX = 5000


def due(scope: Scope) -> QuerySet[Order]:
    """Served orders whose persons are to be called, the oldest first: everybody, until a draw has left some out."""
    over = FollowUp.everywhere.filter(order=OuterRef("pk")).exclude(state=FollowUp.State.DUE)
    return to_follow_up(scope).filter(~Exists(over))


def due_now(scope: Scope, at: datetime) -> QuerySet[Order]:
    """Those of them whose last attempt lies long enough back."""
    later = FollowUp.everywhere.filter(order=OuterRef("pk"), next_at__gt=at)
    return due(scope).filter(~Exists(later))


def drawable(region: Region, on: date) -> list[Order]:
    """Orders of a region served until a day that no draw has looked at; the first so many, the oldest first."""
    until = begin_of(on + timedelta(days=1))
    looked_at = FollowUp.everywhere.filter(order=OuterRef("pk"))
    rows = Order.everywhere.filter(
        region_id__gte=region.code,
        region_id__lt=region.upper,
        state__in=TO_FOLLOW_UP,
        completed_at__lt=until,
    )
    return list(rows.filter(~Exists(looked_at)).order_by("completed_at", "id")[:DRAW_MAX])


def drawn_again(row: Drawing) -> tuple[str, list[str]]:
    """The hash and the draw that follow from the kept list and seed; equal to what is kept, or somebody chose."""
    listed = [Listed(key, stratum, share) for key, stratum, share in row.pool]
    return digest(listed), drawn(row.seed, listed)


def rows_of(orders: Iterable[UUID]) -> dict[UUID, FollowUp]:
    """How far the calls about some orders have come."""
    return {row.order_id: row for row in FollowUp.everywhere.filter(order_id__in=list(orders))}


@dataclass(frozen=True, slots=True)
class Satisfied:
    """One organisation in a span of days."""

    organisation_id: UUID | None
    name: str
    shown: Shown
    unreachable: int
    left_out: int

    @property
    def response_bp(self) -> int | None:
        """Of those who were to be called, how many answered, in basis points."""
        called = self.shown.asked + self.unreachable
        return self.shown.asked * 10_000 // called if called else None


def satisfied(scope: Scope, since: date, until: date) -> list[Satisfied]:
    """Per organisation: who was served, asked and satisfied, with bounds; the organisations with most answers first."""
    first, after = begin_of(since), begin_of(until)
    rows = (
        FollowUp.objects.within(scope)
        .filter(served_at__gte=first, served_at__lt=after)
        .exclude(state=FollowUp.State.DUE)
    )
    counts: defaultdict[UUID | None, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    good = asking().satisfied_from
    for organisation, state, rating in rows.values_list("organisation_id", "state", "rating"):
        one = counts[organisation]
        one[0] += state == FollowUp.State.DONE
        one[1] += state == FollowUp.State.DONE and (rating or 0) >= good
        one[2] += state == FollowUp.State.UNREACHABLE
        one[3] += state == FollowUp.State.LEFT_OUT
    with elevated():  # names of organisations are public
        known = Organisation.everywhere.filter(Q(pk__in=[key for key in counts if key]))
        names = dict(known.values_list("pk", "name"))
    found = [
        Satisfied(key, names.get(key, "") if key else "", satisfaction(sum((n, out, un)), n, yes), un, out)
        for key, (n, yes, un, out) in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.shown.asked, one.name))
