"""Parts of another document under names of their own, on the days and in the place where it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date

from songhe.core.codes.region import is_within
from songhe.core.labels import Label
from songhe.core.rules.document import Case, Clause, Document, Parameter, Rule, Value
from songhe.core.rules.language import Expression, parse

NOT_HERE = Label("Not in force here", "此地未施行")
HERE = Label("Whether it holds in this place", "当地是否适用")
LONGEST = 56
Period = tuple[date, date | None]


@dataclass(slots=True)
class Read:
    """What something is worked out from: names of rules, parameters and facts, and tags."""

    rules: dict[str, None] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)
    facts: dict[str, None] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)

    def add(self, document: Document, names: Iterable[str]) -> Read:
        """Some names, and everything that is read on the way to them."""
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in document.facts:
                self.facts[name] = None
            elif name in document.parameters:
                self.parameters[name] = None
            elif name not in self.rules and any(one.code == name for one in document.rules):
                self.rules[name] = None
                waiting += self._ruled(document, name)
        return self

    def _ruled(self, document: Document, code: str) -> list[str]:
        names: list[str] = []
        for one in (one for one in document.rules if one.code == code):
            names += one.reads
            for case in one.cases:
                for expression in (case.when, case.give):
                    self.tags |= dict.fromkeys(expression.tags if expression else ())
        return names


def within(one: Period, other: Period) -> Period | None:
    """The days of both."""
    start = max(one[0], other[0])
    end = min((day for day in (one[1], other[1]) if day is not None), default=None)
    return (start, end) if end is None or start < end else None


def head_of(document: Document, code: str) -> str:
    """The rule that says what a benefit gives by itself, before it meets others."""
    alone = f"{code}__alone"
    return alone if any(one.code == alone for one in document.rules) else code


def cited(document: Document, code: str) -> Clause:
    """A clause that says of which document it is."""
    return Clause(f"{document.number} {code}", document.clauses[code].label)


@dataclass(frozen=True, slots=True)
class Copy:
    """A document, and what its rules and parameters are called in the one that it is copied into."""

    of: Document
    into: Document
    names: Mapping[str, str]
    lives: Period
    here: str

    @classmethod
    def made(
        cls, of: Document, into: Document, read: Read, lives: Period, *, place: int, plain: Mapping[str, str]
    ) -> Copy:
        """Names that no other copy has; each has a number, so that they differ where they are cut off. ``plain``: heads
        of benefits that may be called as the benefit is."""
        named = enumerate((*read.rules, *read.parameters))
        names = {name: f"of{place}_{number}__{name}"[:LONGEST] for number, name in named}
        return cls(of, into, {**names, **plain}, lives, f"of{place}__here")

    @property
    def is_local(self) -> bool:
        """Whether it holds in a part only of where the other document holds."""
        return not is_within(self.into.region, self.of.region)

    def guard(self) -> Parameter:
        """1 where the document holds, 0 elsewhere."""
        (start, end), clause = self.lives, cited(self.of, next(iter(self.of.clauses))).code
        places = ((self.into.region, 0), (self.of.region, 1))
        values = tuple(Value(start, end, region, holds, clause, False, 0) for region, holds in places)
        return Parameter(self.here, HERE, "number", None, values, 0)

    def rule(self, rule: Rule, *, head: bool = False) -> Rule | None:
        """A rule that grants nothing by itself; None where it does not hold on these days."""
        period = within((rule.start, rule.end), self.lives)
        if period is None:
            return None
        cases = tuple(self._case(case) for case in rule.cases)
        if head and self.is_local:
            case = cases[-1]
            cases = (Case(parse(f"{self.here} == 0"), parse("0"), NOT_HERE, case.clause, case.line), *cases)
        code, (start, end) = self.names[rule.code], period
        return replace(rule, code=code, start=start, end=end, cases=cases, grants=False, payee=None)

    def parameter(self, parameter: Parameter) -> Parameter:
        """A parameter. Outside the document's region, where nothing is worked out from it, it has its amount too: no
        evaluator may miss it."""
        values = tuple(replace(value, clause=self._cite(value.clause)) for value in parameter.values)
        if self.is_local:
            outside = (one for one in values if is_within(self.of.region, one.region))
            values += tuple(replace(one, region=self.into.region) for one in outside)
        return replace(parameter, code=self.names[parameter.code], values=values)

    def text(self, written: str, **names: str) -> str:
        """An expression of the document in the names of the copy."""
        return _renamed(parse(written), {**self.names, **names}).text

    def _cite(self, clause: str) -> str:
        return cited(self.of, clause).code

    def _case(self, case: Case) -> Case:
        return replace(
            case,
            when=_renamed(case.when, self.names) if case.when else None,
            give=_renamed(case.give, self.names),
            clause=self._cite(case.clause),
            yields=self.names.get(case.yields, case.yields),
        )


def _renamed(expression: Expression, names: Mapping[str, str]) -> Expression:
    tree = deepcopy(expression.tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    read = tuple(names.get(name, name) for name in expression.names)
    return Expression(ast.unparse(tree), tree, read, expression.tags)
