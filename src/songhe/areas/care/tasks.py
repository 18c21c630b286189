"""Jobs of care plans: a month's orders in chunks that show progress, and calling off what is not needed any more."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any
from uuid import UUID

from songhe.areas.care import actions, queries
from songhe.areas.care.models import Line, Month, MonthState
from songhe.engines.jobs.api import Lost, Work, job

CHUNK = 500
"""So many lines at a time; the lines of one person are never apart, so that one grant is looked at once."""


def _month_lost(lost: Lost) -> None:
    Month.everywhere.filter(pk=lost.args["month"], state=MonthState.RUNNING).update(
        state=MonthState.STOPPED, finished_at=lost.at
    )


@job("care.month", lost=_month_lost)
def month(work: Work) -> dict[str, Any]:
    """Make the orders of a month; what was made before is found again, so a run that died goes on where it was."""
    scope = work.actor.scope("care.plan")
    with work.entered():
        run = Month.objects.take(work.args["month"], scope)
        if run.state != MonthState.RUNNING:
            return {"made": run.made}
        keys = list(
            queries.planned_lines(scope, run).order_by("person_id", "id").values_list("person_id", "id")
        )
    people = [[line for _person, line in rows] for _key, rows in groupby(keys, key=lambda one: one[0])]
    total = len(people)
    counts: Counter[str] = Counter()
    done = 0
    for chunk in _chunks(people):
        with work.entered():
            lines = list(Line.objects.within(scope).filter(pk__in=[key for rows in chunk for key in rows]))
            counts.update(actions.look_through(run, lines, actor=work.actor, at=work.at))
            done += len(chunk)
            Month.objects.within(scope).filter(pk=run.pk).update(plans=total, done=done)
        work.step(done, total)
    with work.entered():
        run = Month.objects.take(run.pk, scope)
        run.plans = run.done = total
        actions.finish_month(run, counts, at=work.at)
    return {"made": run.made, "there": run.there, "left_out": run.left_out}


@job("care.call_off", together=True)
def call_off(work: Work) -> dict[str, Any]:
    """Call off orders of a person that no plan asks for any more."""
    gone = actions.call_off_needless(UUID(work.args["person"]), actor=work.actor, at=work.at)
    return {"called_off": gone}


def _chunks(people: list[list[UUID]]) -> list[list[list[UUID]]]:
    out: list[list[list[UUID]]] = [[]]
    size = 0
    for rows in people:
        if size + len(rows) > CHUNK and out[-1]:
            out.append([])
            size = 0
        out[-1].append(rows)
        size += len(rows)
    return out if people else []
