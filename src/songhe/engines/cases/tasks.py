"""Timers of cases."""

from __future__ import annotations

from typing import Any

from songhe.engines.cases.clock import strike
from songhe.engines.cases.models import CaseStep
from songhe.engines.jobs.api import Work, job, start_many
from songhe.engines.live.api import publish


@job("cases.escalate", together=True)
def run(work: Work) -> dict[str, Any]:
    """Warn or escalate a case that is still where it was when the timer was set, tell the boards, set the next timer."""
    step = CaseStep.everywhere.select_related("case").filter(pk=work.args["step"]).first()
    if step is None:
        return {"escalated": False}
    done, later = strike(step, work.args, at=work.at)
    if done:
        start_many(later)
        case = step.case
        news = {"number": case.number, "escalation": work.args["escalation"]}
        publish(f"cases.{case.flow_code}", case.region_id, news, at=work.at, holder_id=case.holder_id)
    return {"escalated": done}
