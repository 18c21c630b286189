"""What visits tell on a person's page."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from songhe.areas.registry.api import Happening, Person, timeline
from songhe.areas.visits import queries
from songhe.areas.visits.models import Order, Visit, VisitState
from songhe.areas.visits.screens.common import ORDER_TONES, VISIT_TONES
from songhe.areas.visits.screens.orders import orders, wish
from songhe.areas.visits.screens.visits import visits
from songhe.engines.access.api import Scope

MOST = 40


@timeline("visits.view", Order)
def _ordered(person: Person, scope: Scope) -> Iterable[Happening]:
    """Orders when placed."""
    for order in queries.orders_of(person.pk, scope)[:MOST]:
        text = gettext("Order: {service}").format(service=order.item_label)
        yield Happening(
            order.placed_at,
            text,
            f"{order.get_state_display()} · {wish(order)}",
            orders.url_of(order),
            ORDER_TONES[order.state],
        )


@timeline("visits.view", Visit)
def _visited(person: Person, scope: Scope) -> Iterable[Happening]:
    """Visits when somebody came or should have come."""
    rows = Visit.objects.within(scope).filter(person_id=person.pk).exclude(state=VisitState.CANCELLED)
    for visit in rows.order_by("-starts_at")[:MOST]:
        text = gettext("Visit: {service}").format(service=visit.item_label)
        yield Happening(
            visit.arrived_at or visit.starts_at,
            text,
            str(visit.get_state_display()),
            visits.url_of(visit),
            VISIT_TONES[visit.state],
        )
