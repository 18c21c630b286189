"""What of a month a document looks at: ages, whole months since a day, the number of days, or the month itself."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from songhe.core.days import month_end
from songhe.core.rules.ahead.kinds import Facts
from songhe.core.rules.document import Document
from songhe.core.rules.evaluate import age_on, months_between
from songhe.core.rules.language import called

MONTHS = ("month", "month_end")
COUNTS = {"age_on": age_on, "months_between": months_between}


@dataclass(frozen=True, slots=True)
class Age:
    """Completed years (or months) since a fact, on the first or the last day of the month."""

    count: str
    fact: str
    on: str

    def of(self, facts: Facts, month: date) -> int | None:
        """How many; None where the fact is not known."""
        since = facts.get(self.fact)
        if type(since) is not date:
            return None
        return COUNTS[self.count](since, month_end(month) if self.on == "month_end" else month)


@dataclass(frozen=True, slots=True)
class Reads:
    """The ages that some expressions ask for, and whether they ask for the days of the month, or the month itself."""

    ages: tuple[Age, ...]
    days: bool
    month: bool

    @classmethod
    def of(cls, trees: Iterable[ast.expr]) -> Reads:
        """What some expressions read of the month."""
        found = list(_found(trees))
        ages = dict.fromkeys(one for one in found if isinstance(one, Age))
        return cls(tuple(ages), "month_days" in found, not set(MONTHS).isdisjoint(map(str, found)))

    def seen(self, facts: Facts, month: date, days: int) -> tuple[object, ...]:
        """Everything by which one month differs from another for somebody."""
        ages = (age.of(facts, month) for age in self.ages)
        return (*ages, days if self.days else 0, month if self.month else None)


def trees_of(document: Document) -> Iterator[ast.expr]:
    """Every expression of a document."""
    for rule in document.rules:
        for case in rule.cases:
            for expression in filter(None, (case.when, case.give)):
                yield expression.tree


def _found(trees: Iterable[ast.expr]) -> Iterator[Age | str]:
    waiting: list[ast.AST] = list(trees)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and (age := _age(node)) is not None:
            yield age
        elif isinstance(node, ast.Name):
            yield node.id
        else:
            waiting += ast.iter_child_nodes(node)


def _age(node: ast.Call) -> Age | None:
    names = [arg.id for arg in node.args if isinstance(arg, ast.Name)]
    fits = called(node) in COUNTS and len(names) == 2 and names[1] in MONTHS and names[0] not in MONTHS
    return Age(called(node), names[0], names[1]) if fits else None
