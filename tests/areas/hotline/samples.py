"""Calls, orders to call about and complaints for the suite over every record."""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone
from tests import make
from tests.areas.visits import made
from tests.areas.visits.samples import orders

from songhe.areas.hotline import actions
from songhe.areas.hotline.actions import Closing
from songhe.areas.hotline.models import (
    Article,
    Call,
    Complaint,
    Drawing,
    Nuisance,
    Outcome,
    Purpose,
    Relation,
)
from songhe.areas.visits.api import Order, OrderState
from songhe.engines.access.api import SYSTEM
from songhe.engines.regions.models import Region


def closed(n: int, region: int, purpose: Purpose) -> list[Call]:
    """Closed calls about one person of a region."""
    person, out = made.person(region=region), []
    closing = Closing(
        purpose=purpose, outcome=Outcome.ANSWERED, relation=Relation.SELF, note="问助餐点在哪里"
    )
    for _ in range(n):
        call = actions.answer(actor=SYSTEM, at=timezone.now(), number="13963112345")
        out.append(actions.serve(call, actor=SYSTEM, at=timezone.now(), closing=closing, person=person))
    return out


def calls(n: int, region: int) -> list[Call]:
    """Enquiries."""
    return closed(n, region, Purpose.ENQUIRY)


def follow_ups(n: int, region: int) -> list[Order]:
    """Orders that were served."""
    rows = orders(n, region)
    Order.everywhere.filter(pk__in=[row.pk for row in rows]).update(
        state=OrderState.COMPLETED, completed_at=timezone.now()
    )
    return list(Order.everywhere.filter(pk__in=[row.pk for row in rows]))


def complaints(n: int, region: int) -> list[Complaint]:
    """Complaints taken in calls."""
    rows = closed(n, region, Purpose.COMPLAINT)
    return list(Complaint.everywhere.filter(call__in=rows))


def nuisances(n: int, region: int) -> list[Nuisance]:
    """Marked numbers."""
    out = []
    for row in closed(n, region, Purpose.ENQUIRY):
        Call.everywhere.filter(pk=row.pk).update(number_hash=uuid4().bytes)
        row.refresh_from_db()
        at = timezone.now()
        out.append(actions.mark_nuisance(row, actor=SYSTEM, at=at, reason=Nuisance.Reason.PRANK))
    return out


def drawings(n: int, region: int) -> list[Drawing]:
    """Draws of one order each."""
    out = []
    for _ in range(n):
        (order,) = follow_ups(1, region)
        order.case.state = "completed"
        order.case.save()
        place = Region.objects.get(code=region)
        out.append(
            actions.draw_follow_ups(actor=SYSTEM, at=timezone.now(), region=place, on=timezone.localdate())
        )
    return out


def articles(n: int, region: int) -> list[Article]:
    """Drafts of articles."""
    place, day = Region.objects.get(code=region), timezone.localdate()
    return [
        actions.write_article(
            actor=SYSTEM,
            at=timezone.now(),
            region=place,
            title_zh="送餐时间",
            title_en="When meals come",
            body_zh="十一点半",
            since=day,
        )
        for _ in range(n)
    ]


make.SAMPLES |= {
    "articles": articles,
    "follow-up-draws": drawings,
    "nuisance-numbers": nuisances,
    "calls": calls,
    "follow-ups": follow_ups,
    "complaints": complaints,
}
