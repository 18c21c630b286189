"""What caring does in the background."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from songhe.areas.caring import actions
from songhe.areas.caring.actions.planning import plan_failed
from songhe.areas.caring.models import CaringPlan
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import Lost, Work, job, periodic


def _plan_lost(lost: Lost) -> None:
    found = CaringPlan.everywhere.filter(pk=lost.args["plan"], job_id=lost.job_id).first()
    if found is not None:
        plan_failed(found, actor=SYSTEM, at=lost.at)


@job("caring.plan", lost=_plan_lost)
def plan(work: Work) -> dict[str, Any]:
    """Make the plan of a month."""
    work.step(0, 1)
    with work.entered():
        found = CaringPlan.objects.take(UUID(work.args["plan"]), work.actor.scope("caring.plan"))
        made = actions.make_plan(found, actor=work.actor, at=work.at)
    work.step(1, 1)
    return {"visits": made.visits, "calls": made.calls}


@periodic("caring.plan_ahead", every_minutes=6 * 60)
def plan_ahead(work: Work) -> dict[str, Any]:
    """Begin the plans of next month, a few days before it."""
    with work.entered():
        begun = actions.plan_ahead(actor=work.actor, at=work.at)
    return {"plans": len(begun)}
