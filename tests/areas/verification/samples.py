"""Doubtful visits for the suite over every record."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from tests import make
from tests.areas.visits.samples import visits

from songhe.areas.verification.actions import look_through
from songhe.areas.verification.models import Check
from songhe.areas.visits.api import Visit, VisitState


def checks(n: int, region: int) -> list[Check]:
    """Visits of following days that were far from the home."""
    found = visits(n, region)
    for visit in found:
        arrived = visit.starts_at - timedelta(days=30)
        Visit.everywhere.filter(pk=visit.pk).update(
            state=VisitState.DONE,
            arrived_at=arrived,
            left_at=arrived + timedelta(hours=1),
            minutes=60,
            flags=["far"],
        )
    look_through(at=timezone.now())
    return list(Check.everywhere.filter(visit__in=found))


make.SAMPLES |= {"visit-checks": checks}
