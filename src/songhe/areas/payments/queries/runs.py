"""Runs by who has to do something about them, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from songhe.areas.payments.models import Posting, Run, RunState
from songhe.engines.access.api import Scope
from songhe.engines.jobs.api import still_open


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a run: whom it is about, its sum, and the parts of it that give and that take back."""

    key: str
    grants: int
    fen: int
    more: int
    less: int


def shares(run: Run, by: str, scope: Scope) -> list[Share]:
    """What a run posts, by ``benefit`` or ``cause``, as far as a scope reaches; the largest first."""
    rows = Posting.objects.within(scope).filter(run=run).values(by)
    sums = rows.annotate(
        grants=Count("grant_id", distinct=True),
        sum=Sum("fen"),
        more=Sum("fen", filter=Q(fen__gt=0)),
        less=Sum("fen", filter=Q(fen__lt=0)),
    )
    found = [Share(row[by], row["grants"], row["sum"], row["more"] or 0, row["less"] or 0) for row in sums]
    return sorted(found, key=lambda share: (-share.fen, share.key))


def to_post(scope: Scope, actor_id: UUID) -> QuerySet[Run]:
    """Runs that somebody else prepared and that wait to be posted."""
    rows: QuerySet[Run] = Run.objects.within(scope).filter(state=RunState.READY)
    return rows.exclude(prepared_by_id=actor_id).order_by("prepared_at", "id")


def under_way(scope: Scope) -> QuerySet[Run]:
    """Runs that are not decided yet, and those that could not be worked out and were not followed by another."""
    later = Run.everywhere.filter(region=OuterRef("region"), prepared_at__gt=OuterRef("prepared_at"))
    rows: QuerySet[Run] = Run.objects.within(scope).filter(
        Q(state__in=[RunState.COMPUTING, RunState.READY]) | (Q(state=RunState.FAILED) & ~Exists(later))
    )
    return rows.order_by("prepared_at", "id")


def abandoned(*regions: int) -> list[Run]:
    """Runs that say they are being worked out although their job has ended: it failed, was stopped, or its worker died.

    Of some regions, or of all; locked, but for those that somebody works on at this moment.
    """
    rows = Run.everywhere.filter(state=RunState.COMPUTING).order_by("id")
    if regions:
        rows = rows.filter(region__in=regions)
    found = list(rows.select_for_update(no_key=True, of=("self",), skip_locked=True))
    alive = still_open(run.job_id for run in found if run.job_id)
    return [run for run in found if run.job_id not in alive]
