"""Reads of what reviews found."""

from __future__ import annotations

from django.db.models import QuerySet

from songhe.areas.entitlement.models import Finding, FindingState
from songhe.engines.access.api import Scope


def open_findings(scope: Scope) -> QuerySet[Finding]:
    """What reviews found in a scope and nobody has decided, the oldest first."""
    rows: QuerySet[Finding] = Finding.objects.within(scope).filter(state=FindingState.OPEN)
    return rows.select_related("grant", "grant__person").order_by("found_at", "id")
