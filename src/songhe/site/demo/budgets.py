"""Budget lines of each county with money for the year, sized by what the first run owes."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from songhe.areas.finance.actions import allot
from songhe.areas.finance.models import Fund
from songhe.areas.finance.rules import Fen
from songhe.areas.payments import actions
from songhe.areas.payments.models import BudgetLine, Posting, Run
from songhe.areas.payments.paying import LineTerms, terms
from songhe.site.demo.history import City, acting

LEVELS = ("county", "city")
ROUND = 1_000_000  # fen: whole tens of thousands of yuan


def fund_lines(city: City, county: int, run: Run, months: int, *, at: datetime) -> None:
    """Open the lines that the benefits of a run need and give each level's share of some months."""
    sums = dict(Posting.everywhere.filter(run=run).values_list("benefit").annotate(Sum("fen")))
    for year in range(run.month.year, city.at.year + 1):
        fund = Fund.everywhere.get(region_id=county, year=year)
        for line in terms().lines.values():
            if set(line.shares) <= set(LEVELS):
                needed = sum(sums.get(code, 0) for code in line.benefits) * (months + 1)
                _open(city, fund, line, max(needed, ROUND), at)


def _open(city: City, fund: Fund, found: LineTerms, needed: int, at: datetime) -> None:
    """One line; the county's own part comes from its fund, which is given that much more."""
    treasurer, officer = city.users["finance"], city.users["city"]
    with acting(treasurer):
        line: BudgetLine = actions.open_line(actor=treasurer, at=at, fund=fund, code=found.code)
    for number, (level, share) in enumerate(found.shares.items(), start=1):
        fen = Fen(-(-needed * share // 10_000 // ROUND) * ROUND)
        place = f"{fund.region_id // 10**6 % 1000}"
        document = f"财社指〔{fund.year}〕{place}-{found.code}-{number}号"
        if level == "county":
            with acting(officer):
                allot(fund, actor=officer, at=at, amount=fen, document=document)
        with acting(treasurer):
            source = actions.receive(
                actor=treasurer, at=at, fund=fund, rule=level, amount=fen, document=document
            )
            actions.allot_line(line, actor=treasurer, at=at, source=source, amount=fen, document=document)
