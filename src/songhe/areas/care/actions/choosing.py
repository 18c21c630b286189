"""Days that a roster chose for visits whose day a plan leaves to the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from songhe.areas.care.choices import Choice, choices
from songhe.areas.care.models import Visited
from songhe.areas.care.weeks import settled
from songhe.areas.visits.api import Order, shift_planned
from songhe.engines.access.api import Actor, elevated, update_many


def choose_days(
    wanted: Mapping[UUID, date | None], since: date, until: date, *, actor: Actor, at: datetime
) -> None:
    """Put orders on the days that a roster of a span chose, each still the same visit; where it chose none, out of the way.

    What was excluded or agreed otherwise meanwhile stays where it is. The caller answers for the right, gives all that its
    roster holds, and runs inside its own transaction.
    """
    with elevated():  # plans lie beyond the planner's scope
        rows = Order.everywhere.filter(pk__among=list(wanted)).order_by("pk")
        orders = list(rows.select_for_update(no_key=True, of=("self",)))
    by_line: defaultdict[UUID, list[Choice]] = defaultdict(list)
    for choice in choices(orders, since, until):
        by_line[choice.series].append(choice)
    moved: dict[UUID, date] = {}
    for some in by_line.values():
        of_row = {choice.row.pk: choice for choice in some}
        found = settled(
            {key: choice.row.day for key, choice in of_row.items()},
            {key: day for key, choice in of_row.items() if (day := wanted[choice.row.order_id])},
            {key: choice.days for key, choice in of_row.items()},
            some[0].apart,
        )
        moved |= {key: day for key, day in found.items() if day != of_row[key].row.day}
    if moved:
        _keep(moved, [choice for some in by_line.values() for choice in some], actor=actor, at=at)


def _keep(moved: Mapping[UUID, date], found: list[Choice], *, actor: Actor, at: datetime) -> None:
    with elevated():  # as above
        update_many(Visited, ("id", "day"), list(moved.items()))
    orders = {key: moved[one.row.pk] for one in found if one.row.pk in moved for key in one.orders}
    shift_planned(orders, actor=actor, at=at)
