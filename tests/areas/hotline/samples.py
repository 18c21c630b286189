"""Calls, orders to call about and complaints for the suite over every record."""

from __future__ import annotations

from django.utils import timezone
from tests import make
from tests.areas.visits import made
from tests.areas.visits.samples import orders

from songhe.areas.hotline import actions
from songhe.areas.hotline.actions import Closing
from songhe.areas.hotline.models import Call, Complaint, Outcome, Purpose, Relation
from songhe.areas.visits.api import Order, OrderState
from songhe.engines.access.api import SYSTEM


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


make.SAMPLES |= {
    "calls": calls,
    "follow-ups": follow_ups,
    "complaints": complaints,
}
