"""What is due and waits: to be covered by a budget, or to be gathered into a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Max, Min, QuerySet, Sum

from songhe.areas.entitlement.api import BODIES, names_of_benefits
from songhe.areas.finance.api import Fund
from songhe.areas.payments.models import BudgetLine, Due
from songhe.areas.payments.queries.facts import PERSONS, money
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.policies.api import newest

FREE = {"line": None, "netted": False, "receivable_id": None, "fen__gt": 0}


@dataclass(frozen=True, slots=True)
class Owed:
    """What one person or body is due of one benefit, covered and in no batch. ``failed``: why a bank did not pay it
    before."""

    person_id: UUID | None
    holder_kind: str
    holder_id: UUID | None
    organisation_id: UUID | None
    holder_name: str
    region_id: int
    fen: int
    first_month: date
    last_month: date
    failed: str

    @property
    def who(self) -> UUID:
        """The key of whose it is."""
        found = self.person_id or self.holder_id
        assert found is not None, "a check of the table says so"
        return found


def hold_dues(purchaser: int) -> None:
    """Let nobody else gather, cover, net or free amounts of a purchaser before this transaction ends.

    What is due is read and then written about in several statements; a run posted in between would change it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('payments.dues'), %s)",
            [at_level(purchaser, COUNTY) // 10**6],
        )


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
    """Per person what a batch of a fund and benefit can pay now; per body where it is theirs. Banks take lists of
    persons and of companies apart: where both wait, persons come first and bodies with the next batch."""
    rows = free(fund.region_id, fund.year, [benefit]).filter(covered=True)
    whose = ("person_id", "holder_kind", "holder_id", "organisation_id")
    sums = rows.values_list(*whose).annotate(
        Max("holder_name"), Max("region_id"), Sum("fen"), Min("first_month"), Max("last_month"), Max("failed")
    )
    found = [Owed(*row) for row in sums.order_by("person_id", "holder_id")]
    persons = [one for one in found if one.person_id]
    return persons or found


def in_money() -> dict[str, str]:
    """The names of what the newest policies grant in money, by code."""
    names, codes = names_of_benefits(), money(newest(), (*PERSONS, *BODIES))
    return {code: names[code] for code in codes}


def sum_of(rows: QuerySet[Due]) -> int:
    """Their sum."""
    return rows.aggregate(total=Sum("fen"))["total"] or 0


def to_offset(due: Due) -> Sequence[Due]:
    """What still waits for the same person or body, in the order in which it is taken back: not covered first, then the newest."""
    whose = {"person_id": due.person_id} if due.person_id else {"holder_id": due.holder_id}
    rows = Due.everywhere.filter(**whose, benefit=due.benefit, purchaser=due.purchaser, **FREE)
    return list(rows.order_by("covered", "-first_month", "-id").select_for_update(of=("self",)))
