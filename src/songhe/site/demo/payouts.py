"""Grants given unasked, and the payment runs of the last months; the county shown still has this month's to be posted."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.timezone import localtime

from songhe.areas.entitlement.actions import approve_award, list_candidates, propose
from songhe.areas.entitlement.models import Award, AwardState
from songhe.areas.entitlement.rules import months_later
from songhe.areas.payments.actions import compute, post_run, prepare_run
from songhe.areas.payments.models import RunState
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.jobs.models import Job
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting

MONTHS = 3


def pay(city: City) -> None:
    """Let everybody entitled have the benefits nobody asks for, and work out three months."""
    this = localtime(city.at).date().replace(day=1)
    first = months_later(this, 1 - MONTHS)
    for county in city.places.counties:
        _award(city, county, first)
        for place in range(MONTHS):
            month = months_later(first, place)
            _run(city, county, month, post=month != this or county != city.shown)


def _award(city: City, county: int, month: date) -> None:
    region, officer = Region.objects.get(code=county), city.county_officer(county)
    with entered(Scope.EVERYTHING):
        award: Award = propose(actor=SYSTEM, at=city.at, region=region, month=month)
        list_candidates(award, actor=SYSTEM, at=city.at)
    if award.state == AwardState.READY:
        with acting(officer):
            approve_award(award, actor=officer, at=city.at)


def _run(city: City, county: int, month: date, *, post: bool) -> None:
    """One month, worked out in its last week as everything is known now."""
    clerk, treasurer = city.county_officer(county), city.users["finance"]
    today = localtime(city.at).date()
    end = min(months_later(month, 1) - timedelta(days=3), today)
    at = min(city.on((today - end).days, 9), city.at)
    with acting(clerk):
        run = prepare_run(actor=clerk, at=at, region=Region.objects.get(code=county), month=month)
        run.known_at = city.at
        compute(run, actor=clerk, at=at)
        Job.objects.filter(kind="payments.compute", key=str(run.pk)).update(
            state=Job.State.DONE, finished_at=at, result={"postings": run.postings, "fen": run.fen}
        )
    if post and run.state == RunState.READY:
        with acting(treasurer):
            post_run(run, actor=treasurer, at=min(at + timedelta(hours=4), city.at))
