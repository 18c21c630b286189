"""Looking for plans, and publishing them, in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from songhe.areas.roster import actions, queries
from songhe.areas.roster.models import Roster, RosterLine
from songhe.areas.roster.planning import Planned, search
from songhe.core.measure import Period
from songhe.core.roster import BrokenPlan
from songhe.core.sources import DataError
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import Cancelled, Lost, Work, job, periodic
from songhe.kit.refusals import kept, worded

TICK = 0.5
SETTLING = timedelta(days=5)
"""How long after a month its visits may still be brought in or corrected."""
NO_MORE = 1e12


class Hurried:
    """A clock that can be told that time is up, so that a search under way comes to its end."""

    def __init__(self) -> None:
        self.up = threading.Event()

    def __call__(self) -> float:
        """Seconds, as ``time.monotonic``; no more time once it is up."""
        return NO_MORE if self.up.is_set() else time.monotonic()


BROKE_OFF = gettext_noop(
    "Planning was interrupted. Plan again; if it is interrupted again, give your administrator this reference: {job}"
)


def _plan_lost(lost: Lost) -> None:
    roster = Roster.everywhere.filter(pk=lost.args["roster"], job_id=lost.job_id).first()
    if roster is not None:
        why = kept(lost.refused) if lost.refused else worded(BROKE_OFF, job=lost.job_id)
        actions.not_planned(
            roster, actor=SYSTEM, at=lost.at, reason=worded(gettext_noop("Stopped")) if lost.stopped else why
        )


@job("roster.plan", lost=_plan_lost)
def plan(work: Work) -> dict[str, Any]:
    """Look for a plan for the seconds given, with progress; stopped at once when asked to."""
    with work.entered():
        roster = Roster.objects.take(UUID(work.args["roster"]), work.actor.scope("roster.plan"))
        facts, before = queries.facts(roster, work.at), queries.lines_before(roster)
    try:
        planned = _searched(work, facts, roster, before)
    except (DataError, BrokenPlan) as fault:
        with work.entered():
            actions.not_planned(roster, actor=work.actor, at=work.at, reason=str(fault))
        return {"planned": False}
    with work.entered():
        actions.keep_plan(roster, actor=work.actor, at=work.at, facts=facts, planned=planned)
    return {"planned": True, "cost": planned.cost}


def _searched(work: Work, facts: queries.Facts, roster: Roster, before: Sequence[RosterLine]) -> Planned:
    """The search in a thread of its own, while this one shows progress and listens for a stop."""
    found: list[Planned] = []
    faults: list[BaseException] = []
    clock = Hurried()

    def run() -> None:
        try:
            found.append(search(facts, roster, before, clock=clock))
        except Exception as fault:
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    began = time.monotonic()
    try:
        while thread.is_alive():
            thread.join(TICK)
            work.step(min(int(time.monotonic() - began), roster.seconds), roster.seconds)
    except Cancelled:
        clock.up.set()
        thread.join()
        raise
    if faults:
        raise faults[0]
    return found[0]


def _publish_lost(lost: Lost) -> None:
    """What is published stays so; without a job the board offers to go on."""
    Roster.everywhere.filter(pk=lost.args["roster"], job_id=lost.job_id).update(job_id=None)


@job("roster.publish", lost=_publish_lost)
def publish(work: Work) -> dict[str, Any]:
    """Publish chunk by chunk; each is one transaction, and what is done is not done again."""
    key = UUID(work.args["roster"])
    while True:
        with work.entered():
            roster = Roster.objects.take(key, work.actor.scope("roster.publish"))
            left = actions.publish_chunk(roster, actor=work.actor, at=work.at)
            total = queries.lines_of(roster).count()
        work.step(total - left, total)
        if not left:
            return {"lines": total}


@periodic("roster.count_work", every_minutes=6 * 60)
def count_work(work: Work) -> dict[str, Any]:
    """Count this month's work, and the last one's while it may still change."""
    today = timezone.localdate(work.at)
    months = sorted({Period.holding(day - timedelta(days=1)) for day in (today, today - SETTLING)})
    with work.entered():
        return {str(month): actions.count_work(actor=work.actor, at=work.at, month=month) for month in months}
