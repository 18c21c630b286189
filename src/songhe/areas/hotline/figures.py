"""What the hotline measures without a telephone exchange."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Least

from songhe.areas.hotline.models import Call, CallOrder, Complaint, FollowUp, Outcome, Purpose
from songhe.engines.indicators.api import Row, Span, measured

SATISFIED_FROM = 4
AGAIN = timedelta(days=7)
SOLVED = (Outcome.ANSWERED, Outcome.ORDERED)


def _incoming(span: Span) -> QuerySet[Call]:
    rows = Call.everywhere.filter(**span.within, direction=Call.Direction.IN)
    return rows.filter(started_at__gte=span.begins, started_at__lt=span.ends).order_by()


@measured("calls_received")
def calls_received(span: Span) -> Iterable[Row]:
    """Incoming calls, by the region of the person, or of the agent where nobody was found."""
    rows = _incoming(span)
    return [(region, count, None) for region, count in rows.values_list("region_id").annotate(n=Count("pk"))]


def _about(span: Span, purpose: Purpose) -> Iterable[Row]:
    rows = _incoming(span).values_list("region_id")
    counted = rows.annotate(n=Count("pk", filter=Q(purpose=purpose)), of=Count("pk", filter=~Q(purpose="")))
    return [(region, n, of) for region, n, of in counted if of]


@measured("calls_emergency")
def calls_emergency(span: Span) -> Iterable[Row]:
    """Of the closed calls those about an emergency."""
    return _about(span, Purpose.EMERGENCY)


@measured("calls_enquiry")
def calls_enquiry(span: Span) -> Iterable[Row]:
    """Of the closed calls those that asked something."""
    return _about(span, Purpose.ENQUIRY)


@measured("calls_service")
def calls_service(span: Span) -> Iterable[Row]:
    """Of the closed calls those about a service."""
    return _about(span, Purpose.ORDER)


@measured("calls_complaint")
def calls_complaint(span: Span) -> Iterable[Row]:
    """Of the closed calls those that complained."""
    return _about(span, Purpose.COMPLAINT)


@measured("first_call_resolution")
def first_call_resolution(span: Span) -> Iterable[Row]:
    """Of the closed calls with a known person, those that were answered or ordered at once, and about whose person and
    matter nobody called again within seven days."""
    again = Call.everywhere.filter(
        person_id=OuterRef("person_id"), purpose=OuterRef("purpose"), matter=OuterRef("matter"),
        direction=Call.Direction.IN, started_at__gt=OuterRef("started_at"), started_at__lte=OuterRef("started_at") + AGAIN,
    )  # fmt: skip
    rows = _incoming(span).filter(person__isnull=False).exclude(ended_at=None)
    known: Any = rows.annotate(again=Exists(again)).values_list("region_id")
    solved = Q(outcome__in=SOLVED, again=False)
    return [(region, n, of) for region, n, of in known.annotate(n=Count("pk", filter=solved), of=Count("pk"))]


@measured("orders_per_call")
def orders_per_call(span: Span) -> Iterable[Row]:
    """Orders that came out of calls, for each call that ordered something."""
    rows = CallOrder.everywhere.filter(**span.within, at__gte=span.begins, at__lt=span.ends).order_by()
    counted = rows.values_list("region_id").annotate(n=Count("pk"), of=Count("call", distinct=True))
    return [(region, n, of) for region, n, of in counted]


@measured("complaints_overdue")
def complaints_overdue(span: Span) -> Iterable[Row]:
    """Of the complaints whose answer has fallen due in the period, those not answered in time. One that was late and is
    looked into again has a later day; it stays where it was late first."""
    rows = Complaint.everywhere.filter(**span.within)
    known: Any = rows.exclude(state=Complaint.State.WITHDRAWN).alias(fell_due=Least("due_at", "overdue_at"))
    rows = known.filter(fell_due__gte=span.begins, fell_due__lt=span.so_far)
    late = Q(overdue_at__isnull=False) | Q(answered_at__gt=F("due_at")) | Q(answered_at=None)
    counted = rows.order_by().values_list("region_id").annotate(n=Count("pk", filter=late), of=Count("pk"))
    return [(region, n, of) for region, n, of in counted]


@measured("follow_up_satisfied")
def follow_up_satisfied(span: Span) -> Iterable[Row]:
    """Of those who were served in the period and asked about it, those who are satisfied."""
    rows = FollowUp.everywhere.filter(
        **span.within, state=FollowUp.State.DONE,
        served_at__gte=span.begins, served_at__lt=span.ends,
    ).order_by()  # fmt: skip
    counted = rows.values_list("region_id").annotate(
        n=Count("pk", filter=Q(rating__gte=SATISFIED_FROM)), of=Count("pk")
    )
    return [(region, n, of) for region, n, of in counted]
