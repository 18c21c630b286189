"""Hours of home service of many persons: what a month grants, what is left of it, and what may be expected of a later one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from songhe.areas.entitlement.models import HELD, Entitlement
from songhe.areas.entitlement.models.months import account_code
from songhe.areas.entitlement.queries.benefits import readable
from songhe.core.days import month_of, months_later
from songhe.core.rules.constructs import left
from songhe.engines.access.api import asked, elevated
from songhe.engines.ledger.api import Account, Unit

BACK = 3
"""So many months before are looked at for what a month that is not decided yet may be expected to grant."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One person's minutes of a month. ``free`` are neither used nor held.

    ``decided``: whether the month was decided; where it was not, ``granted`` is what the last month granted. ``carries``:
    whether the policy lets what is left go on to the next month; it does so when that month is decided.
    """

    granted: int = 0
    free: int = 0
    decided: bool = False
    carries: bool = False


def hours_of(persons: Collection[UUID], month: date, *, rule: str) -> dict[UUID, Hours]:
    """Minutes of a month by person; who was granted nothing of late is missing. Read beyond the reader's scope."""
    first = month_of(month)
    months = [months_later(first, -back) for back in range(BACK + 1)]
    with elevated():  # organisations plan by what is left, and see no grant
        codes = {account_code(rule, one): one for one in months}
        if len(persons) == 1:
            [person] = persons
            held, rows = _held_by(person, rule, tuple(months)), _accounts_of(person, tuple(codes))
        else:
            held = list(_held(rule, months).filter(person__id__among=list(persons)))
            rows = list(_accounts(codes).filter(owner_id__among=list(persons)))
        amounts = {(row.person_id, row.month): row for row in held}
        accounts = {(row.owner_id, codes[row.code]): row for row in rows}
    carrying = {row.policy_id: _carries(row, rule) for row in amounts.values()}
    out: dict[UUID, Hours] = {}
    for person in persons:
        last = next((one for one in months if (person, one) in accounts), None)
        if last is None:
            continue
        found, row = accounts[person, last], amounts.get((person, last))
        carries = row is not None and carrying[row.policy_id]
        decided = last == first
        granted = _granted(row, decided) if row else found.balance
        out[person] = Hours(granted, found.free if decided else granted, decided, carries)
    return out


def _held(rule: str, months: Collection[date]) -> QuerySet[Entitlement]:
    rows = Entitlement.everywhere.filter(rule=rule, month__in=months, state__in=HELD)
    return rows.select_related("policy")


def _accounts(codes: Collection[str]) -> QuerySet[Account]:
    return Account.everywhere.filter(unit=Unit.MINUTE, code__in=codes)


@asked
def _held_by(person: UUID, rule: str, months: tuple[date, ...]) -> QuerySet[Entitlement]:
    return _held(rule, months).filter(person_id=person)


@asked
def _accounts_of(owner: UUID, codes: tuple[str, ...]) -> QuerySet[Account]:
    return _accounts(codes).filter(owner_id=owner)


def _granted(row: Entitlement, decided: bool) -> int:
    """What is there to be used in the month: with what was left of the month before, without what went on to the next.
    Of a later month only what the month itself grants is to be expected."""
    return row.amount - row.returned - row.moved if decided else row.amount - row.carried - row.returned


def _carries(row: Entitlement, rule: str) -> bool:
    document = readable(row.policy)
    return document is not None and left(rule) in document.facts
