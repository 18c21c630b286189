"""Jobs of payments: working a run out, and looking after those whose job has died."""

from __future__ import annotations

from typing import Any

from songhe.areas.payments.actions import compute, give_up
from songhe.areas.payments.models import Run, RunState
from songhe.areas.payments.queries import abandoned
from songhe.core.refusal import Refused
from songhe.engines.jobs.api import Work, job, periodic
from songhe.kit.refusals import kept


@job("payments.compute")
def compute_run(work: Work) -> dict[str, Any]:
    """Work a run out in one transaction. One that is refused is discarded with the reason, so that a new one can begin."""
    try:
        with work.entered():
            run = _waiting(work)
            if run is None:
                return {}
            compute(run, actor=work.actor, at=work.at)
    except Refused as refused:
        with work.entered():
            run = _waiting(work)
            if run is not None:
                run.state, run.note = RunState.DISCARDED, kept(refused)
                run.save(update_fields=["state", "note"])
        raise
    return {"postings": run.postings, "fen": run.fen}


@periodic("payments.look_after_runs", every_minutes=2)
def look_after_runs(work: Work) -> dict[str, Any]:
    """Say of runs whose job has ended without a result that they could not be worked out."""
    with work.entered():
        found = abandoned()
        for run in found:
            give_up(run, actor=work.actor, at=work.at)
    return {"given_up": len(found)}


def _waiting(work: Work) -> Run | None:
    rows = Run.objects.within(work.actor.scope("payments.prepare")).select_for_update(
        no_key=True, of=("self",)
    )
    found: Run | None = rows.filter(pk=work.args["run"], state=RunState.COMPUTING).first()
    return found
