"""Arithmetic and logic on columns in which a value may be unknown, or impossible to work out.

A ``Col`` is an array, or a plain value that is everybody's. ``bad`` marks where the evaluator for one person would
raise; it matters only where a decision comes by there.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from songhe.core.rules.many.columns import Array, Mask

Kind = type[np.int32] | type[np.int64] | type[np.bool_]


@dataclass(frozen=True, slots=True)
class Col:
    """Values with who of them is unknown and who is bad; None: nobody."""

    value: Any
    unknown: Mask | None = None
    bad: Mask | None = None

    @property
    def is_sure(self) -> bool:
        """Whether everybody's value is known."""
        return self.unknown is None and self.bad is None


COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_PLAIN: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def either(a: Mask | None, b: Mask | None) -> Mask | None:
    """Both masks in one."""
    return b if a is None else a if b is None else a | b


def without(a: Mask | None, b: Mask | None) -> Mask | None:
    """The first mask but for the second."""
    return a if a is None or b is None else a & ~b


def joined(cols: Sequence[Col]) -> tuple[Mask | None, Mask | None]:
    """Who is unknown and who is bad among several values that are all needed; bad goes before unknown."""
    bad = reduce(either, (col.bad for col in cols), None)
    return without(reduce(either, (col.unknown for col in cols), None), bad), bad


def negated(col: Col) -> Col:
    """Not."""
    value = not col.value if isinstance(col.value, bool) else ~col.value
    return Col(value, col.unknown, col.bad)


def minus(col: Col, kind: Kind) -> Col:
    """The negative number."""
    return Col(-cast(col.value, kind), col.unknown, col.bad)


def cast(value: Any, kind: Kind) -> Any:
    """Numbers to calculate with, in the width that their bounds ask for."""
    return value.astype(kind) if isinstance(value, np.ndarray) and value.dtype != kind else value


def arithmetic(op: type[ast.operator], a: Col, b: Col, kind: Kind) -> Col:
    """a op b; dividing by zero is bad."""
    unknown, bad = joined((a, b))
    left, right = cast(a.value, kind), cast(b.value, kind)
    if op in _PLAIN:
        return Col(_PLAIN[op](left, right), unknown, bad)
    divisor, none = _divisor(right, unknown)
    function = operator.floordiv if op is ast.FloorDiv else operator.mod
    return Col(function(left, divisor), unknown, either(bad, none))


def muldiv(a: Col, b: Col, c: Col, mode: str, kind: Kind) -> Col:
    """a * b / c rounded once; half_up rounds halves away from zero."""
    unknown, bad = joined((a, b, c))
    divisor, none = _divisor(cast(c.value, kind), unknown)
    product = cast(a.value, kind) * cast(b.value, kind)
    return Col(_divided(product, divisor, mode), unknown, either(bad, none))


def _divided(product: Any, divisor: Any, mode: str) -> Any:
    if mode == "floor":
        return product // divisor
    if mode == "ceil":
        return -(-product // divisor)
    if (
        isinstance(divisor, int)
        and divisor > 0
        and isinstance(product, np.ndarray)
        and product.min(initial=0) >= 0
    ):
        return (
            (product + divisor // 2) // divisor
            if divisor % 2 == 0
            else (2 * product + divisor) // (2 * divisor)
        )
    whole = product // divisor
    twice = 2 * abs(product - whole * divisor) - abs(divisor)
    return whole + ((twice > 0) | ((twice == 0) & (whole >= 0)))


def _divisor(value: Any, unknown: Mask | None) -> tuple[Any, Mask | None]:
    """A divisor without zeros, and of whom it was zero."""
    none = value == 0
    if isinstance(none, bool | np.bool_):
        if not none:
            return value, None
        value, none = np.array([value]), np.array([True])
    if not none.any():
        return value, None
    return np.where(none, 1, value), without(none, unknown)


def compared(ops: Sequence[ast.cmpop], cols: Sequence[Col]) -> Col:
    """A chain of comparisons; every part is looked at."""
    unknown, bad = joined(cols)
    found = [COMPARISONS[type(op)](a.value, b.value) for op, a, b in zip(ops, cols, cols[1:], strict=False)]
    return Col(reduce(operator.and_, found), unknown, bad)


def extreme(function: Callable[[Any, Any], Any], cols: Sequence[Col], kind: Kind) -> Col:
    """The least or the greatest; ``function`` is np.minimum or np.maximum."""
    unknown, bad = joined(cols)
    value = reduce(function, (cast(col.value, kind) for col in cols))
    return Col(int(value) if np.ndim(value) == 0 else value, unknown, bad)


def logic(parts: Sequence[Col], *, decisive: bool, size: int) -> Col:
    """And (``decisive`` False) or or (True): the first part that decides ends it; what comes after is not looked at."""
    if all(part.is_sure for part in parts):
        return Col(reduce(operator.or_ if decisive else operator.and_, (part.value for part in parts)))
    decided = np.zeros(size, bool)
    unknown, bad = np.zeros(size, bool), np.zeros(size, bool)
    for part in parts:
        reached = ~(decided | bad)
        if part.bad is not None:
            bad |= reached & part.bad
            reached &= ~bad
        if part.unknown is not None:
            unknown |= reached & part.unknown
            reached &= ~part.unknown
        decided |= reached & (part.value if decisive else np.logical_not(part.value))
    return Col(decided if decisive else ~decided, _some(unknown & ~decided & ~bad), _some(bad))


def choose(whens: Sequence[Col], gives: Sequence[Col], *, size: int, kind: Kind) -> tuple[Col, Array]:
    """A decision list: the first case that holds, or that is unknown, decides. Returns values and case numbers.

    There is one give more than whens: the last is for everyone left.
    """
    if all(when.is_sure for when in whens):
        return _chosen(whens, gives, size, kind)
    value, case = np.zeros(size, kind), np.zeros(size, np.uint8)
    left = np.ones(size, bool)
    unknown, bad = np.zeros(size, bool), np.zeros(size, bool)
    for number, give in enumerate(gives):
        here = left
        if number < len(whens):
            when = whens[number]
            here = left & np.broadcast_to(when.value, (size,))
            if when.bad is not None:
                bad |= left & when.bad
                here = here & ~when.bad
            if when.unknown is not None:
                lost = left & when.unknown
                unknown |= lost
                here = here & ~when.unknown
                case[lost] = number
                left = left & ~lost
            left = left & ~here & ~bad
        case[here] = number
        np.copyto(value, give.value, where=here)
        if give.unknown is not None:
            unknown |= here & give.unknown
        if give.bad is not None:
            bad |= here & give.bad
    return Col(value, _some(unknown & ~bad), _some(bad)), case


def _chosen(whens: Sequence[Col], gives: Sequence[Col], size: int, kind: Kind) -> tuple[Col, Array]:
    """The same where every when is sure: cases are counted up, and each value is taken in where its case was hit."""
    case = np.zeros(size, np.uint8)
    left: Any = None
    value: Any = None
    for number, give in enumerate(gives):
        when = whens[number].value if number < len(whens) else None
        hit = when if left is None else left if when is None else left & when
        value = _taken(value, give.value, hit, kind)
        if when is not None:
            left = np.greater(True if left is None else left, when)  # left and not when
            case += np.broadcast_to(left, (size,)).view(np.uint8)
    value = np.zeros(size, kind) if value is None else np.ascontiguousarray(np.broadcast_to(value, (size,)))
    unknown, bad = (_hit([getattr(give, name) for give in gives], case) for name in ("unknown", "bad"))
    return Col(value, without(unknown, bad), bad), case


def _hit(masks: Sequence[Mask | None], case: Array) -> Mask | None:
    """Who is marked by the mask of the case that decided."""
    found = [(case == number) & mask for number, mask in enumerate(masks) if mask is not None]
    return _some(reduce(operator.or_, found)) if found else None


def _taken(value: Any, give: Any, hit: Any, kind: Kind) -> Any:
    """The values so far with those of one more case. Nothing was hit where the value is None, and 0 stays 0."""
    if not isinstance(give, np.ndarray) and not give:
        return value
    if hit is None:
        return np.asarray(give, kind)
    return np.asarray(np.where(hit, give, kind(0) if value is None else value), kind)


def _some(mask: Mask) -> Mask | None:
    return mask if mask.any() else None
