"""The dispatcher's board: what is open, and who is free."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker, employed
from songhe.areas.visits import queries
from songhe.areas.visits.models import OPEN_VISITS, Order, OrderState, Visit, VisitState
from songhe.areas.visits.queries import person_names
from songhe.areas.visits.screens.orders import orders, wish
from songhe.areas.visits.screens.sos import calling
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, live_topic, page
from songhe.kit.who import who

SHOWN = 100
ORDER = ("free", "busy", "off")


@dataclass(frozen=True, slots=True)
class Card:
    """One order on the board."""

    order: Order
    person: str
    wish: str
    url: str
    late: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One worker's day: whether free, busy or off duty now, and the visits."""

    worker: Worker
    now: str
    visits: list[tuple[Visit, str]]


def cards(scope: Any, states: tuple[OrderState, ...], at: datetime) -> list[Card]:
    """Orders of some states, the most urgent first."""
    rows = (
        Order.objects.within(scope).filter(state__in=states).order_by("-case__priority", "wanted_from", "id")
    )
    found = list(rows[:SHOWN])
    names = person_names(row.person_id for row in found)
    return [
        Card(row, names.get(row.person_id, ""), wish(row), orders.url_of(row), row.wanted_from < at)
        for row in found
    ]


def lines(scope: Any, day: date, at: datetime) -> list[Line]:
    """Workers with their visits of a day, the free ones first."""
    workers = list(employed(scope, day).order_by("name", "id")[:SHOWN])
    visits: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for visit in queries.visits_on(scope, day).exclude(state=VisitState.CANCELLED):
        visits[visit.worker_id].append(visit)
    names = person_names(visit.person_id for found in visits.values() for visit in found)
    local = timezone.localtime(at)
    out = []
    for worker in workers:
        busy = any(v.state in OPEN_VISITS and v.starts_at <= at < v.ends_at for v in visits[worker.pk])
        here = "busy" if busy else "free" if worker.hours.cover(local, 1) else "off"
        out.append(
            Line(worker, here, [(visit, names.get(visit.person_id, "")) for visit in visits[worker.pk]])
        )
    return sorted(out, key=lambda line: (ORDER.index(line.now), line.worker.name))


def context(request: HttpRequest) -> dict[str, Any]:
    """What the board shows."""
    user = who(request)
    at = now()
    scope = user.scope("visits.view")
    return {
        "columns": [
            (
                _("To dispatch"),
                "warn",
                cards(scope, (OrderState.RECEIVED, OrderState.OFFERED, OrderState.TAKEN), at),
            ),
            (_("Awaiting acceptance"), "info", cards(scope, (OrderState.DISPATCHED,), at)),
            (
                _("Accepted and in service"),
                "ok",
                cards(scope, (OrderState.ACCEPTED, OrderState.ON_THE_WAY, OrderState.IN_SERVICE), at),
            ),
        ],
        "calls": calling(user),
        "lines": lines(user.scope("providers.view"), timezone.localdate(at), at),
        "clock": timezone.localtime(at),
    }


live_topic("visits", right="visits.view")
board = page(
    "visits.board",
    path="board/",
    title=_("Dispatch board"),
    right="providers.view",
    template="visits/board.html",
    context=context,
    nav=NavItem("service", "route", 10),
)
