"""What is due and waits: to be covered by a budget, or to be gathered into a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, Min, QuerySet, Sum

from songhe.areas.entitlement.api import names_of_benefits
from songhe.areas.finance.api import Fund
from songhe.areas.payments.models import BudgetLine, Due
from songhe.areas.payments.queries.facts import money
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.policies.api import newest

FREE = {"line": None, "netted": False, "receivable_id": None, "fen__gt": 0}


@dataclass(frozen=True, slots=True)
class Owed:
    """What one person is due of one benefit, covered and in no batch. ``failed``: why a bank did not pay it before."""

    person_id: UUID
    region_id: int
    fen: int
    first_month: date
    last_month: date
    failed: str


def free(purchaser: int, year: int, benefits: Iterable[str]) -> QuerySet[Due]:
    """Amounts of some benefits that no batch holds."""
    rows: QuerySet[Due] = Due.everywhere.filter(
        purchaser=at_level(purchaser, COUNTY), year=year, benefit__in=list(benefits), **FREE
    )
    return rows


def uncovered(line: BudgetLine) -> QuerySet[Due]:
    """What waits for money of a line, in the order in which it is covered: oldest month, then the run's number."""
    rows = free(line.region_id, line.fund.year, line.benefits).filter(covered=False)
    return rows.order_by("first_month", "run__number", "id")


def line_for(purchaser: int, year: int, benefit: str) -> BudgetLine | None:
    """The budget line that pays a benefit."""
    found: BudgetLine | None = (
        BudgetLine.everywhere.filter(
            region_id=at_level(purchaser, COUNTY), fund__year=year, benefits__contains=[benefit]
        )
        .select_related("fund")
        .first()
    )
    return found


def owed(fund: Fund, benefit: str) -> list[Owed]:
    """Per person what a batch of a fund and benefit can pay now."""
    rows = free(fund.region_id, fund.year, [benefit]).filter(covered=True).order_by("person_id")
    sums = rows.values_list("person_id").annotate(
        Max("region_id"), Sum("fen"), Min("first_month"), Max("last_month"), Max("failed")
    )
    return [Owed(*row) for row in sums]


def in_money() -> dict[str, str]:
    """The names of what the newest policies grant persons in money, by code."""
    names, codes = names_of_benefits(), money(newest())
    return {code: names[code] for code in codes}


def sum_of(rows: QuerySet[Due]) -> int:
    """Their sum."""
    return rows.aggregate(total=Sum("fen"))["total"] or 0


def to_offset(person_id: UUID, benefit: str, purchaser: int) -> Sequence[Due]:
    """What still waits for a person, in the order in which it is taken back: not covered first, then the newest."""
    rows = Due.everywhere.filter(person_id=person_id, benefit=benefit, purchaser=purchaser, **FREE)
    return list(rows.order_by("covered", "-first_month", "-id").select_for_update(of=("self",)))
