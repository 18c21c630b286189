"""The outbox: sending what waits, telling 12345 how our orders go, and warning before a deadline."""

from __future__ import annotations

from datetime import datetime, timedelta

from songhe.areas.tickets.actions.common import tell
from songhe.areas.tickets.carrier import Rejected, Unreachable, carrier
from songhe.areas.tickets.limits import terms
from songhe.areas.tickets.models import OPEN, CaseState, CityCase, CityLine, Outgoing
from songhe.areas.tickets.queries import words_of_order
from songhe.areas.tickets.rules import is_near
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.cases.api import calendar
from songhe.engines.live.api import publish
from songhe.engines.vault.api import reveal_json

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
TOPIC = "tickets"


def send_waiting(*, at: datetime, most: int = 100) -> int:
    """Send what is due, the oldest first and those of one case in order; returns how many were acknowledged."""
    rows = Outgoing.everywhere.select_for_update(skip_locked=True, of=("self",)).filter(
        state=Outgoing.State.WAITING, next_at__lte=at
    )
    done, stuck = 0, set()
    for row in rows.select_related("message__line", "message__case").order_by("message__at", "id")[:most]:
        line: CityLine = row.message.line
        if line.way == CityLine.Way.FILES or row.message.case_id in stuck:
            continue
        try:
            carrier(line.way).carry(line, row.message.key, reveal_json(row.message.case_id, row.body_sealed))
        except Unreachable as fault:
            stuck.add(row.message.case_id)
            row.fault, row.next_at = str(fault)[:200], at + PAUSES[min(row.tries, len(PAUSES) - 1)]
            row.tries += 1
        except Rejected as fault:
            row.state, row.fault, row.done_at, row.tries = (
                Outgoing.State.FAILED,
                str(fault)[:200],
                at,
                row.tries + 1,
            )
        else:
            row.state, row.done_at, row.fault, row.tries = Outgoing.State.DONE, at, "", row.tries + 1
            done += 1
        row.save()
    return done


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
