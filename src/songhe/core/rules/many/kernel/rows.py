"""One row of a program in LLVM's text: every wanted rule, with its case and of whom it is pending."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from songhe.core.rules.bounds import of, widest
from songhe.core.rules.document import Rule
from songhe.core.rules.language import called, written
from songhe.core.rules.many.columns import Column, Columns
from songhe.core.rules.many.kernel import calculate as calc
from songhe.core.rules.many.kernel.days import packed
from songhe.core.rules.many.kernel.form import (
    EXACT,
    FLAG,
    NARROW,
    WIDE,
    Form,
    Mask,
    Val,
    number,
    wider,
    yes_no,
)
from songhe.core.rules.many.kernel.inputs import Inputs, Unfit, kind_of, type_of
from songhe.core.rules.many.kernel.tables import Table
from songhe.core.rules.many.resolve import Resolved
from songhe.core.rules.many.widths import Widths
from songhe.core.rules.program import Program


@dataclass(frozen=True, slots=True)
class Given:
    """All that a program is worked out from."""

    rules: Program
    columns: Columns
    values: Mapping[str, Resolved]
    widths: Widths
    built_in: Mapping[str, int]


class Row:
    """Each rule and each repeated expression is written once."""

    def __init__(self, given: Given) -> None:
        self.given, self.form, self.inputs = given, Form(), Inputs()
        self.refused: Mask = None
        self.done: dict[str, tuple[Val, str]] = {}
        self.seen: dict[str, Val] = {}
        self.facts = given.rules.document.facts
        self._limits()

    def rule(self, code: str) -> tuple[Val, str]:
        """The value and the deciding case of a rule."""
        if code not in self.done:
            rule = self.given.rules.rules[code]
            whens = [self.value(case.when.tree) for case in rule.cases if case.when is not None]
            gives = [self.value(case.give.tree) for case in rule.cases]
            self.done[code] = calc.choose(self.form, whens, gives, self._kind(rule))
        return self.done[code]

    def value(self, node: ast.expr) -> Val:
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Name):
            return self.named(node.id)
        text = written(node)
        if text not in self.seen:
            self.seen[text] = self._made(node)
        return self.seen[text]

    def named(self, name: str) -> Val:
        """What has a name."""
        if name not in self.seen:
            self.seen[name] = self._named(name)
        return self.seen[name]

    def _limits(self) -> None:
        """Numbers that do not lie where the document says have the whole run refused."""
        for code, column in self.given.columns.facts.items():
            fact = self.facts.get(code)
            if fact is None or fact.kind != "whole":
                continue
            if column.values.dtype.kind not in "iu":
                raise Unfit(code)
            held = np.iinfo(column.values.dtype)
            if fact.least <= held.min and held.max <= fact.most:
                continue
            val = self.named(code)
            low, high = number(fact.least), number(fact.most)
            kind = wider(wider(val.type, low.type), high.type)
            at = self.form.cast(val, kind)
            for order, end in (("slt", low), ("sgt", high)):
                self.refuse(
                    self.form.without(self.form.op(f"icmp {order} {kind} {at}, {end.at}"), val.unknown)
                )

    def refuse(self, when: Mask) -> None:
        self.refused = self.form.either(self.refused, when)

    def _kind(self, rule: Rule) -> str:
        return kind_of(self.given.widths.rule(rule)) if rule.kind == "whole" else FLAG

    def _constant(self, node: ast.Constant) -> Val:
        if isinstance(node.value, str):
            return Val("", "text", words=(node.value,))
        assert isinstance(node.value, int)
        return yes_no(node.value) if isinstance(node.value, bool) else number(node.value)

    def _made(self, node: ast.expr) -> Val:
        form = self.form
        if isinstance(node, ast.BoolOp):
            parts = [self.value(part) for part in node.values]
            return calc.logic(form, parts, decisive=isinstance(node.op, ast.Or))
        if isinstance(node, ast.Compare):
            parts = [self.value(part) for part in (node.left, *node.comparators)]
            if any(part.words is not None for part in parts):
                parts = self._coded(written(node), parts)
            return calc.compared(form, node.ops, parts)
        if isinstance(node, ast.UnaryOp):
            inner = self.value(node.operand)
            if isinstance(node.op, ast.Not):
                return Val(form.never(inner.at), FLAG, inner.unknown, inner.bad)
            return calc.minus(form, inner, kind_of(self.given.widths.of(node)))
        if isinstance(node, ast.BinOp):
            left, right = self.value(node.left), self.value(node.right)
            small, kind = self._is_small(node), kind_of(self.given.widths.of(node))
            return calc.arithmetic(form, type(node.op), left, right, kind, small=small)
        assert isinstance(node, ast.Call)
        return self._called(node)

    def _called(self, node: ast.Call) -> Val:
        name, form = called(node), self.form
        if name == "has":
            assert isinstance(node.args[0], ast.Constant)
            return self._tag(str(node.args[0].value))
        if name == "table":
            assert isinstance(node.args[0], ast.Name)
            return self._look_up(node.args[0].id, self.value(node.args[1]))
        parts = [
            self.value(arg)
            for arg in node.args
            if not isinstance(arg, ast.Constant) or arg.value.__class__ is not str
        ]
        if name in ("months_between", "age_on"):
            unknown, bad = form.joined(parts)
            months = form.op(f"ashr i32 {form.op(f'sub i32 {parts[1].at}, {parts[0].at}')}, 5")
            at = months if name == "months_between" else form.floor(months, "12", NARROW, small=True)[0]
            return Val(at, NARROW, unknown, bad)
        kind = kind_of(self.given.widths.of(node))
        if name == "muldiv":
            assert isinstance(node.args[3], ast.Constant)
            small, positive = self._is_small(node), self._is_positive(node)
            return calc.muldiv(form, parts, str(node.args[3].value), kind, small=small, positive=positive)
        return calc.extreme(form, name, parts, kind)

    def _is_small(self, node: ast.expr) -> bool:
        """Whether floating numbers hold all that an expression is worked out with."""
        return widest(node, self.given.widths.known) < EXACT

    def _is_positive(self, node: ast.Call) -> bool:
        """Whether a product and what it is divided by were proved not to lie below 0."""
        found = [of(arg, self.given.widths.known) for arg in node.args[:3]]
        return all(one is not None and one.low >= 0 for one in found)

    def _named(self, name: str) -> Val:
        if name in self.given.built_in:
            return self.inputs.number(name, self.given.built_in[name])
        if name in self.facts:
            return self._fact(name, self.given.columns.facts.get(name))
        found = self.given.values.get(name)
        if found is None:
            return self.rule(name)[0]
        kind = self.given.widths.named(name)
        if found.by_place is None:
            amount = found.amounts[0]
            assert isinstance(amount, int)
            return self.inputs.number(name, amount, kind_of(kind))
        array = self.inputs.array(name, np.array(found.amounts, kind).take(found.by_place))
        return Val(self.form.load(kind_of(kind), array, self.place(), NARROW), kind_of(kind))

    def place(self) -> str:
        """Which place is this person's."""
        if "the place" not in self.seen:
            form, column = self.form, Column(self.given.columns.place)
            spot = self._entry("of the place", column)
            least = self.inputs.number("number of places", len(self.given.columns.places))
            outside = form.op(f"icmp uge i32 {spot}, {least.at}")
            self.refuse(outside)
            self.seen["the place"] = Val(form.pick(outside, NARROW, "0", spot), NARROW)
        return self.seen["the place"].at

    def _entry(self, name: str, column: Column) -> str:
        """A whole number of this row, in 32 bits."""
        array = self.inputs.column(name, column.values, self.given.columns.size)
        kind = type_of(column.values)
        if column.values.dtype.kind not in "iu":
            raise Unfit(name)
        at = self.form.load(kind, array, "%i", WIDE)
        if kind == NARROW:
            return at
        signed = "sext" if column.values.dtype.kind == "i" else "zext"
        return self.form.op(f"{'trunc' if kind == 'i64' else signed} {kind} {at} to i32")

    def _fact(self, name: str, column: Column | None) -> Val:
        kind = self.facts[name].kind
        if column is None:
            plain = {"yes_no": yes_no(False), "text": Val("0", NARROW, words=())}.get(kind, number(0))
            return Val(plain.at, plain.type, "true", words=plain.words)
        size, unknown = self.given.columns.size, self._unknown(name, column)
        if kind == "yes_no":
            return Val(self._flag(name, column), FLAG, unknown)
        if kind == "whole" and type_of(column.values) == "i64":
            array = self.inputs.column(name, column.values, size)
            return Val(self.form.load("i64", array, "%i", WIDE), "i64", unknown)
        at = self._entry(name, column)
        if kind == "date" and column.days:
            at = packed(self.form, at)
        return Val(at, NARROW, unknown, words=column.words if kind == "text" else None)

    def _tag(self, tag: str) -> Val:
        column = self.given.columns.tags.get(tag)
        name = f"tag:{tag}"
        if column is None:
            return yes_no(False)
        return Val(self._flag(name, column), FLAG, self._unknown(name, column))

    def _flag(self, name: str, column: Column) -> str:
        if column.values.dtype != np.bool_:
            raise Unfit(name)
        return self.form.flag(self.inputs.column(name, column.values, self.given.columns.size), "%i", WIDE)

    def _unknown(self, name: str, column: Column) -> Mask:
        return None if column.unknown is None else self._flag(f"{name}, unknown", Column(column.unknown))

    def _coded(self, text: str, parts: Sequence[Val]) -> list[Val]:
        """Texts as numbers that mean the same word on every side."""
        numbers: dict[str, int] = {}
        made = []
        for place, part in enumerate(parts):
            codes = [numbers.setdefault(word, len(numbers)) for word in part.words or ()]
            key = f"{text}, {place}"
            if part.type == "text":
                made.append(self.inputs.number(key, codes[0]))
            else:
                array = self.inputs.array(key, np.array(codes or [0], np.int32))
                at = self.form.load(NARROW, array, self.spot(key, part.at, max(1, len(codes))), NARROW)
                made.append(Val(at, NARROW, part.unknown))
        return made

    def spot(self, key: str, at: str, length: int) -> str:
        """A place that surely lies in an array: one that does not has the run refused."""
        most = self.inputs.number(f"{key}, length", length)
        outside = self.form.op(f"icmp uge i32 {at}, {most.at}")
        self.refuse(outside)
        return self.form.pick(outside, NARROW, "0", at)

    def _look_up(self, name: str, key: Val) -> Val:
        return Table(self, name, self.given.values[name], self.given.widths.named(name)).look_up(key)
