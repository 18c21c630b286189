"""Late news of a phone that had no network: a visit that the clock alone gave up meanwhile is planned again."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.contracts import api as contracts
from songhe.areas.visits import rules
from songhe.areas.visits.actions.common import move_order, order_of, reach, save_order, tell
from songhe.areas.visits.models import Order, OrderState, Visit, VisitState
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act
from songhe.engines.cases.api import CaseStep
from songhe.kit.days import day_of

OPENING = ("accept", "depart", "check_in", "come_in_vain")
"""What a phone brings of a visit before anything else."""
SENDING = ("dispatch", "reassign", "take_to_go")


def given_up_by_clock(visit: Visit) -> bool:
    """Whether nobody but the clock says that a visit was missed, and nobody has dealt with its order since."""
    if visit.state != VisitState.MISSED:
        return False
    with elevated():  # an order that went back to dispatch is out of the worker's reach
        order = Order.everywhere.get(pk=visit.order_id)
        last = _steps(order)[-1:]
    by_clock = [(step.move, step.actor_id) for step in last] == [("return", SYSTEM.id)]
    return by_clock and rules.overlaps(visit.stay, (order.wanted_from, order.wanted_until))


@act("visits.check_in")
def plan_again(visit: Visit, *, actor: Actor, at: datetime) -> Visit:
    """Plan a visit again as it was before the clock gave it up; what was noted of it with the contract is taken back."""
    if not given_up_by_clock(visit):
        raise Refused("not_now", "Somebody is changing this visit at this moment. Try again.")
    order = order_of(visit)
    visit.state = VisitState.PLANNED
    visit.save()
    order.worker_id = visit.worker_id
    _go_through_again(order, visit, actor=actor, at=at)
    save_order(order)
    contracts.take_back(contracts.RemarkKind.MISSED, order.pk, on=day_of(visit.starts_at))
    with elevated():
        reach(order, visit.worker, at=at)
    tell(order, "planned_again", at=at)
    return visit


def _go_through_again(order: Order, visit: Visit, *, actor: Actor, at: datetime) -> None:
    """Bring the order to where it stood, each step with its own moment."""
    with elevated():
        steps = _steps(order)
    moments = {step.move: step.at for step in steps}
    sent = max((moments[move] for move in SENDING if move in moments), default=visit.starts_at)
    move_order(order, "late_news", actor=actor, at=at, happened=sent)
    if visit.accepted_at is not None:
        move_order(order, "accept", actor=actor, at=at, happened=visit.accepted_at)
    if steps[-1].source == OrderState.ON_THE_WAY:
        move_order(order, "depart", actor=actor, at=at, happened=moments["depart"])


def _steps(order: Order) -> list[CaseStep]:
    return list(CaseStep.everywhere.filter(case_id=order.case_id, escalates=False).order_by("at", "pk"))
