"""Documents that name a rule of another document, joined with what that rule is worked out from.

By itself such a document knows the other rule's amount as a fact, so that it is checked and tried alone. Joined, the
other rule stands in it as a rule that grants nothing: every evaluator, run and explanation works it out like its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date

from songhe.core.codes.region import is_within
from songhe.core.labels import Label
from songhe.core.rules.constructs import received
from songhe.core.rules.document import Case, Clause, Document, Fact, Parameter, Rule, Tag, Value
from songhe.core.rules.language import Expression, parse
from songhe.core.rules.problem import Problem

NOT_THEN = Label("Not in force then", "当时未施行")
Period = tuple[date, date | None]


def linked(documents: Iterable[Document]) -> list[Document]:
    """Documents in their order, each that names a rule of another one joined with it as it stands among them."""
    given = list(documents)
    periods = list(_periods(given))
    return [_joined(one, periods) if named_elsewhere(one) else one for one in given]


def named_elsewhere(document: Document) -> tuple[Fact, ...]:
    """The facts that are amounts of other documents' rules, as far as a rule reads them."""
    read = {name for rule in document.rules for name in rule.reads}
    return tuple(fact for code, fact in document.facts.items() if fact.of and code in read)


def problems(document: Document, others: Iterable[Document]) -> Iterator[Problem]:
    """What keeps a document from being joined with those that stand beside it."""
    beside = list(others)
    for fact in named_elsewhere(document):
        own = next(rule for rule in document.rules if fact.code in rule.reads)
        found = [
            (one, rule)
            for one in beside
            for rule in one.rules
            if one.code == fact.of and rule.code == fact.code and rule.grants
        ]
        texts = [text for other, rule in found for text in _unfit(document, fact, own, other, rule)]
        for text in dict.fromkeys(texts if found else [f"{fact.of} grants no {fact.code}."]):
            yield Problem(document.file, own.line, "", text)


def _unfit(document: Document, fact: Fact, own: Rule, other: Document, rule: Rule) -> Iterator[str]:
    read = _Read.of(other, rule)
    if not is_within(document.region, other.region):
        yield f"{fact.of} does not hold everywhere where this document holds."
    if rule.payee is not None or {rule.beneficiary, own.beneficiary} != {"person"}:
        yield f"{fact.code} and {own.code} are not both received by persons, each one alone."
    if rule.unit != fact.unit:
        yield f"{fact.code} is counted in {rule.unit}, not in {fact.unit}; say unit."
    before = {name for name in read.facts if name.endswith(received(""))}
    if any(other.facts[name].of for name in read.facts) or before - {received(fact.code)}:
        yield f"{fact.code} of {fact.of} depends on further benefits; leave it out here."
    for name in read.facts:
        mine = document.facts.get(name)
        if mine is not None and _measure(mine) != _measure(other.facts[name]):
            yield f"{fact.of} says otherwise what kind of fact {name} is."


def _measure(fact: Fact) -> tuple[object, ...]:
    return fact.kind, fact.unit, fact.least, fact.most, fact.monthly


def _periods(documents: Sequence[Document]) -> Iterator[tuple[Document, Period]]:
    """Each document with the days on which it stands: until it ends or the next version of its code begins."""
    for one in documents:
        later = [other.start for other in documents if other.code == one.code and other.start > one.start]
        ends = [day for day in (one.end, min(later, default=None)) if day is not None]
        yield one, (one.start, min(ends, default=None))


@dataclass(slots=True)
class _Read:
    """What a rule is worked out from: names of rules, parameters and facts, and tags."""

    rules: dict[str, None] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)
    facts: dict[str, None] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, rule: Rule) -> _Read:
        """Everything that is read on the way."""
        found, waiting = cls(), [_head(document, rule).code]
        while waiting:
            code = waiting.pop()
            found.rules[code] = None
            for one in (one for one in document.rules if one.code == code):
                for case in one.cases:
                    for expression in (case.when, case.give):
                        found.tags |= dict.fromkeys(expression.tags if expression else ())
                for name in one.reads:
                    waiting += found._seen(document, name)
        return found

    def _seen(self, document: Document, name: str) -> list[str]:
        if name in document.facts:
            self.facts[name] = None
        elif name in document.parameters:
            self.parameters[name] = None
        elif name not in self.rules and any(one.code == name for one in document.rules):
            return [name]
        return []


def _head(document: Document, rule: Rule) -> Rule:
    """The rule whose amount counts elsewhere: what it gives alone where it yields to another document itself, else two
    that name each other would go in a circle."""
    alone = next((one for one in document.rules if one.code == f"{rule.code}__alone"), None)
    yields = any(document.facts[name].of for name in rule.reads if name in document.facts)
    return alone if alone is not None and yields else rule


def _joined(document: Document, periods: Sequence[tuple[Document, Period]]) -> Document:
    facts = {code: fact for code, fact in document.facts.items() if not fact.of}
    made = replace(document, facts=facts)
    for number, fact in enumerate(named_elsewhere(document)):
        covered: list[Period] = []
        for place, (other, period) in enumerate(periods):
            rule = next((one for one in other.rules if one.code == fact.code and one.grants), None)
            if other.code != fact.of or rule is None or not is_within(document.region, other.region):
                continue
            lives = _within(period, (document.start, document.end))
            if lives is not None:
                made = _with(made, other, fact, rule, lives, f"of{number}_{place}__")
                covered += [
                    both
                    for one in other.rules
                    if one.code == fact.code and (both := _within((one.start, one.end), lives)) is not None
                ]
        made = replace(made, rules=(*made.rules, *_gaps(document, fact, covered)))
    return made


def _within(one: Period, other: Period) -> Period | None:
    """The days of both."""
    start = max(one[0], other[0])
    end = min((day for day in (one[1], other[1]) if day is not None), default=None)
    return (start, end) if end is None or start < end else None


def _with(made: Document, other: Document, fact: Fact, rule: Rule, lives: Period, prefix: str) -> Document:
    """A document with what a rule of another one is worked out from, under names of its own."""
    read, head = _Read.of(other, rule), _head(other, rule)
    names = {name: f"{prefix}{name}" for name in (*read.rules, *read.parameters)} | {head.code: fact.code}
    clauses = {code: _cited(other, code) for code in other.clauses}
    copied = _Copy(names, {code: one.code for code, one in clauses.items()}, lives)
    rules = [copied.rule(one) for one in other.rules if one.code in read.rules]
    parameters = [copied.parameter(other.parameters[name]) for name in read.parameters]
    tags: dict[str, Tag] = {name: other.tags[name] for name in read.tags if name in other.tags}
    return replace(
        made,
        clauses={**{one.code: one for one in clauses.values()}, **made.clauses},
        facts={**{name: other.facts[name] for name in read.facts}, **made.facts},
        tags={**tags, **made.tags},
        parameters={**made.parameters, **{one.code: one for one in parameters}},
        rules=(
            *made.rules,
            *(_named_as(rule, one) if one.code == fact.code else one for one in rules if one),
        ),
    )


def _named_as(rule: Rule, copied: Rule) -> Rule:
    return replace(copied, label=rule.label, once_per=rule.once_per)


def _cited(document: Document, code: str) -> Clause:
    """A clause that says of which document it is."""
    return Clause(f"{document.number} {code}", document.clauses[code].label)


@dataclass(frozen=True, slots=True)
class _Copy:
    """Parts of a document under other names, on the days on which it stands."""

    names: Mapping[str, str]
    clauses: Mapping[str, str]
    lives: Period

    def rule(self, rule: Rule) -> Rule | None:
        """A rule that grants nothing by itself; None where it does not hold on these days."""
        period = _within((rule.start, rule.end), self.lives)
        if period is None:
            return None
        cases = tuple(self._case(case) for case in rule.cases)
        code, (start, end) = self.names[rule.code], period
        return replace(rule, code=code, start=start, end=end, cases=cases, grants=False, payee=None)

    def parameter(self, parameter: Parameter) -> Parameter:
        """A parameter."""
        values: tuple[Value, ...] = tuple(
            replace(value, clause=self.clauses[value.clause]) for value in parameter.values
        )
        return replace(parameter, code=self.names[parameter.code], values=values)

    def _case(self, case: Case) -> Case:
        return replace(
            case,
            when=self._expression(case.when) if case.when else None,
            give=self._expression(case.give),
            clause=self.clauses[case.clause],
            yields=self.names.get(case.yields, case.yields),
        )

    def _expression(self, expression: Expression) -> Expression:
        tree = deepcopy(expression.tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                node.id = self.names.get(node.id, node.id)
        return Expression(ast.unparse(tree), tree, _renamed(expression.names, self.names), expression.tags)


def _renamed(found: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(name, name) for name in found)


def _gaps(document: Document, fact: Fact, covered: Sequence[Period]) -> Iterator[Rule]:
    """Nothing is received on days on which the other rule is not in force."""
    clause, line = next(
        (case.clause, case.line) for rule in document.rules for case in rule.cases if case.yields == fact.code
    )
    case = Case(None, parse("0"), NOT_THEN, clause, line)
    begins: date | None = document.start
    for start, end in [*sorted(covered, key=lambda one: one[0]), (None, None)]:
        if begins is None or (document.end is not None and begins >= document.end):
            return
        stops = start or document.end
        if stops is None or begins < stops:
            yield Rule(
                fact.code,
                fact.label,
                "whole",
                fact.unit,
                begins,
                stops,
                (case,),
                grants=False,
                payee=None,
                line=line,
            )
        begins = end
