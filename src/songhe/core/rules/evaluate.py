"""Deciding for one person, with everything that was looked at kept as the reason."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from songhe.core.days import month_end, month_of
from songhe.core.refusal import Refused
from songhe.core.rules.bounds import EXACT
from songhe.core.rules.document import Case, Document, Fact, Rule
from songhe.core.rules.language import called
from songhe.core.rules.outcome import FactValue, Input, Outcome, Scalar, Step, Tags, Unknown
from songhe.core.rules.program import Program

Found = Scalar | Unknown
OPERATIONS: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}


COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


KINDS: Mapping[str, type] = {"whole": int, "yes_no": bool, "date": date, "text": str}


class BrokenRule(Refused):
    """A rule that cannot be worked out for this person. Nothing is granted until it is mended."""


def decide(
    program: Program,
    rule: str,
    facts: Mapping[str, FactValue],
    *,
    month: date,
    days: int | None = None,
) -> Outcome:
    """Work out one rule for one person and month. An absent fact is unknown: the outcome is then pending."""
    return decide_each(program, [rule], facts, month=month, days=days)[rule]


def decide_each(
    program: Program,
    rules: Iterable[str],
    facts: Mapping[str, FactValue],
    *,
    month: date,
    days: int | None = None,
) -> dict[str, Outcome]:
    """Several rules for one person and month; what they share is worked out once.

    ``days``: as though the month had so many, to compare months of different lengths.
    """
    run = _Run(program, _checked(program, facts), month, days)
    return {rule: run.outcome(rule) for rule in rules}


def _checked(program: Program, facts: Mapping[str, FactValue]) -> Mapping[str, FactValue]:
    for code, fact in program.document.facts.items():
        value = facts.get(code)
        if value is not None and type(value) is not KINDS[fact.kind]:
            raise ValueError(f"{code} must be {fact.kind}, not {value!r}.")
        if type(value) is int and not fact.least <= value <= fact.most:
            raise out_of_range(program.document, fact, value)
    tags = facts.get("tags")
    if tags is not None and not isinstance(tags, Tags):
        raise ValueError("tags must be given as Tags.")
    return facts


def out_of_range(document: Document, fact: Fact, value: int) -> Refused:
    """The refusal of a number that a document says cannot be."""
    return Refused(
        "rules.fact_range",
        "{fact} is {value}, but {document} only accepts {least} to {most}. Correct the entry, then decide again.",
        field=fact.code,
        fact=fact.label,
        value=value,
        document=document.number,
        least=fact.least,
        most=fact.most,
    )


def months_between(start: date, end: date) -> int:
    """Whole months from start to end; negative when end lies before start."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def age_on(birth: date, on: date) -> int:
    """Completed years. Someone born on 29 February completes a year on 1 March of other years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def muldiv(a: int, b: int, c: int, mode: str) -> int:
    """a * b / c rounded once, as declared; half_up rounds halves away from zero."""
    whole, rest = divmod(a * b, c)
    if mode == "floor" or not rest:
        return whole
    if mode == "ceil":
        return whole + 1
    twice = 2 * abs(rest) - abs(c)
    return whole + (twice > 0 or (twice == 0 and whole >= 0))


class _Run:
    def __init__(
        self, program: Program, facts: Mapping[str, FactValue], month: date, days: int | None = None
    ) -> None:
        first, end = month_of(month), month_end(month)
        self.program, self.document, self.facts = program, program.document, facts
        self.steps: dict[str, Step] = {}
        self.inputs: dict[str, Input | None] = {**program.inputs}
        self.names: dict[str, Found] = {
            **program.numbers,
            "month": first,
            "month_end": end,
            "month_days": days or end.day,
        }

    def outcome(self, code: str) -> Outcome:
        value = self.rule(code)
        needs = value.needs if isinstance(value, Unknown) else frozenset()
        return Outcome(
            rule=self.program.rules[code],
            document=self.document,
            value=None if isinstance(value, Unknown) else value,
            needs=tuple(sorted(needs)),
            steps=tuple(self.steps.values()),
            by_rule=self.steps,
        )

    def rule(self, code: str) -> Found:
        if code in self.steps:
            return self.steps[code].found
        if code not in self.program.rules:
            raise self._broken(code, "", "there is no such rule in force")
        rule = self.program.rules[code]
        case: Case = rule.cases[0]
        try:
            for index, case in enumerate(rule.cases):
                if case.when is not None:
                    holds = self.value(case.when.tree)
                    if holds is False:
                        continue
                    if type(holds) is Unknown:
                        return self._step(rule, index, holds)
                return self._step(rule, index, self.value(case.give.tree))
        except (ZeroDivisionError, LookupError) as error:
            raise self._broken(code, case.clause, str(error) or type(error).__name__) from error
        raise self._broken(code, case.clause, "no case holds")

    def _step(self, rule: Rule, index: int, found: Found) -> Found:
        if type(found) is int and abs(found) > EXACT:
            raise self._broken(rule.code, rule.cases[index].clause, "the amount is too large to be true")
        known, inputs = self.inputs, []
        for name in self.program.read(rule, index):
            made = known[name] if name in known else self._input(name)
            if made is not None:
                inputs.append(made)
        self.steps[rule.code] = Step(rule, index, found, tuple(inputs))
        return found

    def _input(self, name: str) -> Input | None:
        self.inputs[name] = made = self._looked_at(name)
        return made

    def _looked_at(self, name: str) -> Input | None:
        document = self.document
        if name.startswith("tag:"):
            tag = name.removeprefix("tag:")
            return Input(name, document.tags[tag].label, self._tag(tag))
        if name in document.facts:
            fact = document.facts[name]
            return Input(name, fact.label, self._fact(name), fact.unit)
        if name in document.parameters:
            return self.program.input(name)
        if name in self.steps:
            step = self.steps[name]
            return Input(name, step.rule.label, step.found, step.rule.unit, is_rule=True)
        return None

    def _broken(self, rule: str, clause: str, why: str) -> BrokenRule:
        document = self.document
        return BrokenRule(
            "rules.broken",
            "Rule {name} of {document}, clause {clause}, cannot be worked out: {why}. Nothing is granted by it. "
            "Mend the rule in {file}, then decide again.",
            rule=rule,
            name=rule,
            document=document.number,
            clause=clause,
            why=why,
            file=document.file,
        )

    def value(self, node: ast.expr) -> Found:
        return _VALUES[type(node)](self, node)

    def _name(self, node: ast.Name) -> Found:
        name, names = node.id, self.names
        if name not in names:
            names[name] = self._named(name)
        return names[name]

    def _named(self, name: str) -> Found:
        if name in self.document.facts:
            return self._fact(name)
        if name in self.document.parameters:
            return self.program.number(name)
        return self.rule(name)

    def _constant(self, node: ast.Constant) -> Found:
        constant: Scalar = node.value  # type: ignore[assignment]  # checked at load: int, bool or str
        return constant

    def _unary(self, node: ast.UnaryOp) -> Found:
        inner = self.value(node.operand)
        if isinstance(inner, Unknown):
            return inner
        return not inner if type(node.op) is ast.Not else -_whole(inner)

    def _binary(self, node: ast.BinOp) -> Found:
        pair = self._known((node.left, node.right))
        return pair if isinstance(pair, Unknown) else OPERATIONS[type(node.op)](*map(_whole, pair))

    def _fact(self, name: str) -> Found:
        value = self.facts.get(name)
        return Unknown(frozenset({name})) if value is None or isinstance(value, Tags) else value

    def _tag(self, tag: str) -> bool | Unknown:
        tags = self.facts.get("tags")
        if isinstance(tags, Tags) and tag in tags.held:
            return True
        if not isinstance(tags, Tags) or tag in tags.unsure:
            return Unknown(frozenset({f"tag:{tag}"}))
        return False

    def _known(self, nodes: Iterable[ast.expr]) -> list[Scalar] | Unknown:
        values: list[Scalar] = []
        needs: frozenset[str] | None = None
        for node in nodes:
            value = _VALUES[type(node)](self, node)
            if isinstance(value, Unknown):
                needs = value.needs if needs is None else needs | value.needs
            else:
                values.append(value)
        return values if needs is None else Unknown(needs)

    def _logic(self, node: ast.BoolOp) -> Found:
        decisive = type(node.op) is ast.Or
        needs: frozenset[str] = frozenset()
        for part in node.values:
            value = self.value(part)
            if isinstance(value, Unknown):
                needs |= value.needs
            elif bool(value) is decisive:
                return decisive
        return Unknown(needs) if needs else not decisive

    def _compare(self, node: ast.Compare) -> Found:
        values = self._known((node.left, *node.comparators))
        if isinstance(values, Unknown):
            return values
        if len(values) == 2:
            return COMPARISONS[type(node.ops[0])](*values)
        for op, a, b in zip(node.ops, values, values[1:], strict=False):
            if not COMPARISONS[type(op)](a, b):
                return False
        return True

    def _call(self, node: ast.Call) -> Found:
        name = called(node)
        if name == "has":
            assert isinstance(node.args[0], ast.Constant)
            return self._tag(str(node.args[0].value))
        values = self._known(node.args[1:] if name == "table" else node.args)
        if isinstance(values, Unknown):
            return values
        if name == "table":
            assert isinstance(node.args[0], ast.Name)
            return self._look_up(node.args[0].id, values[0])
        if name in ("months_between", "age_on"):
            first, second = (value for value in values if isinstance(value, date))
            return months_between(first, second) if name == "months_between" else age_on(first, second)
        if name == "muldiv":
            a, b, c = map(_whole, values[:3])
            return muldiv(a, b, c, str(values[3]))
        return (min if name == "min" else max)(map(_whole, values))

    def _look_up(self, name: str, key: Scalar) -> int:
        table = self.program.value(name).amount
        assert not isinstance(table, int)
        if self.document.parameters[name].shape == "table":
            if str(key) not in table:
                raise LookupError(f"{name} has no entry for {key}")
            return table[str(key)]
        reached = [int(threshold) for threshold in table if int(threshold) <= _whole(key)]
        if not reached:
            raise LookupError(f"{name} begins above {key}")
        return table[str(max(reached))]


_VALUES: Mapping[type[ast.expr], Callable[[_Run, Any], Found]] = {
    ast.Constant: _Run._constant,
    ast.Name: _Run._name,
    ast.BoolOp: _Run._logic,
    ast.Compare: _Run._compare,
    ast.UnaryOp: _Run._unary,
    ast.BinOp: _Run._binary,
    ast.Call: _Run._call,
}


def _whole(value: Scalar) -> int:
    assert type(value) is int
    return value
