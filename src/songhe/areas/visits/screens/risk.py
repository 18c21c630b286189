"""Orders at risk: due soon, overdue, escalated, late at the door; and what came up to a good neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.api import Helper
from songhe.areas.visits import actions, watching
from songhe.areas.visits.models import Order
from songhe.areas.visits.queries import person_names
from songhe.areas.visits.screens.course import has_it
from songhe.areas.visits.screens.orders import orders, wish
from songhe.core.refusal import Refused
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.engines.regions.tree import name_of
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said
from songhe.kit.who import who

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Card:
    """One order at risk: whose, where, with whom it is and until when."""

    order: Order
    person: str
    place: str
    has_it: str
    due: datetime | None
    priority: str
    urgent: bool
    url: str


def _cards(rows: Sequence[Order]) -> list[Card]:
    names = person_names(row.person_id for row in rows)
    return [
        Card(
            row, names.get(row.person_id, ""), name_of(row.region_id), has_it(row, row.case), row.case.due_at,
            row.case.get_priority_display(), row.case.priority >= 2, orders.url_of(row),
        )
        for row in rows
    ]  # fmt: skip


def _context(request: HttpRequest) -> dict[str, Any]:
    scope, at = who(request).scope("visits.view"), now()
    columns: list[tuple[Any, str, QuerySet[Order]]] = [
        (_("Escalated"), "danger", watching.escalated(scope)),
        (_("Overdue"), "danger", watching.overdue(scope, at)),
        (_("Due soon"), "warn", watching.due_soon(scope, at)),
        (_("Late arrival"), "warn", watching.late_at_door(scope, at)),
    ]
    return {
        "columns": [
            (title, tone, rows.count(), _cards(list(rows.select_related("case")[:SHOWN])))
            for title, tone, rows in columns
        ]
    }


risk = page(
    "visits.risk",
    path="orders-at-risk/",
    title=_("Orders at risk"),
    right="visits.offers",
    template="visits/risk.html",
    context=_context,
    nav=NavItem("service", "urgent", 14),
)


def _near(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _shown(request)
    user, at = who(request), now()
    scope = user.scope("grid.help")
    mine = Q(user_id=user.pk) | Q(pk__in=scope.holders)
    helper = Helper.objects.within(scope).filter(mine).order_by("until", "id").first()
    try:
        key = UUID(request.POST.get("order", "")[:40])
    except ValueError:
        return redirect("visits.near")
    can = bool(request.POST.get("can"))
    try:
        if helper is None:
            raise Refused("no_helper", "You are not entered as a helper. Ask your village office.")
        with once(
            request.POST.get("_key"), actor=user, digest=digest_of([request.path, str(key), str(can)]), at=at
        ) as slot:
            if slot.done is None:
                actions.neighbour_answers(helper, actor=user, at=at, order=key, can=can)
                slot.store({})
    except Refused as refusal:
        return _shown(request, said(refusal), status=422)
    return redirect("visits.near")


def _shown(request: HttpRequest, refusal: str = "", *, status: int = 200) -> HttpResponse:
    rows = watching.come_up_to_neighbour(who(request).pk)
    names = person_names(row.person_id for row in rows)
    with elevated():  # the elder is near, and the neighbour is asked by name
        lines = [(row, names.get(row.person_id, ""), wish(row), uuid4().hex) for row in rows]
    made = {"page_title": say_now("Services nobody has taken"), "orders": lines, "refusal": refusal}
    return render(request, "visits/near.html", made, status=status)


near = page(
    "visits.near",
    path="near-orders/",
    title=_("Services nobody has taken"),
    right="grid.help",
    view=_near,
    nav=NavItem("today", "urgent", 35),
)
