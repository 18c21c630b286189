"""By the clock: telling 12345 how our orders go, and warning before a deadline."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.tickets.actions.outbox import send_waiting, tell
from songhe.areas.tickets.limits import terms
from songhe.areas.tickets.models import OPEN, CaseState, CityCase
from songhe.areas.tickets.queries import words_of_order
from songhe.areas.tickets.rules import is_near
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.cases.api import calendar
from songhe.engines.live.api import publish

TOPIC = "tickets"


def follow_up(*, at: datetime) -> int:
    """Tell 12345 how the orders of its cases go; each state once. Returns how many were told."""
    rows = CityCase.everywhere.select_for_update(of=("self",)).filter(
        state=CaseState.IN_HAND, call__order__isnull=False
    )
    told = 0
    for row in rows.select_related("call__order").order_by("id"):
        assert row.call is not None
        assert row.call.order is not None
        order = row.call.order
        mark = f"{order.state}"
        if row.told != mark:
            row.told = mark
            row.save(update_fields=["told"])
            tell(row, "progress", words_of_order(order), actor=SYSTEM, at=at, order=order.number)
            told += 1
    return told


def warn(*, at: datetime) -> int:
    """Warn once of each deadline that has come near; returns of how many."""
    rows = CityCase.everywhere.select_for_update().filter(state__in=OPEN, warned_at=None)
    near = [
        row
        for row in rows.order_by("due_at", "id")
        if is_near(at, row.due_at, terms=terms(), calendar=calendar())
    ]
    for row in near:
        row.warned_at = at
        row.save(update_fields=["warned_at"])
        publish(TOPIC, row.region_id, {"number": row.number, "what": "near"}, at=at, holder_id=row.handler_id)
    return len(near)


def run_all(at: datetime) -> dict[str, int]:
    """Everything that is done by the clock."""
    with entered(Scope.EVERYTHING):  # the outbox and the timers serve every region
        return {"told": follow_up(at=at), "warned": warn(at=at), "sent": send_waiting(at=at)}
