"""Timers of complaints."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from songhe.areas.hotline import actions
from songhe.areas.hotline.models import Complaint
from songhe.engines.jobs.api import Work, job, start
from songhe.engines.jobs.models import Job

AGAIN = timedelta(days=2)


@job("hotline.complaint_due", together=True)
def complaint_due(work: Work) -> dict[str, Any]:
    """Lift a complaint whose day has passed unanswered to the next level, and look again two days later."""
    complaint = Complaint.everywhere.filter(pk=work.args["complaint"]).first()
    waits = complaint is not None and complaint.state in (Complaint.State.RECEIVED, Complaint.State.IN_HAND)
    if complaint is None or not waits or complaint.due_at is None:
        return {"escalated": False}
    if complaint.due_at != datetime.fromisoformat(work.args["due"]):
        return {"escalated": False}
    actions.escalate_overdue(complaint, actor=work.actor, at=work.at)
    start(
        "hotline.complaint_due", dict(work.args), actor=work.actor, at=work.at, lane=Job.Lane.TIMER,
        key=f"{complaint.pk}:{complaint.level}:{work.at:%Y%m%d}", run_at=work.at + AGAIN,
    )  # fmt: skip
    return {"escalated": True, "level": complaint.level}
