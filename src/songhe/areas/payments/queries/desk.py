"""Claim, acceptance and budget of a purchaser for a year on one page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from songhe.areas.finance.api import Settlement
from songhe.areas.finance.api import State as SettlementState
from songhe.areas.payments.models import BudgetLine
from songhe.areas.payments.paying import LEVELS
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.access.api import Scope
from songhe.engines.ledger.api import Account, Entry
from songhe.engines.regions.models import Region

_MONTHS = """
SELECT r.month, d.purchaser,
       coalesce(sum(d.fen), 0),
       coalesce(sum(d.fen) FILTER (WHERE l.state IN ('ready', 'held')), 0),
       coalesce(sum(d.fen) FILTER (WHERE l.state = 'paid'), 0),
       coalesce(sum(d.fen) FILTER (WHERE d.line_id IS NULL AND NOT d.netted AND d.fen > 0 AND d.failed <> ''), 0),
       coalesce(sum(d.fen) FILTER (WHERE d.line_id IS NULL AND NOT d.netted AND d.fen > 0), 0),
       coalesce(-sum(d.fen) FILTER (WHERE d.receivable_id IS NOT NULL), 0)
FROM payments_due d JOIN payments_run r ON r.id = d.run_id LEFT JOIN payments_payline l ON l.id = d.line_id
WHERE d.year = %(year)s AND d.purchaser = ANY(%(places)s)
GROUP BY 1, 2 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Month:
    """One month in fen: posted by runs, in batches, paid, failed before, waiting, owed back."""

    month: date
    posted: int
    in_batches: int
    paid: int
    failed: int
    waiting: int
    owed_back: int

    @property
    def adds_up(self) -> bool:
        """What was posted is in batches, paid, waiting, or owed back."""
        return self.posted == self.in_batches + self.paid + self.waiting - self.owed_back


@dataclass(frozen=True, slots=True)
class Share:
    """One level of a line in fen: allotted, set aside, spent, left."""

    level: str
    share_bp: int
    allotted: int
    held: int
    spent: int

    @property
    def left(self) -> int:
        """What can still be set aside."""
        return self.allotted - self.held - self.spent


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line and its levels."""

    line: BudgetLine
    shares: tuple[Share, ...]

    @property
    def total(self) -> Share:
        """All levels together."""
        sums = [sum(getattr(one, name) for one in self.shares) for name in ("allotted", "held", "spent")]
        return Share("", sum(one.share_bp for one in self.shares), *sums)


@dataclass(slots=True)
class Place:
    """One purchaser. ``settlements``: those of organisations that wait, as (words, how many, fen)."""

    region: Region
    months: list[Month] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    settlements: list[tuple[str, int, int]] = field(default_factory=list)


def desk_of(scope: Scope, year: int) -> list[Place]:
    """Every purchaser that a reader sees as a whole and that pays something."""
    regions = Region.objects.filter(level=COUNTY).order_by("code")
    places = {one.code: Place(one) for one in regions if scope.holds(one.code)}
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"year": year, "places": list(places)})
        for month, purchaser, *sums in cursor.fetchall():
            places[purchaser].months.append(Month(month, *map(int, sums)))
    lines = BudgetLine.objects.within(scope).filter(fund__year=year).select_related("fund")
    for line in lines.order_by("code"):
        places[at_level(line.region_id, COUNTY)].lines.append(Line(line, shares_of(line, scope)))
    for place in places.values():
        place.settlements = _settlements(scope, place.region, year)
    return [one for one in places.values() if one.months or one.lines or one.settlements]


def shares_of(line: BudgetLine, scope: Scope) -> tuple[Share, ...]:
    """What became of the money of a line, by level, as the ledger has it."""
    accounts = {
        row.code.removeprefix("budget:"): row
        for row in Account.objects.within(scope).filter(owner_id=line.pk, code__startswith="budget:")
    }
    came = _allotted([row.pk for row in accounts.values()])
    out = []
    for level in sorted(line.levels.all(), key=lambda one: LEVELS.index(one.level)):
        account = accounts.get(level.level)
        allotted = came.get(account.pk, 0) if account else 0
        balance = account.balance if account else 0
        out.append(
            Share(level.level, level.share_bp, allotted, account.held if account else 0, allotted - balance)
        )
    return tuple(out)


def _allotted(accounts: list[Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    rows = Entry.everywhere.filter(account_id__in=accounts, kind="payments.allot")
    for account, amount in rows.values_list("account_id", "amount"):
        found[account] = found.get(account, 0) + amount
    return found


def _settlements(scope: Scope, region: Region, year: int) -> list[tuple[str, int, int]]:
    rows = Settlement.objects.within(scope).filter(
        region_id=region.code,
        month__year=year,
        state__in=[SettlementState.PREPARED, SettlementState.APPROVED],
    )
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        words = str(row.get_state_display())
        count, fen = sums.get(words, (0, 0))
        sums[words] = (count + 1, fen + row.fen)
    return [(words, *found) for words, found in sorted(sums.items())]
