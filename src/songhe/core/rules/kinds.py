"""What an expression yields: its kind and its unit, found without evaluating anything."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from songhe.core.rules.language import called
from songhe.core.sources import DataError


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind (whole, yes_no, date, text, table, bands) and, for whole numbers, a unit; None fits every unit."""

    kind: str
    unit: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} in {self.unit}" if self.unit else self.kind


WHOLE, YES_NO, DATE, TEXT = Shape("whole"), Shape("yes_no"), Shape("date"), Shape("text")
BUILT_IN = {"month": DATE, "month_end": DATE, "month_days": WHOLE}


def infer(node: ast.expr, names: Mapping[str, Shape]) -> Shape:
    """The shape of a checked expression; DataError when kinds or units do not fit together."""
    if isinstance(node, ast.Constant):
        return YES_NO if isinstance(node.value, bool) else WHOLE if isinstance(node.value, int) else TEXT
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise DataError(f"there is no fact, parameter or rule called {node.id}.")
        return names[node.id]
    if isinstance(node, ast.Call):
        return _call(node, names)
    if isinstance(node, ast.Compare):
        return _compare(node, names)
    if isinstance(node, ast.BinOp):
        return _arithmetic(node, names)
    if isinstance(node, ast.UnaryOp):
        inner = infer(node.operand, names)
        wanted = "yes_no" if isinstance(node.op, ast.Not) else "whole"
        _need(inner.kind == wanted, node, f"needs {wanted}, not {inner}")
        return inner
    assert isinstance(node, ast.BoolOp)
    for value in node.values:
        inner = infer(value, names)
        _need(inner.kind == "yes_no", value, f"must be yes_no inside and/or, not {inner}")
    return YES_NO


def fits(a: str | None, b: str | None) -> bool:
    """Whether two units may meet; a plain number meets every unit."""
    return a is None or b is None or a == b


def _need(good: bool, node: ast.expr, why: str) -> None:
    if not good:
        raise DataError(f"{ast.unparse(node)}: {why}.")


def _compare(node: ast.Compare, names: Mapping[str, Shape]) -> Shape:
    shapes = [infer(part, names) for part in (node.left, *node.comparators)]
    for left, right, op in zip(shapes, shapes[1:], node.ops, strict=False):
        _need(left.kind == right.kind and fits(left.unit, right.unit), node, f"compares {left} with {right}")
        ordered = left.kind in ("whole", "date")
        _need(left.kind not in ("table", "bands"), node, "a table cannot be compared")
        _need(ordered or isinstance(op, ast.Eq | ast.NotEq), node, f"{left} has no order")
    return YES_NO


def _arithmetic(node: ast.BinOp, names: Mapping[str, Shape]) -> Shape:
    left, right = infer(node.left, names), infer(node.right, names)
    _need(left.kind == right.kind == "whole", node, f"calculates with {left} and {right}")
    if isinstance(node.op, ast.Mult):
        _need(left.unit is None or right.unit is None, node, f"multiplies {left.unit} by {right.unit}")
        return Shape("whole", left.unit or right.unit)
    if isinstance(node.op, ast.FloorDiv) and left.unit and left.unit == right.unit:
        return WHOLE
    if isinstance(node.op, ast.FloorDiv | ast.Mod):
        _need(right.unit in (None, left.unit), node, f"divides {left.unit} by {right.unit}")
        return left
    _need(fits(left.unit, right.unit), node, f"adds {left.unit} and {right.unit}")
    return Shape("whole", left.unit or right.unit)


def _call(node: ast.Call, names: Mapping[str, Shape]) -> Shape:
    name = called(node)
    if name == "has":
        return YES_NO
    if name == "table":
        return _table(node, names)
    shapes = [infer(arg, names) for arg in (node.args[:3] if name == "muldiv" else node.args)]
    wanted = "date" if name in ("months_between", "age_on") else "whole"
    for arg, shape in zip(node.args, shapes, strict=False):
        _need(shape.kind == wanted, arg, f"{name} needs {wanted}, not {shape}")
    if name == "months_between":
        return Shape("whole", "month")
    if name == "age_on":
        return Shape("whole", "year")
    units = [shape.unit for shape in shapes]
    if name == "muldiv":
        return Shape("whole", _muldiv_unit(node, units))
    given = {unit for unit in units if unit}
    _need(len(given) <= 1, node, f"mixes {' and '.join(sorted(given))}")
    return Shape("whole", next(iter(given), None))


def _muldiv_unit(node: ast.Call, units: list[str | None]) -> str | None:
    """a * b // c: the unit of a or b; when both have one, c must take one of them away."""
    a, b, c = units
    if c is not None:
        _need(c in (a, b), node, f"divides by {c}, which is not multiplied")
        return b if c == a else a
    _need(a is None or b is None, node, f"multiplies {a} by {b}")
    return a or b


def _table(node: ast.Call, names: Mapping[str, Shape]) -> Shape:
    table, key = infer(node.args[0], names), infer(node.args[1], names)
    _need(table.kind in ("table", "bands"), node, f"looks up in {table}, which is no table")
    _need(key.kind == "whole" or (key.kind == "text" and table.kind == "table"), node, f"looks up by {key}")
    return Shape("whole", table.unit)
