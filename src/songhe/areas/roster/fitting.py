"""An urgent order on a day that is planned: where it could go, while everything that is promised stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from songhe.areas.roster import queries
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Roster, RosterLine
from songhe.areas.roster.planning import (
    Draft,
    draft_of,
    fixed_of,
    kept,
    moment,
    pinned,
    rows_of,
    standing_lines,
    stays_of,
)
from songhe.core.refusal import Refused
from songhe.core.roster import Desk, Pin, Place, Plan, Stay, at_hand, laid, places
from songhe.core.sources import DataError

OFFERED = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """One way of fitting an order in. ``later``: orders that then begin so many minutes later than planned."""

    worker: UUID
    starts_at: datetime
    cost: int
    travel: int
    later: tuple[tuple[UUID, int], ...]
    second: UUID | None = None


def standing(roster: Roster, at: datetime, facts: queries.Facts | None = None) -> Draft:
    """A draft as it stands; of a roster that is published, what is promised by now."""
    if roster.is_draft:
        return draft_of(roster, at, facts)
    facts = facts or queries.facts(roster, at)
    lines = standing_lines(facts, queries.lines_of(roster))
    problem = pinned(kept(facts), fixed_of(facts, lines, stays_of(facts, lines)))
    plan, lost = laid(problem, facts.built.told, params=ground().params, made=at_hand())
    return Draft(facts, {}, problem, plan, lost)


def desk_of(draft: Draft) -> Desk:
    """The plan, ready to be asked."""
    return Desk(draft.problem, draft.plan, params=ground().params, made=at_hand())


def loose(draft: Draft, lines: Sequence[RosterLine]) -> list[UUID]:
    """Orders that nobody is promised for and that the plan does not hold."""
    planned = {draft.facts.built.halves.of_order.get(str(line.order_id)) for line in lines if line.worker_id}
    return [
        order.pk
        for key, order in draft.facts.orders.items()
        if key not in draft.facts.visits
        and (task := draft.facts.built.halves.of_order.get(key)) is not None
        and task not in planned
    ]


def offers(draft: Draft, order: UUID, desk: Desk | None = None) -> list[Offer]:
    """The best places of an order with their price, the cheapest first."""
    code = code_of(draft, order)
    return [_offer(draft, found) for found in places(desk or desk_of(draft), code, OFFERED)]


def code_of(draft: Draft, order: UUID) -> str:
    """The visit that an order is, or is half of; refused where it is not to be fitted in."""
    task = draft.facts.built.halves.of_order.get(str(order))
    if task is None:
        raise Refused("gone", "This order changed or ended meanwhile. Look at it again.")
    if (task[0], 0) in draft.plan.by_task or str(order) in draft.facts.visits:
        raise Refused("planned", "This order has a worker already.")
    return task[0]


def _offer(draft: Draft, found: Place) -> Offer:
    orders = draft.facts.built.halves.of_task
    worker, shift, start = found.stays[0]
    return Offer(
        UUID(worker),
        moment(draft.facts, Stay(worker, shift, start, "")),
        found.cost,
        found.travel,
        tuple((UUID(orders[visit, part]), minutes) for visit, part, minutes in found.later),
        UUID(found.stays[1][0]) if len(found.stays) > 1 else None,
    )


def fitted(draft: Draft, order: UUID, worker: UUID | None) -> Plan:
    """The plan with an order fitted in, by one worker or by whom it suits best."""
    code = code_of(draft, order)
    if worker is not None and all(one.code != str(worker) for one in draft.problem.workers):
        raise Refused("cannot_be", "Does not work on this day.")
    old = next((pin for pin in draft.problem.pins if (pin.visit, pin.part) == (code, 0)), Pin(code))
    pin = replace(old, worker=str(worker) if worker else old.worker)
    pins = (*(one for one in draft.problem.pins if (one.visit, one.part) != (code, 0)), pin)
    desk = desk_of(replace(draft, problem=replace(draft.problem, pins=pins)))
    if desk.give(code) is None:
        raise Refused(
            "cannot_be", "Nobody can come within the time that the person wants. Agree another time."
        )
    return desk.plan


def promised_lines(roster: Roster, draft: Draft) -> dict[tuple[str, int], RosterLine]:
    """Lines of a new draft that say what is promised, to the minute, whether or not the plan could still hold it."""
    out = {}
    for line in rows_of(roster, draft.facts, draft.facts.built.told, draft.problem.pins):
        line.worker_id, line.starts_at = line.told_worker_id, line.told_at
        out[line.code, line.part] = line
    return out


__all__ = ["DataError", "Offer", "desk_of", "fitted", "loose", "offers", "promised_lines", "standing"]
