"""How large a number can become, proved from what facts and parameters may be, before anything is worked out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from songhe.core.rules.document import Document, Parameter, Rule
from songhe.core.rules.language import Expression, called
from songhe.core.rules.problem import Problem

EXACT = 2**53
"""The largest amount that a rule may give."""
ROOM = 2**62
"""The largest number on the way there: 64 bits with one to spare."""
MONTHS = 12 * 2200


@dataclass(frozen=True, slots=True)
class Bounds:
    """From the least to the most, both included."""

    low: int
    high: int

    def __or__(self, other: Bounds) -> Bounds:
        return Bounds(min(self.low, other.low), max(self.high, other.high))

    @property
    def reach(self) -> int:
        """The distance from 0 of what lies farthest."""
        return max(abs(self.low), abs(self.high))


class TooLarge(Exception):
    """A part of an expression that can run over."""


def bounds(document: Document) -> Mapping[str, Bounds]:
    """The bounds of every whole number that has a name; TooLarge where something can run over."""
    known: dict[str, Bounds] = {"month_days": Bounds(28, 31)}
    known |= {
        code: Bounds(fact.least, fact.most) for code, fact in document.facts.items() if fact.kind == "whole"
    }
    known |= {code: _parameter(parameter) for code, parameter in document.parameters.items()}
    for rule in _in_order(document):
        if rule.kind == "whole":
            found = _rule(rule, known)
            known[rule.code] = known[rule.code] | found if rule.code in known else found
    return known


def problems(document: Document) -> Iterator[Problem]:
    """Where an amount can run over, so that a limit has to be written."""
    try:
        bounds(document)
    except TooLarge as fault:
        rule, clause, line, text = fault.args
        yield Problem(document.file, line, clause, f"{rule}: {text}")


def _in_order(document: Document) -> list[Rule]:
    """Rules after those that they read; the document has no cycles."""
    reads: dict[str, set[str]] = {rule.code: set() for rule in document.rules}
    for rule in document.rules:
        reads[rule.code] |= reads.keys() & rule.reads
    done: set[str] = set()
    order: list[Rule] = []
    while len(done) < len(reads):
        ready = {code for code in reads.keys() - done if reads[code] <= done}
        assert ready, "cycles are found before"
        order += [rule for rule in document.rules if rule.code in ready]
        done |= ready
    return order


def _parameter(parameter: Parameter) -> Bounds:
    amounts = [
        amount
        for value in parameter.values
        for amount in ([value.amount] if isinstance(value.amount, int) else value.amount.values())
    ]
    return Bounds(min(amounts), max(amounts))


def _rule(rule: Rule, known: Mapping[str, Bounds]) -> Bounds:
    found: Bounds | None = None
    for case in rule.cases:
        for expression in (case.when, case.give):
            if expression is None:
                continue
            try:
                made = _reached(expression, known)
            except OverflowError as fault:
                text = f"{fault} can grow past what is counted exactly; limit it with min(…), or say most: of a fact."
                raise TooLarge(rule.code, case.clause, case.line, text) from None
            if expression is case.give and made is not None:
                found = made if found is None else found | made
    assert found is not None
    if found.reach > EXACT:
        text = f"its amount can reach {found.reach}; limit it with min(…), or say most: of a fact."
        raise TooLarge(rule.code, rule.cases[-1].clause, rule.line, text)
    return found


def _reached(expression: Expression, known: Mapping[str, Bounds]) -> Bounds | None:
    return of(expression.tree, known)


def of(node: ast.expr, known: Mapping[str, Bounds]) -> Bounds | None:
    """The bounds of an expression; None where it is no whole number. OverflowError names what runs over."""
    found = _of(node, known)
    if found is not None and found.reach > ROOM:
        raise OverflowError(ast.unparse(node))
    return found


def widest(node: ast.expr, known: Mapping[str, Bounds]) -> int:
    """How far from 0 the numbers lie that an expression is worked out with, at most."""
    found = of(node, known)
    parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    if isinstance(node, ast.Call):
        parts = node.args[:3] if called(node) == "muldiv" else node.args
    around = [inner for part in parts if (inner := of(part, known)) is not None]
    if isinstance(node, ast.Call) and called(node) == "muldiv":
        whole = _arithmetic(ast.Mult(), around[0], around[1])
        around.append(Bounds(-4 * whole.reach, 4 * whole.reach + 2 * around[2].reach))
    return max((one.reach for one in (found, *around) if one is not None), default=0)


def _of(node: ast.expr, known: Mapping[str, Bounds]) -> Bounds | None:
    if isinstance(node, ast.Constant):
        return Bounds(node.value, node.value) if type(node.value) is int else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.BoolOp | ast.Compare):
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                of(part, known)
        return None
    if isinstance(node, ast.UnaryOp):
        inner = of(node.operand, known)
        return None if inner is None or isinstance(node.op, ast.Not) else Bounds(-inner.high, -inner.low)
    if isinstance(node, ast.BinOp):
        return _arithmetic(node.op, _whole(node.left, known), _whole(node.right, known))
    assert isinstance(node, ast.Call)
    return _call(node, known)


def _whole(node: ast.expr, known: Mapping[str, Bounds]) -> Bounds:
    found = of(node, known)
    assert found is not None
    return found


def _arithmetic(op: ast.operator, a: Bounds, b: Bounds) -> Bounds:
    if isinstance(op, ast.Add):
        return Bounds(a.low + b.low, a.high + b.high)
    if isinstance(op, ast.Sub):
        return Bounds(a.low - b.high, a.high - b.low)
    if isinstance(op, ast.Mult):
        corners = [x * y for x, y in product((a.low, a.high), (b.low, b.high))]
        return Bounds(min(corners), max(corners))
    if isinstance(op, ast.FloorDiv):
        return _divided(a, b)
    return Bounds(min(b.low + 1, 0), max(b.high - 1, 0))


def _divided(a: Bounds, b: Bounds) -> Bounds:
    """a // b, rounded either way; a divisor of 0 is refused when it is met."""
    ends = {end for end in (b.low, b.high, -1, 1) if end and b.low <= end <= b.high} or {1}
    corners = [x // y for x in (a.low, a.high) for y in ends]
    return Bounds(min(corners), max(corners) + 1)


def _call(node: ast.Call, known: Mapping[str, Bounds]) -> Bounds | None:
    name = called(node)
    if name == "has":
        return None
    if name == "table":
        of(node.args[1], known)
        return of(node.args[0], known)
    if name in ("months_between", "age_on"):
        most = MONTHS if name == "months_between" else MONTHS // 12
        return Bounds(-most, most)
    parts = [_whole(arg, known) for arg in (node.args[:3] if name == "muldiv" else node.args)]
    if name == "muldiv":
        whole = _arithmetic(ast.Mult(), parts[0], parts[1])
        if 4 * whole.reach > ROOM:
            raise OverflowError(ast.unparse(node))
        return _divided(whole, parts[2])
    take = min if name == "min" else max
    return Bounds(take(part.low for part in parts), take(part.high for part in parts))
