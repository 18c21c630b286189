"""A policy as one SQL statement: a third way to work it out, independent of the other two, to check runs by sample.

Facts stand in the columns of a table ``given``: ``key``, ``region``, ``household`` (or NULL), each fact by its name,
each tag as ``tag_<name>``, and ``holds_<rule>``. NULL is what nobody knows; SQL's own three-valued logic agrees with
the rules' as long as a condition that is NULL ends a decision list. What cannot be worked out is NULL too: the other
evaluators refuse it, so there is nothing to compare then. ``OFFSET 0`` has each rule worked out once.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from datetime import date

from songhe.core.codes.region import level_of, span
from songhe.core.days import month_end, month_of
from songhe.core.rules.document import Document, Parameter, Rule
from songhe.core.rules.language import called
from songhe.core.rules.program import Program, program

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_COMPARISONS = {ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_ROUNDED = {"floor": "floor", "ceil": "ceil", "half_up": "round"}


def statement(document: Document, *, on: date, month: date, wanted: Sequence[str] = ()) -> str:
    """SELECT key and, for each wanted rule (else each that grants), its value; NULL while pending. For PostgreSQL."""
    rules = program(document, on=on, region=document.region)
    codes = tuple(wanted) or tuple(rule.code for rule in rules.grants)
    writer = _Writer(rules, month)
    steps = [
        f'CROSS JOIN LATERAL (SELECT {writer.rule(rule)} AS "{rule.code}" OFFSET 0) "r_{rule.code}"'
        for rule in _needed(rules, codes)
    ]
    values = ", ".join(_shared(rules.rules[code]) for code in codes)
    return f"SELECT g.key, {values} FROM given g\n" + "\n".join(steps)  # noqa: S608  names checked at load


def columns(document: Document) -> dict[str, str]:
    """The columns of ``given`` with their types."""
    kinds = {"whole": "bigint", "yes_no": "boolean", "date": "date", "text": "text"}
    return {
        "key": "bigint",
        "region": "bigint",
        "household": "bigint",
        **{code: kinds[fact.kind] for code, fact in document.facts.items()},
        **{f"tag_{tag_name(tag)}": "boolean" for tag in document.tags},
        **{f"holds_{rule.code}": "boolean" for rule in document.rules if rule.payee},
    }


def tag_name(tag: str) -> str:
    """A tag as part of a column's name."""
    return tag.replace(":", "_")


def _needed(rules: Program, codes: Sequence[str]) -> list[Rule]:
    """The rules that the wanted ones read, each after those that it reads."""
    order: dict[str, Rule] = {}

    def visit(code: str) -> None:
        for name in rules.rules[code].reads:
            if name in rules.rules and name not in order:
                visit(name)
        order.setdefault(code, rules.rules[code])

    for code in codes:
        visit(code)
    return list(order.values())


def _shared(rule: Rule) -> str:
    """The value, once for each household where the rule says so."""
    value = f'"r_{rule.code}"."{rule.code}"'
    if rule.payee is None:
        return f'{value} AS "{rule.code}"'
    order = ", ".join(f'g."{name}" NULLS LAST' for name in rule.payee.order)
    first = (
        f"row_number() OVER (PARTITION BY g.household, coalesce({value}, 0) <> 0"
        f' ORDER BY g."holds_{rule.code}" IS TRUE DESC, {order}, g.key) = 1'
    )
    return (
        f"CASE WHEN g.household IS NULL OR coalesce({value}, 0) = 0 OR {first} THEN {value} ELSE 0 END"
        f' AS "{rule.code}"'
    )


class _Writer:
    def __init__(self, rules: Program, month: date) -> None:
        self.rules, self.document = rules, rules.document
        first, end = month_of(month), month_end(month)
        self.built_in = {
            "month": f"date '{first}'",
            "month_end": f"date '{end}'",
            "month_days": f"{end.day}::bigint",
        }

    def rule(self, rule: Rule) -> str:
        """The decision list; a condition that is NULL is neither, and ends it as pending."""
        made = ""
        for case in reversed(rule.cases):
            give = self.value(case.give.tree)
            if case.when is None:
                made = give
            else:
                made = f"CASE {self.value(case.when.tree)} WHEN TRUE THEN {give} WHEN FALSE THEN {made} END"
        return made

    def value(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            return _constant(node.value)
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.BoolOp):
            joint = " OR " if isinstance(node.op, ast.Or) else " AND "
            return f"({joint.join(map(self.value, node.values))})"
        if isinstance(node, ast.UnaryOp):
            return f"({'NOT ' if isinstance(node.op, ast.Not) else '-'}{self.value(node.operand)})"
        if isinstance(node, ast.Compare):
            return self._compared(node)
        if isinstance(node, ast.BinOp):
            return self._arithmetic(node)
        assert isinstance(node, ast.Call)
        return self._call(node)

    def _name(self, name: str) -> str:
        if name in self.built_in:
            return self.built_in[name]
        if name in self.document.facts:
            return f'g."{name}"'
        parameter = self.document.parameters.get(name)
        if parameter is None:
            return f'"r_{name}"."{name}"'
        return self._by_region(parameter, lambda amount: f"{amount}::bigint")

    def _by_region(self, parameter: Parameter, write: object) -> str:
        """The most local value."""
        assert callable(write)
        holding = sorted(
            (value for value in parameter.values if value.holds(self.rules.on)),
            key=lambda value: -level_of(value.region),
        )
        lines = []
        for value in holding:
            low, high = span(value.region)
            lines.append(f"WHEN g.region >= {low} AND g.region < {high} THEN {write(value.amount)}")
        return f"(CASE {' '.join(lines)} END)"

    def _compared(self, node: ast.Compare) -> str:
        parts = [self.value(part) for part in (node.left, *node.comparators)]
        pairs = zip(parts, node.ops, parts[1:], strict=False)
        made = " AND ".join(f"{a} {_COMPARISONS[type(op)]} {b}" for a, op, b in pairs)
        if len(node.ops) == 1:
            return f"({made})"
        return f"(CASE WHEN {_any_null(parts)} THEN NULL ELSE {made} END)"

    def _arithmetic(self, node: ast.BinOp) -> str:
        a, b = self.value(node.left), self.value(node.right)
        if type(node.op) in _OPERATORS:
            return f"({a} {_OPERATORS[type(node.op)]} {b})"
        if isinstance(node.op, ast.FloorDiv):
            return f"floor({a}::numeric / NULLIF({b}, 0))::bigint"
        return f"({a} - floor({a}::numeric / NULLIF({b}, 0))::bigint * {b})"

    def _call(self, node: ast.Call) -> str:
        name = called(node)
        if name == "has":
            assert isinstance(node.args[0], ast.Constant)
            return f'g."tag_{tag_name(str(node.args[0].value))}"'
        if name == "table":
            assert isinstance(node.args[0], ast.Name)
            parameter, key = self.document.parameters[node.args[0].id], self.value(node.args[1])
            return self._by_region(parameter, lambda amount: _looked_up(parameter.shape, amount, key))
        if name == "muldiv":
            a, b, c = (self.value(arg) for arg in node.args[:3])
            assert isinstance(node.args[3], ast.Constant)
            return f"{_ROUNDED[str(node.args[3].value)]}({a}::numeric * {b} / NULLIF({c}, 0))::bigint"
        parts = [self.value(arg) for arg in node.args]
        if name in ("months_between", "age_on"):
            months = f"(({_packed(parts[1])} - {_packed(parts[0])}) >> 5)"
            return months if name == "months_between" else f"floor({months}::numeric / 12)::bigint"
        function = "LEAST" if name == "min" else "GREATEST"
        return f"(CASE WHEN {_any_null(parts)} THEN NULL ELSE {function}({', '.join(parts)}) END)"


def _constant(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value}::bigint" if isinstance(value, int) else _quoted(str(value))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'::text"


def _any_null(parts: Sequence[str]) -> str:
    return " OR ".join(f"{part} IS NULL" for part in parts)


def _packed(day: str) -> str:
    """A date as the columns have it: 32 days to a month."""
    return (
        f"((extract(year FROM {day})::bigint * 12 + extract(month FROM {day})::bigint - 1) * 32"
        f" + extract(day FROM {day})::bigint)"
    )


def _looked_up(shape: str, table: object, key: str) -> str:
    assert isinstance(table, dict)
    if shape == "bands":
        thresholds = sorted(map(int, table))
        amounts = ", ".join(str(table[str(threshold)]) for threshold in thresholds)
        limits = ", ".join(map(str, thresholds))
        return f"(ARRAY[{amounts}]::bigint[])[width_bucket({key}, ARRAY[{limits}]::bigint[])]"
    return f"({_quoted(json.dumps(table))}::jsonb ->> {key}::text)::bigint"
