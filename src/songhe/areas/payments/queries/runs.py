"""Runs by who has to do something about them, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from songhe.areas.payments.models import Posting, Run, RunState
from songhe.engines.access.api import Scope


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
    """Runs that are not decided yet."""
    rows: QuerySet[Run] = Run.objects.within(scope).filter(state__in=[RunState.COMPUTING, RunState.READY])
    return rows.order_by("prepared_at", "id")
