"""Working a document out for everybody, chunk by chunk."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from songhe.core.codes.region import is_within
from songhe.core.days import month_end, month_of
from songhe.core.rules.document import Document
from songhe.core.rules.evaluate import BrokenRule, decide, out_of_range
from songhe.core.rules.kinds import BUILT_IN
from songhe.core.rules.language import called, written
from songhe.core.rules.many import operations as op
from songhe.core.rules.many.columns import Array, Columns, pack
from songhe.core.rules.many.decided import Decided, empty
from songhe.core.rules.many.kernel import Given, worked_out
from songhe.core.rules.many.operations import Col
from songhe.core.rules.many.resolve import Resolved, resolve
from songhe.core.rules.many.share import share
from songhe.core.rules.many.tables import look_up
from songhe.core.rules.many.widths import Widths
from songhe.core.rules.program import Program, program

CHUNK = 1 << 17
"""Rows worked on at a time: their columns stay in the processor's cache, and moving columns costs more than adding."""


WORTH = 1 << 18
"""People from whom on a kernel is used. Making one, once, takes as long as working out three million in columns."""


def decide_all(
    document: Document,
    columns: Columns,
    *,
    on: date,
    month: date,
    wanted: Sequence[str] = (),
    kernel: bool | None = None,
) -> dict[str, Decided]:
    """Work out the granting rules of a document, or those ``wanted``, for everybody.

    Raises Refused where the document is not in force for one of the places or a parameter has no value there, and
    BrokenRule, with the first person's rule and clause, where something cannot be worked out: nothing is granted then.
    ``kernel`` says whether machine code is made for it; None: for many persons it is.
    """
    outside = next((place for place in columns.places if not is_within(place, document.region)), None)
    rules = program(document, on=on, region=outside or document.region)
    codes = tuple(wanted) or tuple(rule.code for rule in rules.grants)
    values = _values(rules, codes, columns)
    widths, built_in = Widths(document), _built_in(month)
    made = empty([rules.rules[code] for code in codes], columns.size, widths)
    quick = columns.size >= WORTH if kernel is None else kernel
    if not quick or not worked_out(Given(rules, columns, values, widths, built_in), made):
        _in_chunks(rules, columns, month, values, widths, made)
    for code, found in made.items():
        if found.unknown is not None and not found.unknown.any():
            found.unknown = None
        if found.rule.payee is not None:
            found.yielded = share(found.rule.payee.order, found.values, columns, columns.holders.get(code))
    return made


def _in_chunks(
    rules: Program,
    columns: Columns,
    month: date,
    values: Mapping[str, Resolved],
    widths: Widths,
    made: Mapping[str, Decided],
) -> None:
    """Work everything out in columns; refused for everybody where it is for somebody."""
    _check(rules.document, columns)
    for found in made.values():
        found.unknown = np.zeros(columns.size, bool)
    for start in range(0, columns.size, CHUNK):
        part = columns.part(start, start + CHUNK)
        chunk = _Chunk(rules, part, month, values, widths)
        for code, found in made.items():
            col, cases = chunk.rule(code)
            if col.bad is not None:
                _raise(rules, code, columns, start + int(col.bad.argmax()), month)
            _put(found, col, cases, slice(start, start + part.size))


def _built_in(month: date) -> dict[str, int]:
    """What every rule may read of the month."""
    first, end = month_of(month), month_end(month)
    return {"month": pack(first), "month_end": pack(end), "month_days": end.day}


def _values(rules: Program, codes: Sequence[str], columns: Columns) -> dict[str, Resolved]:
    """The parameters that the wanted rules read, by name."""
    names, found, queue = set(codes), {}, list(codes)
    while queue:
        for name in rules.rules[queue.pop()].reads:
            if name in rules.rules and name not in names:
                names.add(name)
                queue.append(name)
            parameter = rules.document.parameters.get(name)
            if parameter is not None and name not in found:
                made = resolve(parameter, rules.on, columns.places)
                if made is None:
                    for place in columns.places:
                        Program(rules.document, rules.on, place, rules.rules).value(name)
                    raise AssertionError(name)
                found[name] = made
    return found


def _check(document: Document, columns: Columns) -> None:
    """Numbers must lie where the document says, since that is what its amounts were proved with."""
    for code, column in columns.facts.items():
        fact = document.facts.get(code)
        known = column.values if column.unknown is None else column.values[~column.unknown]
        if fact is None or fact.kind != "whole" or not known.size:
            continue
        for value in (int(known.min()), int(known.max())):
            if not fact.least <= value <= fact.most:
                raise out_of_range(document, fact, value)


def _put(made: Decided, col: Col, cases: Array, rows: slice) -> None:
    made.values[rows] = col.value
    made.cases[rows] = cases
    if col.unknown is not None and made.unknown is not None:
        made.unknown[rows] = col.unknown
        made.values[rows][col.unknown] = 0


def _raise(rules: Program, code: str, columns: Columns, row: int, month: date) -> None:
    """The refusal that this person's own evaluation gives."""
    place = columns.places[int(columns.place[row])]
    own = Program(rules.document, rules.on, place, rules.rules)
    decide(own, code, columns.facts_of(row, rules.document), month=month)
    raise BrokenRule("rules.disagree", "Rule {name} cannot be calculated. Report this.", rule=code, name=code)


class _Chunk:
    """One chunk of persons, with every rule and repeated expression worked out once."""

    def __init__(
        self, rules: Program, part: Columns, month: date, values: Mapping[str, Resolved], widths: Widths
    ) -> None:
        self.rules, self.part, self.values, self.size = rules, part, values, part.size
        self.widths = widths
        self.built_in = _built_in(month)
        self.done: dict[str, tuple[Col, Array]] = {}
        self.seen: dict[str, Col] = {}

    def rule(self, code: str) -> tuple[Col, Array]:
        """The values and the deciding cases of a rule."""
        if code not in self.done:
            rule = self.rules.rules[code]
            whens = [self.value(case.when.tree) for case in rule.cases if case.when is not None]
            gives = [self.value(case.give.tree) for case in rule.cases]
            col, cases = op.choose(whens, gives, size=self.size, kind=self.widths.rule(rule))
            self.done[code] = col, cases
        return self.done[code]

    def value(self, node: ast.expr) -> Col:
        if isinstance(node, ast.Constant):
            return Col(node.value)
        if isinstance(node, ast.Name):
            return self._name(node.id)
        text = written(node)
        if text not in self.seen:
            self.seen[text] = self._made(node)
        return self.seen[text]

    def _made(self, node: ast.expr) -> Col:
        if isinstance(node, ast.BoolOp):
            parts = [self.value(part) for part in node.values]
            return op.logic(parts, decisive=isinstance(node.op, ast.Or), size=self.size)
        if isinstance(node, ast.Compare):
            return self._compared(node)
        if isinstance(node, ast.UnaryOp):
            inner = self.value(node.operand)
            return (
                op.negated(inner) if isinstance(node.op, ast.Not) else op.minus(inner, self.widths.of(node))
            )
        if isinstance(node, ast.BinOp):
            left, right = self.value(node.left), self.value(node.right)
            return op.arithmetic(type(node.op), left, right, self.widths.of(node))
        assert isinstance(node, ast.Call)
        return self._called(node)

    def _name(self, name: str) -> Col:
        if name in self.built_in:
            return Col(self.built_in[name])
        if name in self.rules.document.facts:
            return self._fact(name)
        found = self.values.get(name)
        if found is None:
            return self.rule(name)[0]
        if found.by_place is None:
            return Col(found.amounts[0])
        if name not in self.seen:
            amounts = np.array(found.amounts, self.widths.named(name)).take(found.by_place)
            self.seen[name] = Col(amounts.take(self.part.place))
        return self.seen[name]

    def _fact(self, name: str) -> Col:
        column = self.part.facts.get(name)
        if column is None:
            yes_no = self.rules.document.facts[name].kind == "yes_no"
            return Col(False if yes_no else 0, np.ones(self.size, bool))
        return Col(column.values, column.unknown)

    def _tag(self, tag: str) -> Col:
        column = self.part.tags.get(tag)
        return Col(False) if column is None else Col(column.values, column.unknown)

    def _words(self, node: ast.expr) -> tuple[str, ...]:
        column = self.part.facts.get(node.id) if isinstance(node, ast.Name) else None
        return column.words if column is not None else ()

    def _compared(self, node: ast.Compare) -> Col:
        parts = [node.left, *node.comparators]
        cols = [self.value(part) for part in parts]
        if any(self._is_text(part) for part in parts):
            cols = self._coded(parts, cols)
        return op.compared(node.ops, cols)

    def _is_text(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str)
        fact = self.rules.document.facts.get(node.id) if isinstance(node, ast.Name) else None
        return fact is not None and fact.kind == "text"

    def _coded(self, parts: Sequence[ast.expr], cols: Sequence[Col]) -> list[Col]:
        """Texts as numbers that mean the same word on every side."""
        numbers: dict[str, int] = {}
        made = []
        for part, col in zip(parts, cols, strict=True):
            if isinstance(col.value, str):
                made.append(Col(numbers.setdefault(col.value, len(numbers))))
                continue
            codes = np.array(
                [numbers.setdefault(word, len(numbers)) for word in self._words(part)] or [0], np.int32
            )
            made.append(Col(codes.take(col.value), col.unknown, col.bad))
        return made

    def _called(self, node: ast.Call) -> Col:
        name = called(node)
        if name == "has":
            assert isinstance(node.args[0], ast.Constant)
            return self._tag(str(node.args[0].value))
        if name == "table":
            assert isinstance(node.args[0], ast.Name)
            key = self.value(node.args[1])
            table, words = self.values[node.args[0].id], self._words(node.args[1])
            return look_up(table, key, words, self.part.place, self.widths.named(node.args[0].id))
        if name == "muldiv":
            a, b, c = (self.value(arg) for arg in node.args[:3])
            assert isinstance(node.args[3], ast.Constant)
            return op.muldiv(a, b, c, str(node.args[3].value), self.widths.of(node))
        cols = [self.value(arg) for arg in node.args]
        if name in ("months_between", "age_on"):
            unknown, bad = op.joined(cols)
            months: Any = (cols[1].value - cols[0].value) >> 5
            return Col(months if name == "months_between" else months // 12, unknown, bad)
        return op.extreme(np.minimum if name == "min" else np.maximum, cols, self.widths.of(node))


assert set(BUILT_IN) == {"month", "month_end", "month_days"}
