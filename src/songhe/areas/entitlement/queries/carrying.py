"""What is left of months: for the decision of the next month, and for visits of a month that are told late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from songhe.areas.entitlement.models import Entitlement
from songhe.areas.entitlement.models.months import account_code
from songhe.areas.entitlement.rules.carrying import Kept, left_of, returnable
from songhe.areas.entitlement.takers import taken_of
from songhe.core.days import month_of, months_later
from songhe.core.rules import FactValue
from songhe.core.rules.constructs import left
from songhe.engines.access.api import elevated
from songhe.engines.ledger.api import Account
from songhe.engines.policies import api as policies
from songhe.kit.clock import today

AHEAD = 24
"""So many months after one are looked at for what went on from it."""


def left_facts(persons: Collection[UUID], on: date) -> dict[UUID, dict[str, FactValue]]:
    """What is left of the month before, for the rules that carry it over. Nothing is left of a month that is not over."""
    first = month_of(on)
    rules = {
        rule.code
        for document in policies.newest()
        for rule in document.rules
        if rule.grants and left(rule.code) in document.facts
    }
    found: dict[UUID, dict[str, FactValue]] = {key: {left(rule): 0 for rule in rules} for key in persons}
    if first <= today():
        for rule in sorted(rules):
            for key, minutes in left_before(rule, persons, first).items():
                found[key][left(rule)] = minutes
    return found


def left_before(rule: str, persons: Collection[UUID], month: date) -> dict[UUID, int]:
    """What may go on into a month of the one before it, whether it went on already or not."""
    before = months_later(month_of(month), -1)
    taken = taken_of(rule, persons, before)
    return {
        key: left_of(months[0], taken.get(key, 0)) for key, months in kept_of(rule, persons, [before]).items()
    }


def returnable_to(rule: str, persons: Collection[UUID], month: date) -> dict[UUID, int]:
    """What went on from a month and can still come back into it."""
    first = month_of(month)
    months = [months_later(first, later) for later in range(AHEAD)]
    return {key: returnable(found) for key, found in kept_of(rule, persons, months).items()}


def kept_of(rule: str, persons: Collection[UUID], months: Iterable[date]) -> dict[UUID, list[Kept]]:
    """The accounts of some months by person; who has none in any of them is missing. Read beyond the reader's scope."""
    wanted = list(months)
    codes = {account_code(rule, month): month for month in wanted}
    with elevated():
        rows = Entitlement.everywhere.filter(person__id__among=list(persons), rule=rule, month__in=wanted)
        decided = {(row.person_id, row.month): row for row in rows}
        accounts = Account.everywhere.filter(owner_id__among=list(persons), code__in=codes)
        free = {(row.owner_id, codes[row.code]): row.free for row in accounts}
    out: dict[UUID, list[Kept]] = defaultdict(list)
    for key in {key for key, _month in free}:
        out[key] = [_kept(decided.get((key, month)), free.get((key, month), 0)) for month in wanted]
    return out


def _kept(row: Entitlement | None, free: int) -> Kept:
    if row is None:
        return Kept(free=free)
    return Kept(row.amount - row.carried, row.carried, free, row.moved)
