"""What the circle does by the clock and in the background."""

from __future__ import annotations

from typing import Any

from songhe.areas.circle import actions
from songhe.areas.circle.actions.computing import cities
from songhe.areas.circle.actions.gathering import counties
from songhe.areas.circle.actions.sitings import answer_now, broken
from songhe.areas.circle.models import Siting
from songhe.core.codes import span
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import Lost, Work, job, periodic


@job("circle.compute")
def compute(work: Work) -> dict[str, Any]:
    """Gather county by county, then work every city out."""
    return _computed(work)


@periodic("circle.nightly", at="03:00")
def nightly(work: Work) -> dict[str, Any]:
    """The same each night, so that the map is of the day."""
    return _computed(work)


def _computed(work: Work) -> dict[str, Any]:
    people, runs, why = 0, 0, ""
    towns = [(city, county) for city in cities() for county in counties(*span(city))]
    for done, (_city, county) in enumerate(towns):
        people += actions.gather_county(county, at=work.at, actor=work.actor)
        work.step(done + 1, len(towns) + 1)
    for city in cities():
        try:
            actions.compute_now(city, actor=work.actor, at=work.at)
            runs += 1
        except Refused as refused:
            why = str(refused)
    return {"people": people, "cities": runs, **({"note": why} if why else {})}


def _site_lost(lost: Lost) -> None:
    siting = Siting.everywhere.filter(pk=lost.args["siting"]).first()
    if siting is not None:
        broken(siting, actor=SYSTEM, at=lost.at, job=lost.job_id, stopped=lost.stopped)


@job("circle.site", lost=_site_lost)
def site(work: Work) -> dict[str, Any]:
    """Answer where to build next."""
    work.step(0, 2)
    with work.entered():
        asked = Siting.objects.take(work.args["siting"], work.actor.scope("circle.plan"))
        if asked.state != Siting.State.WORKING:
            return {}
        answer_now(asked, actor=work.actor, at=work.at)
    work.step(1, 2)
    with work.entered():
        asked.save()
    return {"sites": len(asked.result.get("sites", ()))}
