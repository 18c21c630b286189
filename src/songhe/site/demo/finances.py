"""Each county's funds, and the settlements of last month: paid, approved, waiting, and in one county not begun."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.timezone import localtime

from songhe.areas.finance import actions
from songhe.areas.finance.models import Fund, Settlement
from songhe.areas.finance.rules import Fen
from songhe.core.refusal import Refused
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting

ALLOTTED_FEN = 600_000_000


def open_funds(city: City, since: date) -> None:
    """Open the funds of each county for the years since a month."""
    for county in sorted(city.places.counties):
        for year in range(since.year, localtime(city.at).year + 1):
            _fund(city, county, year)


def settle(city: City) -> None:
    """Take each county one step further than the one before."""
    today = localtime(city.at).date()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    counties = sorted(city.places.counties, key=lambda code: code == city.shown)
    behind = counties[-2]  # its officer still has the month to prepare
    for place, county in enumerate(counties):
        if county != behind:
            _month(city, county, month=month, steps=0 if county == city.shown else 1 + place % 2)


def _fund(city: City, county: int, year: int) -> Fund:
    officer = city.users["city"]
    with acting(officer):
        made = actions.open_fund(
            actor=officer,
            at=city.at,
            region=Region.objects.get(code=county),
            year=year,
            name=f"{city.places.counties[county]}政府购买居家养老服务资金",
        )
        actions.allot(
            made,
            actor=officer,
            at=city.at,
            amount=Fen(ALLOTTED_FEN),
            document=f"财社〔{year}〕{county // 10**6 % 1000}号",
        )
    return made


def _month(city: City, county: int, *, month: date, steps: int) -> None:
    """Prepare; with one step approve too, with two pay as well. A county without visits has nothing to settle."""
    preparer, finance = city.county_officer(county), city.users["finance"]
    with acting(preparer):
        try:
            actions.prepare_month(
                actor=preparer, at=city.at, region=Region.objects.get(code=county), month=month
            )
        except Refused as refusal:
            if refusal.code != "nothing":
                raise
            return
    for made in Settlement.everywhere.filter(region_id=county, month=month).order_by("number"):
        with acting(finance):
            if steps >= 1 and made.payable_minutes:
                actions.approve(made, actor=finance, at=city.at)
            if steps >= 2 and made.payable_minutes:
                day = localtime(city.at).date()
                actions.pay(made, actor=finance, at=city.at, paid_on=day, reference=f"国库{made.number[3:]}")
