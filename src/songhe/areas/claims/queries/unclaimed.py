"""Visits that may be paid and that nobody claimed while late visits of their month still came with the next claim."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, TruncMonth

from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import Claim, ClaimLine, LineState, State
from songhe.areas.finance.api import Line, Settlement
from songhe.areas.finance.api import State as Settled
from songhe.areas.visits.api import PaidBy, Visit, unsettled
from songhe.core.days import month_of, months_later
from songhe.engines.access.api import Scope
from songhe.kit.days import begin_of

CLOSED = (State.FILED, State.SCORED, State.ACCEPTED, State.APPROVED, State.PAID)
"""The set of a claim's visits is fixed."""
NEWS = timedelta(days=31)


def still_late(day: date) -> date:
    """The first month whose late visits come with a claim that can be drawn up on a day."""
    return months_later(month_of(day), -1 - terms().late_months)


def overdue(scope: Scope, day: date) -> QuerySet[Visit]:
    """Visits of earlier months that a grant pays for and neither a claim nor a settlement holds. What was claimed and waits
    for money is none of them."""
    rows = unsettled(scope).filter(
        order__paid_by=PaidBy.ENTITLEMENT, arrived_at__lt=begin_of(still_late(day))
    )
    named = ClaimLine.everywhere.filter(visit_id=OuterRef("pk"))
    told = named.filter(claim__state__in=CLOSED).exclude(state=LineState.UNVERIFIED)
    settling = Line.everywhere.filter(visit_id=OuterRef("pk"), active=True)
    return rows.filter(~Exists(named.filter(active=True)), ~Exists(told), ~Exists(settling))


def too_late(scope: Scope, day: date) -> QuerySet[Visit]:
    """Those of them whose month was claimed or settled without them, so that nothing brings them any more."""
    month = Cast(TruncMonth("arrived_at"), DateField())
    same = {"organisation": OuterRef("organisation"), "month": OuterRef("given_in")}
    same |= {"region__lte": OuterRef("region"), "region__upper__gt": OuterRef("region")}
    claims = Claim.everywhere.filter(**same, state__in=CLOSED)
    under_it = Exists(claims.filter(contract=OuterRef("order__contract")))
    under_none = Q(order__contract=None) & Exists(claims.filter(contract=None))
    settled = Settlement.everywhere.filter(**same).exclude(state=Settled.RETURNED)
    return overdue(scope, day).annotate(given_in=month).filter(under_it | under_none | Exists(settled))


def unclaimed(scope: Scope, day: date) -> QuerySet[Visit]:
    """What was given up, and what waits that somebody claims its month or closes it."""
    waits = overdue(scope, day).values("pk")
    return Visit.objects.within(scope).filter(Q(lapsed_at__isnull=False) | Q(pk__in=waits))


def lately(scope: Scope, at: datetime) -> QuerySet[Visit]:
    """What was given up in the last month, the latest first."""
    rows: QuerySet[Visit] = Visit.objects.within(scope).filter(lapsed_at__gte=at - NEWS)
    return rows.order_by("-lapsed_at", "id")
