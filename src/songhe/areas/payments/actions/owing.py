"""What happens when a run is posted: amounts become due, what was too much is netted or owed back, money is set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from songhe.areas.payments.actions.budgets import cover, free_hold, split_off
from songhe.areas.payments.actions.runs import when_posted
from songhe.areas.payments.models import BudgetLine, Due, Receivable, Run, holder_of
from songhe.areas.payments.paying import terms
from songhe.areas.payments.queries.waiting import hold_dues, line_for, to_offset
from songhe.areas.payments.rules.netting import offset
from songhe.areas.registry.api import Person
from songhe.areas.registry.api import State as Living
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.access.api import Actor, elevated

_OWE = """
INSERT INTO payments_due (run_id, person_id, holder_kind, holder_id, organisation_id, holder_name, region_id, benefit, purchaser, year, first_month, last_month, cause, fen,
                          covered, netted, failed)
SELECT p.run_id, p.person_id, p.holder_kind, p.holder_id, p.organisation_id, max(p.holder_name), max(p.region_id), p.benefit, %(purchaser)s, %(year)s, min(p.month), max(p.month),
       (array_agg(p.cause ORDER BY p.month DESC))[1], sum(p.fen), false, sum(p.fen) < 0, ''
FROM payments_posting p WHERE p.run_id = %(run)s
GROUP BY p.run_id, p.person_id, p.holder_kind, p.holder_id, p.organisation_id, p.benefit HAVING sum(p.fen) <> 0
ORDER BY coalesce(p.person_id, p.holder_id), p.benefit
"""


@when_posted
def owe(run: Run, actor: Actor, at: datetime) -> None:
    """Turn what a run posted into amounts due, per person or body and benefit."""
    purchaser = at_level(run.region_id, COUNTY)
    values: dict[str, Any] = {"run": run.pk, "purchaser": purchaser, "year": run.month.year}
    hold_dues(purchaser)
    with elevated(), connection.cursor() as cursor:  # who moved away meanwhile is still owed, or owes
        cursor.execute(_OWE, values)
        for due in list(Due.everywhere.filter(run=run, fen__lt=0).order_by("id")):
            _take_back(due, at=at)
        lines = BudgetLine.everywhere.filter(region_id=purchaser, fund__year=run.month.year)
        owes = set(Due.everywhere.filter(run=run, fen__gt=0).values_list("benefit", flat=True).distinct())
        for line in lines.select_related("fund").order_by("code"):
            cover(line, at=at, posting=not owes.isdisjoint(line.benefits))


def _take_back(due: Due, *, at: datetime) -> None:
    """Net an amount to take back with what waits for the same holder; the rest is owed."""
    waiting = to_offset(due)
    taken, rest = offset([(one, one.fen) for one in waiting], -due.fen)
    for one, part in taken:
        net(one, part, at=at)
    if not rest:
        return
    owed = _receivable(due, rest, at=at)
    if taken:
        Due.everywhere.filter(pk=due.pk).update(fen=due.fen + rest)
        split_off(due, -rest, netted=False, receivable_id=owed.pk)
    else:
        Due.everywhere.filter(pk=due.pk).update(netted=False, receivable_id=owed.pk)


def net(one: Due, part: int, *, at: datetime) -> None:
    """Take a part of a waiting amount; what was set aside for it is free again."""
    if one.covered:
        line = line_for(one.purchaser, one.year, one.benefit)
        if line is not None:
            free_hold(line, part, at=at)
    if part == one.fen:
        Due.everywhere.filter(pk=one.pk).update(netted=True, covered=False)
    else:
        Due.everywhere.filter(pk=one.pk).update(fen=one.fen - part)
        split_off(one, part, netted=True, covered=False)


def _receivable(due: Due, fen: int, *, at: datetime) -> Receivable:
    dead = due.person_id and Person.everywhere.filter(pk=due.person_id, state=Living.DEAD).exists()
    made: Receivable = Receivable.everywhere.create(
        **holder_of(due),
        region_id=due.region_id,
        purchaser=due.purchaser,
        run_id=due.run_id,
        benefit=due.benefit,
        cause=due.cause,
        first_month=due.first_month,
        last_month=due.last_month,
        fen=fen,
        cap_bp=terms().batches.withhold_bp,
        state="estate" if dead else "open",
        made_at=at,
    )
    return made
