"""Arithmetic, logic and decision lists in LLVM's text: ``many.operations`` once more, for a row instead of a column."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from songhe.core.rules.many.kernel.form import BYTE, FLAG, Form, Mask, Val, wider

_PLAIN = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul"}
_COMPARISONS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "slt", ast.LtE: "sle", ast.Gt: "sgt", ast.GtE: "sge"}


def minus(form: Form, val: Val, kind: str) -> Val:
    """The negative number."""
    return Val(form.op(f"sub {kind} 0, {form.cast(val, kind)}"), kind, val.unknown, val.bad)


def arithmetic(form: Form, op: type[ast.operator], a: Val, b: Val, kind: str, *, small: bool) -> Val:
    """a op b; dividing by zero is bad."""
    unknown, bad = form.joined((a, b))
    left, right = form.cast(a, kind), form.cast(b, kind)
    if op in _PLAIN:
        return Val(form.op(f"{_PLAIN[op]} {kind} {left}, {right}"), kind, unknown, bad)
    right, none = _divisor(form, right, kind, unknown)
    whole, rest = form.floor(left, right, kind, small=small)
    return Val(whole if op is ast.FloorDiv else rest, kind, unknown, form.either(bad, none))


def muldiv(form: Form, parts: Sequence[Val], mode: str, kind: str, *, small: bool, positive: bool) -> Val:
    """a * b / c rounded once. ``small``: all that is on the way lies within ``EXACT`` of 0. ``positive``: it was proved
    that neither the product nor c is below 0.
    """
    unknown, bad = form.joined(parts)
    a, b, c = (form.cast(part, kind) for part in parts)
    c, none = _divisor(form, c, kind, unknown)
    product = form.op(f"mul {kind} {a}, {b}")
    if mode == "half_up" and small and positive:
        twice = form.op(f"add {kind} {form.op(f'shl {kind} {product}, 1')}, {c}")
        at = form.divided(twice, form.op(f"shl {kind} {c}, 1"), kind)
    else:
        at = _rounded(form, product, c, mode, kind, small)
    return Val(at, kind, unknown, form.either(bad, none))


def _rounded(form: Form, product: str, by: str, mode: str, kind: str, small: bool) -> str:
    if mode == "ceil":
        opposite = form.op(f"sub {kind} 0, {product}")
        return form.op(f"sub {kind} 0, {form.floor(opposite, by, kind, small=small)[0]}")
    whole, rest = form.floor(product, by, kind, small=small)
    if mode == "floor":
        return whole
    far, by = (form.op(f"call {kind} @llvm.abs.{kind}({kind} {x}, i1 false)") for x in (rest, by))
    far = form.op(f"shl {kind} {far}, 1")
    half = form.op(f"icmp sgt {kind} {far}, {by}")
    even = form.op(
        f"and i1 {form.op(f'icmp eq {kind} {far}, {by}')}, {form.op(f'icmp sge {kind} {whole}, 0')}"
    )
    up = form.op(f"zext i1 {form.op(f'or i1 {half}, {even}')} to {kind}")
    return form.op(f"add {kind} {whole}, {up}")


def _divisor(form: Form, by: str, kind: str, unknown: Mask) -> tuple[str, Mask]:
    """A divisor that is not 0, and when it was."""
    if not by.startswith("%"):
        return ("1", form.without("true", unknown)) if by == "0" else (by, None)
    none = form.op(f"icmp eq {kind} {by}, 0")
    return form.pick(none, kind, "1", by), form.without(none, unknown)


def compared(form: Form, ops: Sequence[ast.cmpop], vals: Sequence[Val]) -> Val:
    """A chain of comparisons; every part is looked at."""
    unknown, bad = form.joined(vals)
    at = "true"
    for op, a, b in zip(ops, vals, vals[1:], strict=False):
        kind = wider(a.type, b.type)
        found = form.op(f"icmp {_COMPARISONS[type(op)]} {kind} {form.cast(a, kind)}, {form.cast(b, kind)}")
        at = found if at == "true" else form.op(f"and i1 {at}, {found}")
    return Val(at, FLAG, unknown, bad)


def extreme(form: Form, name: str, vals: Sequence[Val], kind: str) -> Val:
    """The least or the greatest."""
    unknown, bad = form.joined(vals)
    at = form.cast(vals[0], kind)
    for val in vals[1:]:
        at = form.op(f"call {kind} @llvm.s{name}.{kind}({kind} {at}, {kind} {form.cast(val, kind)})")
    return Val(at, kind, unknown, bad)


def logic(form: Form, parts: Sequence[Val], *, decisive: bool) -> Val:
    """And (``decisive`` False) or or (True): the first part that decides ends it."""
    decided: Mask = None
    unknown: Mask = None
    bad: Mask = None
    for part in parts:
        reached = form.never(form.either(decided, bad))
        if part.bad is not None:
            bad = form.either(bad, form.both(reached, part.bad))
            reached = form.without(reached, bad) or "false"
        if part.unknown is not None:
            unknown = form.either(unknown, form.both(reached, part.unknown))
            reached = form.without(reached, part.unknown) or "false"
        decided = form.either(decided, form.both(reached, part.at if decisive else form.never(part.at)))
    assert decided is not None
    unknown = form.without(form.without(unknown, decided), bad)
    return Val(decided if decisive else form.never(decided), FLAG, unknown, bad)


def choose(form: Form, whens: Sequence[Val], gives: Sequence[Val], kind: str) -> tuple[Val, str]:
    """A decision list: the first case that holds, or that is unknown, decides. The value and the case's number."""
    if all(when.is_sure for when in whens):
        return _chosen(form, whens, gives, kind)
    value, case, left = ("false" if kind == FLAG else "0"), "0", "true"
    unknown: Mask = None
    bad: Mask = None
    for number, give in enumerate(gives):
        here = left
        if number < len(whens):
            when = whens[number]
            here = form.both(left, when.at) or "false"
            bad = form.either(bad, form.both(left, when.bad))
            here = form.without(here, when.bad) or "false"
            if when.unknown is not None:
                lost = form.both(left, when.unknown) or "false"
                unknown = form.either(unknown, lost)
                here = form.without(here, when.unknown) or "false"
                case = form.pick(lost, BYTE, str(number), case)
                left = form.without(left, lost) or "false"
            left = form.without(form.without(left, here), bad) or "false"
        case = form.pick(here, BYTE, str(number), case)
        value = form.pick(here, kind, form.cast(give, kind), value)
        unknown = form.either(unknown, form.both(here, give.unknown))
        bad = form.either(bad, form.both(here, give.bad))
    return Val(value, kind, form.without(unknown, bad), bad), case


def _chosen(form: Form, whens: Sequence[Val], gives: Sequence[Val], kind: str) -> tuple[Val, str]:
    """The same where every when is sure: from the last case to the first, each goes before those after it."""
    last = gives[-1]
    value, case, unknown, bad = form.cast(last, kind), str(len(whens)), last.unknown, last.bad
    for number in reversed(range(len(whens))):
        when, give = whens[number].at, gives[number]
        value = form.pick(when, kind, form.cast(give, kind), value)
        case = form.pick(when, BYTE, str(number), case)
        unknown, bad = form.switch(when, give.unknown, unknown), form.switch(when, give.bad, bad)
    return Val(value, kind, unknown, bad), case
