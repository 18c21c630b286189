"""The changes of the months to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from songhe.core.rules.ahead.causes import causes_of
from songhe.core.rules.ahead.kinds import MOST, Asked, Change, Told
from songhe.core.rules.ahead.view import Moment, View


def ahead(asked: Asked, today: date, *, months: int = MOST) -> tuple[Change, ...]:
    """Every change of the months after today's, the nearest first. A month to come is decided on its first day."""
    view = View(asked)
    found: list[Change] = []
    before = Moment.of(today)
    for first in _months_after(today, months):
        now = Moment.of(first)
        found += _changes(view, before, now)
        before = now
    return tuple(found)


def _changes(view: View, before: Moment, now: Moment) -> Iterator[Change]:
    course = view.asked.members[view.asked.me]
    was = replace(before, days=now.days)
    old_facts, facts = course.on(before.facts_on), course.on(now.facts_on)
    earlier, later = view.all(old_facts, was), view.all(facts, now)
    for code in dict.fromkeys((*earlier, *later)):
        one, other = earlier.get(code, Told()), later.get(code, Told())
        if one.key != other.key:
            at = now if code in later else before
            causes = tuple(causes_of(view, code, (was, now), (old_facts, facts), (one, other)))
            yield Change(now.month, view.rule(code, at), one, other, causes)


def _months_after(today: date, count: int) -> Iterator[date]:
    for ahead_by in range(1, count + 1):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead_by, 12)
        yield date(year, month + 1, 1)
