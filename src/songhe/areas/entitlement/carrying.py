"""Moving what is left of a month on to the next, and back.

What went on is in the next month's account and no longer in its own, so that nobody can use it twice. ``carried`` of a
month's decision and ``moved`` of the one before say how much; every change of them is a journal of the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import F

from songhe.areas.entitlement.models import Entitlement
from songhe.areas.entitlement.models.months import account_code
from songhe.areas.entitlement.queries.carrying import AHEAD, kept_of, left_before
from songhe.areas.entitlement.rules.carrying import brought_back
from songhe.core.days import months_later
from songhe.engines.access.api import Actor, elevated
from songhe.engines.ledger.api import Account, Move, Owner, OwnerKind, accounts_of, carry, post
from songhe.engines.ledger.api import Unit as Counted


@dataclass
class _Shifts:
    """What moves between the accounts of some decisions' months and those of the months before: written together."""

    at: datetime
    moves: list[Move] = field(default_factory=list)
    rows: dict[UUID, Entitlement] = field(default_factory=dict)

    def shift(self, row: Entitlement, change: int) -> None:
        """So much more is carried into a decision's month; less where it is below 0."""
        if change:
            here, there = _account(row, row.month, self.at), _account(row, _before(row), self.at)
            source, target = (there, here) if change > 0 else (here, there)
            self.moves += carry(source.pk, target.pk, abs(change), about_id=row.pk)
            row.carried += change
            row.amount += change
            self.rows[row.pk] = row
            rows = Entitlement.everywhere.filter(person_id=row.person_id, rule=row.rule, month=_before(row))
            rows.update(moved=F("moved") + change)

    def post(self, *, key: str, actor: Actor) -> None:
        """Write everything; nothing where nothing moved."""
        if self.moves:
            rows = list(self.rows.values())
            Entitlement.everywhere.bulk_update(rows, ["amount", "carried"])
            about = rows[0] if len(rows) == 1 else None
            post(self.moves, key=key, kind="entitlement.carry", at=self.at, actor=actor, about=about)


def carry_on(rows: Sequence[Entitlement], *, key: str, actor: Actor, at: datetime) -> None:
    """Move what approved decisions of one rule and month carry over. Where less is there than was decided, since a visit
    was told meanwhile, the decision is less by as much."""
    wanted = {row.person_id: row.carried for row in rows if row.carried}
    if not wanted:
        return
    with elevated():
        _lock(rows[0].rule, wanted, [_before(rows[0])])
        there, shifts = left_before(rows[0].rule, list(wanted), rows[0].month), _Shifts(at)
        late = [row for row in rows if row.carried]
        for row in late:
            row.amount, row.carried = row.amount - row.carried, 0
            shifts.shift(row, min(wanted[row.person_id], there.get(row.person_id, 0)))
        Entitlement.everywhere.bulk_update(late, ["amount", "carried"])
        shifts.post(key=key, actor=actor)


def follow(row: Entitlement, wanted: int, *, actor: Actor, at: datetime) -> None:
    """Let an approved decision carry what is left by now: the difference is posted, forth or back."""
    before = row.carried
    with elevated():
        _lock(row.rule, [row.person_id], [_before(row), row.month])
        source = _before(row) if wanted > before else row.month
        change = min(abs(wanted - before), max(_account(row, source, at).free, 0))
        shifts = _Shifts(at)
        shifts.shift(row, change if wanted > before else -change)
        key = f"entitlement:{row.pk}:carry:{before}>{row.carried}:{at.isoformat()}"
        shifts.post(key=key, actor=actor)


def bring_back(
    rule: str, month: date, short: Mapping[UUID, int], *, key: str, actor: Actor, at: datetime
) -> None:
    """Move back into a month's accounts what they lack, as far as it went on from them and is still there."""
    months = [months_later(month, later) for later in range(AHEAD)]
    with elevated():
        _lock(rule, short, months)
        shifts = _Shifts(at)
        for person, found in sorted(kept_of(rule, list(short), months).items()):
            for later, change in enumerate(brought_back(found, short[person]), start=1):
                rows = Entitlement.everywhere.select_for_update(no_key=True, of=("self",))
                shifts.shift(rows.get(person_id=person, rule=rule, month=months[later]), -change)
        shifts.post(key=key, actor=actor)


def _lock(rule: str, persons: Collection[UUID], months: Sequence[date]) -> None:
    """Nobody else books on persons' accounts of some months until the transaction ends."""
    codes = [account_code(rule, month) for month in months]
    rows = Account.everywhere.filter(owner_id__among=list(persons), code__in=codes).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))


def _before(row: Entitlement) -> date:
    return months_later(row.month, -1)


def _account(row: Entitlement, month: date, at: datetime) -> Account:
    owner = Owner(OwnerKind.PERSON, row.person_id, row.region_id)
    code, unit = account_code(row.rule, month), Counted(row.unit)
    return accounts_of([owner], code, unit=unit, at=at, name=row.name_zh)[row.person_id]
