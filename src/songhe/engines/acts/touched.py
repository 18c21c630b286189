"""Whom acts were about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from songhe.engines.acts.models import Act


def persons_touched(since: datetime, low: int, high: int) -> set[UUID]:
    """Persons of some regions (codes in [low, high)) about whom anything was written after a moment."""
    rows = Act.objects.filter(at__gt=since, region_id__gte=low, region_id__lt=high, person_id__isnull=False)
    found = rows.exclude(kind="read").values_list("person_id", flat=True)
    return {person for person in found if person is not None}
