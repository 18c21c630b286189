"""What caring does in the background."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from songhe.areas.caring import actions
from songhe.areas.caring.actions.planning import plan_failed
from songhe.areas.caring.models import CaringPlan
from songhe.engines.jobs.api import Work, job


@job("caring.plan")
def plan(work: Work) -> dict[str, Any]:
    """Make the plan of a month; what failed is said on the plan."""
    key = UUID(work.args["plan"])
    work.step(0, 1)
    try:
        with work.entered():
            found = CaringPlan.objects.take(key, work.actor.scope("caring.plan"))
            made = actions.make_plan(found, actor=work.actor, at=work.at)
    except Exception:
        with work.entered():
            found = CaringPlan.objects.take(key, work.actor.scope("caring.plan"))
            plan_failed(found, actor=work.actor, at=work.at)
        raise
    work.step(1, 1)
    return {"visits": made.visits, "calls": made.calls}
