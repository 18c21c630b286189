"""Grants given unasked, the payment runs of the last months, and what became of them; the county shown still has
this month's to be posted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from songhe.areas.entitlement.actions import approve_award, list_candidates, propose
from songhe.areas.entitlement.models import Award, AwardState
from songhe.areas.payments.actions import compute, post_run, prepare_run
from songhe.areas.payments.models import Run, RunState
from songhe.core.days import months_later
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.jobs.models import Job
from songhe.engines.regions.models import Region
from songhe.site.demo.accounts import enter_accounts
from songhe.site.demo.batches import Bank
from songhe.site.demo.budgets import fund_lines
from songhe.site.demo.finances import open_funds
from songhe.site.demo.history import City, acting

MONTHS = 3


def pay(city: City) -> None:
    """Let everybody entitled have the benefits nobody asks for, work out three months, and pay them."""
    this = localtime(city.at).date().replace(day=1)
    first = months_later(this, 1 - MONTHS)
    open_funds(city, first)
    for county in city.places.counties:
        _award(city, county, first)
    enter_accounts(city, since=first)
    bank = Bank(city)
    for place in range(MONTHS):
        month = months_later(first, place)
        for county in city.places.counties:
            bank.before(county, month, place)
            run, at = _run(city, county, month)
            if place == 0 and bank.pays(county):
                fund_lines(city, county, run, MONTHS, at=at)
            if (month != this or county != city.shown) and run.state == RunState.READY:
                with acting(city.users["finance"]) as treasurer:
                    post_run(run, actor=treasurer, at=min(at + timedelta(hours=4), city.at))
                bank.pay(county, month, place, min(at + timedelta(hours=6), city.at))
    bank.leave_doubtful(this)


def _award(city: City, county: int, month: date) -> None:
    region, officer = Region.objects.get(code=county), city.county_officer(county)
    with entered(Scope.EVERYTHING):
        award: Award = propose(actor=SYSTEM, at=city.at, region=region, month=month)
        list_candidates(award, actor=SYSTEM, at=city.at)
    if award.state == AwardState.READY:
        with acting(officer):
            approve_award(award, actor=officer, at=city.at)


def _run(city: City, county: int, month: date) -> tuple[Run, datetime]:
    """One month, worked out in its last week as everything is known now."""
    clerk = city.county_officer(county)
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
    return run, at
