"""What premises do by the clock."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from songhe.areas.premises import actions, figures
from songhe.areas.premises.models import Compound, Standing
from songhe.engines.jobs.api import Work, periodic

__all__ = ["figures"]


@periodic("premises.judge", every_minutes=60)
def judge(work: Work) -> dict[str, Any]:
    """Judge compounds afresh, since a step becomes late by the calendar alone."""
    with work.entered():
        rows = list(Compound.everywhere.exclude(standing=Standing.STRUCK).order_by("pk"))
        return {"changed": actions.recount(rows, timezone.localdate(work.at))}
