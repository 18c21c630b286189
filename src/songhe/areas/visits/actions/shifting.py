"""Planned orders that lie on other days now, at the same hours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from songhe.areas.contracts import api as contracts
from songhe.areas.visits.models import Order, OrderState, Source
from songhe.engines.access.api import Actor, elevated, update_many
from songhe.engines.acts.api import record_bulk
from songhe.engines.cases.api import Case, put_off
from songhe.kit.days import day_of


def shift_planned(days: Mapping[UUID, date], *, actor: Actor, at: datetime) -> None:
    """Move orders of plans that nobody is sent for to other days of their months, under the same contract and price.

    The caller answers for the right and for the days, and runs inside its own transaction.
    """
    with elevated():  # a plan's organisation does not see every case and contract
        rows = Order.everywhere.filter(pk__among=list(days), source=Source.PLAN)
        rows = rows.filter(state__in=[OrderState.RECEIVED, OrderState.TAKEN]).order_by("pk")
        orders = list(rows.select_for_update(no_key=True, of=("self",)))
        due = dict(Case.everywhere.filter(pk__in=[row.case_id for row in orders]).values_list("pk", "due_at"))
        later = {row.pk: days[row.pk] - day_of(row.wanted_from) for row in orders}
        put_off(
            [
                (row.case_id, row.wanted_from + later[row.pk])
                for row in orders
                if due[row.case_id] == row.wanted_from
            ]
        )
        update_many(
            Order,
            ("id", "wanted_from", "wanted_until"),
            [(row.pk, row.wanted_from + later[row.pk], row.wanted_until + later[row.pk]) for row in orders],
        )
        contracts.redate({row.pk: days[row.pk] for row in orders}, at=at)
    text = "\n".join(f"{row.pk} {days[row.pk]}" for row in orders)
    digest = hashlib.sha256(text.encode()).hexdigest()
    record_bulk("visits.shift_planned", model=Order, count=len(orders), digest=digest, actor=actor, at=at)
