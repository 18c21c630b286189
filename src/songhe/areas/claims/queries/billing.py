"""What persons pay of a month, and a person's month as the person and the family read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from songhe.areas.claims.models import Bill, BillKind, BillLine, BillState, ClaimLine, LineState, State
from songhe.areas.claims.queries.drawing import PLENTY
from songhe.areas.claims.rules import reduced
from songhe.areas.finance.api import Accepted, Line, accepted, minutes_left, payable
from songhe.areas.finance.api import State as Settled
from songhe.areas.visits.api import PaidBy, Visit, charged, month_span, to_settle
from songhe.core.measure import Period
from songhe.engines.access.api import Scope, elevated


def to_bill(organisation_id: UUID, period: Period) -> list[BillLine]:
    """Lines that are not saved yet, in the order of days. Read beyond the reader's scope: all of them are the organisation's."""
    with elevated():
        found = [*_at_own_cost(organisation_id, period), *_of_claims(organisation_id, period)]
        rows = BillLine.everywhere.filter(visit_id__in=[line.visit_id for line in found])
        known = set(rows.values_list("visit_id", "kind"))
    fresh = [line for line in found if line.fen > 0 and (line.visit_id, line.kind) not in known]
    return sorted(fresh, key=lambda line: (line.on, str(line.visit_id), line.kind))


def _at_own_cost(organisation_id: UUID, period: Period) -> Iterable[BillLine]:
    rows = to_settle(Scope.EVERYTHING, period.start, organisation_id=organisation_id)
    part = accepted(row for row in rows if row.paid_by == PaidBy.SELF).get(organisation_id, Accepted())
    plenty = dict.fromkeys((one.person_id for one in part.given), PLENTY)
    for one in payable(part.given, grants=plenty, prices=part.prices):
        given = one.given
        yield BillLine(
            visit_id=given.visit_id, person_id=given.person_id, organisation_id=organisation_id, region_id=given.region_id,
            item=given.item, on=given.on, minutes=given.minutes, kind=BillKind.SELF, fen=one.fen,
        )  # fmt: skip


def _of_claims(organisation_id: UUID, period: Period) -> Iterable[BillLine]:
    """The person's part of visits whose claim was approved; of what was refused nobody pays anything."""
    rows = ClaimLine.everywhere.filter(
        Q(share_fen__gt=0) | Q(beyond_fen__gt=0), organisation_id=organisation_id, on__gte=period.start, on__lt=period.end,
        claim__state__in=[State.APPROVED, State.PAID],
        state__in=[LineState.PAYABLE, LineState.PART, LineState.SHORTER, LineState.GRANT],
    )  # fmt: skip
    for line in rows:
        for kind, fen in ((BillKind.SHARE, line.share_fen), (BillKind.BEYOND, line.beyond_fen)):
            told = line.minutes if line.told_minutes is None else line.told_minutes
            yield BillLine(
                visit_id=line.visit_id, person_id=line.person_id, organisation_id=organisation_id, region_id=line.region_id,
                item=line.item, on=line.on, minutes=line.minutes, kind=kind, fen=reduced(fen, of=line.minutes, to=told),
            )  # fmt: skip


def open_bills(scope: Scope) -> QuerySet[Bill]:
    """Bills that are not paid, the oldest first."""
    rows: QuerySet[Bill] = Bill.objects.within(scope).filter(state=BillState.OPEN)
    return rows.select_related("person", "organisation").order_by("month", "number")


def open_fen(scope: Scope) -> int:
    """What is open on all of them."""
    return open_bills(scope).aggregate(n=Sum(F("fen") - F("paid_fen")))["n"] or 0


@dataclass(frozen=True, slots=True)
class Given:
    """One visit of a person's month, given or charged although it was in vain: what the fund pays and what the person pays."""

    visit: Visit
    fund_fen: int
    own_fen: int


@dataclass(frozen=True, slots=True)
class Month:
    """A person's month: visits, minutes of the grant used and left, what the fund paid, and what is owed."""

    visits: list[Given]
    used: int
    left: int
    fund_fen: int
    billed_fen: int
    open_fen: int


def month_of(person_id: UUID, period: Period, scope: Scope) -> Month:
    """A person's month as far as a reader sees its visits and bills; minutes count whoever gave them."""
    first, after = month_span(period.start)
    seen = Visit.objects.within(scope).filter(charged(), person_id=person_id, rejected_at=None)
    visits = list(
        seen.filter(arrived_at__gte=first, arrived_at__lt=after)
        .select_related("organisation")
        .order_by("arrived_at")
    )
    keys = [visit.pk for visit in visits]
    with elevated():  # what was paid for visits that the reader sees, and minutes of the person's one grant
        paid = Line.everywhere.filter(
            active=True, settlement__state__in=[Settled.APPROVED, Settled.PAID], person_id=person_id
        )
        fund = dict(paid.filter(visit_id__in=keys).values_list("visit_id", "fen"))
        used = paid.filter(on__gte=period.start, on__lt=period.end).aggregate(n=Sum("payable_minutes"))["n"]
        left = minutes_left([person_id], period.start).get(person_id, 0)
    bills = Bill.objects.within(scope).filter(person_id=person_id, month=period.start)
    own: dict[UUID, int] = {}
    for key, fen in BillLine.objects.within(scope).filter(visit_id__in=keys).values_list("visit_id", "fen"):
        own[key] = own.get(key, 0) + fen
    sums = bills.aggregate(fen=Sum("fen"), paid=Sum("paid_fen"))
    return Month(
        visits=[Given(visit, fund.get(visit.pk, 0), own.get(visit.pk, 0)) for visit in visits],
        used=used or 0,
        left=left,
        fund_fen=sum(fund.values()),
        billed_fen=sums["fen"] or 0,
        open_fen=(sums["fen"] or 0) - (sums["paid"] or 0),
    )
