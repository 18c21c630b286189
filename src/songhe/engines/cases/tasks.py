"""Timers of cases."""

from __future__ import annotations

from typing import Any

from songhe.engines.cases.models import CaseStep
from songhe.engines.cases.moving import escalate
from songhe.engines.jobs.api import Work, job
from songhe.engines.live.api import publish


@job("cases.escalate", together=True)
def run(work: Work) -> dict[str, Any]:
    """Escalate a case that is still where it was when the timer was set, and tell the boards."""
    step = CaseStep.everywhere.select_related("case").filter(pk=work.args["step"]).first()
    if step is None:
        return {"escalated": False}
    done = escalate(step, work.args["escalation"], at=work.at)
    if done:
        case = step.case
        news = {"number": case.number, "escalation": work.args["escalation"]}
        publish(f"cases.{case.flow_code}", case.region_id, news, at=work.at, holder_id=case.holder_id)
    return {"escalated": done}
