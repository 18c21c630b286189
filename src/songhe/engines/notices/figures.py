"""How well messages travel: taken within ten seconds, delivered, per channel and provider, within a scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Sum

from songhe.engines.access.scope import Scope
from songhe.engines.notices.models import Channel, Delivery, Notice, State

SOON = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Travelled:
    """Messages on one channel by one provider: how many were due, taken, taken within ten seconds, delivered, not
    delivered, and how many text messages were billed.
    """

    channel: str
    provider: str
    due: int
    taken: int
    soon: int
    delivered: int
    failed: int
    segments: int

    @property
    def soon_percent(self) -> int | None:
        """Of those taken, how many within ten seconds, in hundredths."""
        return percent(self.soon, self.taken)

    @property
    def delivered_percent(self) -> int | None:
        """Of those taken, how many were delivered, in hundredths."""
        return percent(self.delivered, self.taken)


def percent(part: int, whole: int) -> int | None:
    """Rounded down, so that 100 means all; None of nothing."""
    return part * 100 // whole if whole else None


def travelled(scope: Scope, since: datetime, until: datetime) -> list[Travelled]:
    """What was due between two moments and went out of the house; the in-box is not counted."""
    rows = Delivery.objects.within(scope).filter(due_at__gte=since, due_at__lt=until)
    groups = (
        rows.exclude(channel=Channel.IN_APP).values("channel", "provider").order_by("channel", "provider")
    )
    found = groups.annotate(
        due=Count("pk"),
        taken=Count("pk", filter=Q(accepted_at__isnull=False)),
        soon=Count("pk", filter=Q(accepted_at__lte=F("due_at") + SOON)),
        delivered=Count("pk", filter=Q(state=Delivery.State.DELIVERED)),
        failed=Count("pk", filter=Q(state=Delivery.State.FAILED)),
        segments=Sum("segments"),
    )
    return [Travelled(**row) for row in found]


def together(rows: Iterable[Travelled]) -> Travelled:
    """All of them as one."""
    some = list(rows)
    names = ("due", "taken", "soon", "delivered", "failed", "segments")
    return Travelled("", "", **{name: sum(getattr(row, name) for row in some) for name in names})


def open_and_failed(scope: Scope, since: datetime) -> tuple[int, int]:
    """How many are on their way, and how many ended in vain since a moment."""
    rows = Notice.objects.within(scope)
    failed = rows.filter(state__in=[State.FAILED, State.EXPIRED], told_at__gte=since - timedelta(days=3))
    return rows.filter(next_at__isnull=False).count(), failed.filter(ended_at__gte=since).count()
