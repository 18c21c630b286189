"""Visits whose day is left to the planner: among which days each may lie, as long as nobody is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from songhe.areas.care import queries
from songhe.areas.care.models import Plan, PlanState, Visited
from songhe.areas.care.rules import Span
from songhe.areas.care.weeks import WEEK, clear
from songhe.areas.contracts import api as contracts
from songhe.areas.visits.api import Order, OrderState
from songhe.core.days import month_end, month_of
from songhe.engines.access.api import elevated

WAITING = (OrderState.RECEIVED, OrderState.TAKEN)
"""Nobody is sent yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The days of one visit, of one order or of two; visits of one line lie ``apart`` days from each other."""

    row: Visited
    days: frozenset[date]
    apart: int

    @property
    def series(self) -> UUID:
        """The line."""
        return self.row.line_id

    @property
    def orders(self) -> tuple[UUID, ...]:
        """The orders of the visit."""
        return tuple(key for key in (self.row.order_id, self.row.second_id) if key)


def choices(orders: Sequence[Order], since: date, until: date) -> list[Choice]:
    """Of those orders that a plan leaves to the planner and nobody is sent for: on which days of a span they may lie.

    Each stays in its week, in its month (of whose grant it takes) and under its contract's price, keeps away from hospital,
    holidays and what else the plan excludes, and from visits of its line that are not free. One that has no such day is none.
    """
    with elevated():  # plans, stays and contracts lie beyond the planner's scope
        lines = _lines(orders, since, until)
        if not lines:
            return []
        free = {order.pk: order for order in orders if order.state in WAITING}
        away = queries.spent({order.person_id for order in orders}, since, until)
        same = _prices(free.values())
        agreed = _agreed(lines)
    of_person: defaultdict[UUID, list[Order]] = defaultdict(list)
    for order in orders:
        of_person[order.person_id].append(order)
    found = []
    for rows in lines:
        loose = [row for row in rows if _is_loose(row, free)]
        fixed = [agreed.get(row.order_id, row.day) for row in rows if row not in loose]
        own = {key for row in rows for key in (row.order_id, row.second_id)}
        others = [order for order in of_person[rows[0].person_id] if order.pk not in own]
        for row in loose:
            order = free[row.order_id]
            days = frozenset(
                day
                for day in _possible(row, since, until, away.get(row.person_id, ()))
                if clear(day, fixed, row.line.days_apart)
                and (day == row.day or (same(order, day) and not _twice(order, day - row.day, others)))
            )
            if days:
                found.append(Choice(row, days, row.line.days_apart))
    return found


def still_open(orders: Sequence[Order]) -> set[UUID]:
    """Of some orders those whose day a week's plan may still choose."""
    waiting = {order.pk for order in orders if order.state in WAITING}
    with elevated():  # whoever sees an order may know that its day is not sure yet
        rows = Visited.everywhere.filter(
            week__isnull=False, person__id__among=list({order.person_id for order in orders})
        )
        kept = rows.values_list("order_id", "second_id")
        return {key for pair in kept for key in pair if key in waiting}


def _lines(orders: Sequence[Order], since: date, until: date) -> list[list[Visited]]:
    """What was made of the lines of some orders in the weeks around a span, line by line."""
    rows = Visited.everywhere.filter(week__isnull=False, day__range=(since - WEEK, until + WEEK))
    near = rows.filter(person__id__among=list({order.person_id for order in orders}))
    found: defaultdict[UUID, list[Visited]] = defaultdict(list)
    for row in near.select_related("line", "line__plan").order_by("line_id", "day"):
        found[row.line_id].append(row)
    keys = {order.pk for order in orders}
    return [some for some in found.values() if any(row.order_id in keys for row in some)]


def _agreed(lines: Iterable[list[Visited]]) -> dict[UUID, date]:
    """On which day each order of some lines is wanted, in the weeks around the span as well."""
    keys = [row.order_id for rows in lines for row in rows]
    found = Order.everywhere.filter(pk__among=keys).values_list("pk", "wanted_from")
    return {key: timezone.localdate(since) for key, since in found}


def _is_loose(row: Visited, free: dict[UUID, Order]) -> bool:
    """Whether all its orders are there and wait, and no other time was agreed with the person since."""
    first = free.get(row.order_id)
    if first is None or (row.second_id is not None and row.second_id not in free):
        return False
    whole = tuple(map(timezone.make_aware, row.line.window.on(row.day, row.line.minutes)))
    return (first.wanted_from, first.wanted_until) == whole


def _possible(row: Visited, since: date, until: date, away: Sequence[Span]) -> Iterable[date]:
    """The days of its week and month that its plan allows."""
    plan: Plan = row.line.plan
    assert row.week is not None
    first, last = month_of(row.day), month_end(row.day)
    if plan.state == PlanState.ACTIVE:
        last = min(last, plan.review_on)
    if plan.state not in queries.LIVING or plan.moved:
        return ()
    since, until = max(since, row.week, first), min(until, row.week + timedelta(days=6), last)
    return row.line.recurring(plan).days(since, until, away=away, holidays=queries.holidays(since, until))


def _prices(orders: Iterable[Order]) -> Callable[[Order, date], bool]:
    """Whether an order costs the same on another day, under the same contract."""
    rows = contracts.Contract.everywhere.filter(pk__in={order.contract_id for order in orders})
    deals = {deal.id: deal for deal in contracts.deals(rows)}

    def same(order: Order, day: date) -> bool:
        if order.contract_id is None:
            return True
        deal, own = deals[order.contract_id], timezone.localdate(order.wanted_from)
        return deal.covers(order.region_id, day) and deal.tariff(order.item, day) == deal.tariff(
            order.item, own
        )

    return same


def _twice(order: Order, later: timedelta, others: Iterable[Order]) -> bool:
    """Whether the same service is ordered for the person at its hours of another day already."""
    since, until = order.wanted_from + later, order.wanted_until + later
    return any(
        other.item == order.item and other.wanted_from < until and since < other.wanted_until
        for other in others
    )
