"""Policies of a scope with their lives, and drafts that wait."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from songhe.areas.entitlement.models import Simulation, SimulationKind
from songhe.core.rules import Document, PolicyError, build
from songhe.core.sources import DataError, Source
from songhe.engines.access.api import Scope
from songhe.engines.policies.api import DraftState, PolicyDraft, PolicyVersion, read_written

IN_FORCE, TO_COME, ENDED = "in_force", "to_come", "ended"


def policies_for(scope: Scope) -> QuerySet[PolicyVersion]:
    """The policies that hold, held or will hold somewhere in a scope: those of its regions, above and below them.

    Each has ``next_start``, the day on which the next version of the same policy takes over.
    """
    near = Q(pk__in=[])
    for low, high in (*scope.areas, *scope.bounds):
        near |= Q(region_id__lt=high, region__upper__gt=low)
    later = PolicyVersion.objects.filter(code=OuterRef("code"), replaced_at=None, start__gt=OuterRef("start"))
    following = Subquery(later.order_by("start").values("start")[:1])
    return PolicyVersion.objects.filter(near, replaced_at=None).annotate(next_start=following)


def latest_effect(draft: PolicyDraft, scope: Scope) -> Simulation | None:
    """The latest simulation of a draft as it stands now."""
    rows = Simulation.objects.within(scope).filter(
        draft=draft, revision=draft.revision, kind=SimulationKind.WHAT_IF
    )
    found: Simulation | None = rows.order_by("-asked_at", "-id").first()
    return found


def until(version: Any) -> date | None:
    """The day on which a version of ``policies_for`` ends or is taken over; None while nothing ends it."""
    return min((day for day in (version.end, version.next_start) if day), default=None)


def life_of(version: Any, day: date) -> str:
    """Whether a version of ``policies_for`` holds on a day, will hold, or held."""
    if version.start > day:
        return TO_COME
    last = until(version)
    return ENDED if last is not None and last <= day else IN_FORCE


def of_life(rows: QuerySet[Any], life: str, day: date) -> QuerySet[Any]:
    """The versions of ``policies_for`` that hold on a day, will hold, or held."""
    over = Q(end__lte=day) | Q(next_start__lte=day)
    if life == TO_COME:
        return rows.filter(start__gt=day)
    return rows.filter(over, start__lte=day) if life == ENDED else rows.filter(start__lte=day).exclude(over)


def versions_of(version: PolicyVersion) -> list[Any]:
    """Every version of a policy that is not replaced, the earliest first; each with ``next_start``."""
    rows = policies_for(Scope.EVERYTHING).filter(code=version.code)
    return list(rows.select_related("region").order_by("start"))


def to_approve_policies(scope: Scope) -> QuerySet[PolicyDraft]:
    """Drafts that wait for a decision."""
    rows: QuerySet[PolicyDraft] = PolicyDraft.objects.within(scope).filter(state=DraftState.SUBMITTED)
    return rows.order_by("submitted_at")


@lru_cache(maxsize=64)
def read_draft(text: str) -> tuple[Source | None, Document | None]:
    """A draft's text as far as it can be read: as data, and as a policy."""
    try:
        source = read_written(text)
    except DataError:
        return None, None
    try:
        return source, build(source)
    except PolicyError:
        return source, None
