"""Rules in plain words: what a condition asks and what a case gives, in Chinese and English, with today's values.

``age_on(birth, month_end) < lunch_age`` reads “年龄（月末）小于免费午餐年龄（80岁）”.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from datetime import date

from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.rules.document import Document, Parameter, Rule
from songhe.core.rules.language import Expression, called
from songhe.core.rules.program import Program

UNITS = {
    "year": ("{n} years", "{n}岁"),
    "month": ("{n} months", "{n}个月"),
    "day": ("{n} days", "{n}天"),
    "meal": ("{n} meals", "{n}餐"),
    "time": ("{n} times", "{n}次"),
    "percent": ("{n}%", "{n}%"),
    "point": ("{n} points", "{n}分"),
    "hour": ("{n} hours", "{n}小时"),
    "person": ("{n} people", "{n}人"),
    "bed": ("{n} beds", "{n}张床位"),
}
_COMPARED = {
    ast.Lt: ("is below", "小于"),
    ast.LtE: ("is at most", "不超过"),
    ast.Gt: ("is above", "大于"),
    ast.GtE: ("is at least", "不小于"),
    ast.Eq: ("is", "等于"),
    ast.NotEq: ("is not", "不等于"),
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_SIGNS = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.FloorDiv: "÷", ast.Mod: "mod"}
_BUILT_IN = {
    "month": ("the month", "当月"),
    "month_end": ("the month's end", "月末"),
    "month_days": ("days of the month", "当月天数"),
}
_ROUNDED = {
    "floor": ("rounded down", "舍去尾数"),
    "ceil": ("rounded up", "进位取整"),
    "half_up": ("rounded", "四舍五入"),
}


def amount(value: int, unit: str | None) -> Label:
    """A number with its unit: fen in yuan, minutes in hours."""
    if unit == "fen":
        whole, part = divmod(abs(value), 100)
        text = f"{'-' if value < 0 else ''}{whole:,}" + (f".{part:02}" if part else "")
        return Label(f"{text} yuan", f"{text}元")
    if unit == "minute":
        hours, rest = divmod(value, 60)
        if not rest:
            return Label(f"{hours:,} hour{'' if hours == 1 else 's'}", f"{hours:,}小时")
        return Label(f"{value:,} minutes", f"{value:,}分钟")
    en, zh = UNITS.get(unit or "", ("{n}" + f" {unit or ''}", "{n}" + (unit or "")))
    if value == 1:
        en = {"{n} people": "{n} person"}.get(en, en.removesuffix("s") if unit in UNITS else en)
    return Label(en.format(n=f"{value:,}").strip(), zh.format(n=f"{value:,}"))


def condition(expression: Expression | None, document: Document, on: date) -> Label:
    """When a case holds, in words."""
    if expression is None:
        return Label("everyone else", "其余情形")
    return Label(*(_Speaker(document, on, zh).holds(expression.tree) for zh in (False, True)))


def given(expression: Expression, rule: Rule, document: Document, on: date) -> Label:
    """What a case gives, in words."""
    node = expression.tree
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return amount(node.value, rule.unit)
    speakers = [_Speaker(document, on, zh) for zh in (False, True)]
    if rule.kind == "yes_no" and not isinstance(node, ast.Constant):
        return Label(*(speaker.holds(node) for speaker in speakers))
    return Label(*(speaker.value(node) for speaker in speakers))


@dataclass(frozen=True)
class _Speaker:
    document: Document
    on: date
    zh: bool

    def pick(self, pair: tuple[str, str]) -> str:
        return pair[self.zh]

    def name(self, label: Label) -> str:
        return label.zh if self.zh else label.en

    def inside(self, text: str) -> str:
        return f"（{text}）" if self.zh else f"({text})"

    def holds(self, node: ast.expr) -> str:
        """A condition as a sentence."""
        if isinstance(node, ast.BoolOp):
            return self._joined(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.fails(node.operand)
        if isinstance(node, ast.Compare):
            return self._compared(node, [type(op) for op in node.ops])
        if isinstance(node, ast.Call) and called(node) == "has":
            return self._belongs(node, "belongs to", "属于")
        if isinstance(node, ast.Name):
            return self._yes(node, "yes", "是")
        return self.value(node)

    def fails(self, node: ast.expr) -> str:
        """The opposite of a condition as a sentence."""
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node, [_OPPOSITE[type(node.ops[0])]])
        if isinstance(node, ast.Call) and called(node) == "has":
            return self._belongs(node, "does not belong to", "不属于")
        if isinstance(node, ast.Name):
            return self._yes(node, "no", "否")
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.holds(node.operand)
        return self.pick(("not ", "并非")) + self.inside(self.holds(node))

    def value(self, node: ast.expr) -> str:
        """A value as a phrase."""
        if isinstance(node, ast.Constant):
            return self._constant(node.value)
        if isinstance(node, ast.Name):
            return self._named(node.id)
        if isinstance(node, ast.UnaryOp):
            return f"−{self.value(node.operand)}"
        if isinstance(node, ast.BinOp):
            left, right = self._part(node.left, node.op), self._part(node.right, node.op)
            return f"{left} {_SIGNS[type(node.op)]} {right}"
        if isinstance(node, ast.Call):
            return self._call(node)
        return self.holds(node)

    def _joined(self, node: ast.BoolOp) -> str:
        parts = [
            self.inside(self.holds(part)) if isinstance(part, ast.BoolOp) else self.holds(part)
            for part in node.values
        ]
        is_and = isinstance(node.op, ast.And)
        return self.pick((" and ", "，且") if is_and else (" or ", "，或")).join(parts)

    def _compared(self, node: ast.Compare, ops: list[type[ast.cmpop]]) -> str:
        parts = [self.value(part) for part in (node.left, *node.comparators)]
        gap = "" if self.zh else " "
        told = [
            f"{left}{gap}{self.pick(_COMPARED[op])}{gap}{right}"
            for left, op, right in zip(parts, ops, parts[1:], strict=False)
        ]
        return self.pick((" and ", "，且")).join(told)

    def _belongs(self, node: ast.Call, en: str, zh: str) -> str:
        assert isinstance(node.args[0], ast.Constant)
        tag = self.document.tags.get(str(node.args[0].value))
        name = self.name(tag.label) if tag else str(node.args[0].value)
        return f"{zh}“{name}”" if self.zh else f"{en} “{name}”"

    def _yes(self, node: ast.Name, en: str, zh: str) -> str:
        name = self._named(node.id)
        return f"{name.removeprefix('是否')}：{zh}" if self.zh else f"{name}: {en}"

    def _constant(self, value: object) -> str:
        if isinstance(value, bool):
            return self.pick(("yes", "是") if value else ("no", "否"))
        return f"{value:,}" if isinstance(value, int) else f"“{value}”"

    def _named(self, code: str) -> str:
        if code in _BUILT_IN:
            return self.pick(_BUILT_IN[code])
        if code in self.document.facts:
            return self.name(self.document.facts[code].label)
        parameter = self.document.parameters.get(code)
        if parameter is not None:
            return self._parameter(parameter)
        rule = next((rule for rule in self.document.rules if rule.code == code), None)
        return self.name(rule.label) if rule else code

    def _parameter(self, parameter: Parameter) -> str:
        name = self.name(parameter.label)
        try:
            value = Program(self.document, self.on, self.document.region, {}).value(parameter.code)
        except Refused:
            return name
        if not isinstance(value.amount, int):
            return name
        shown = self.name(amount(value.amount, parameter.unit))
        return (
            name
            + (" " if not self.zh else "")
            + self.inside(shown + (self.pick((", assumed", "，假定")) if value.assumed else ""))
        )

    def _part(self, node: ast.expr, within: ast.operator) -> str:
        text = self.value(node)
        plain = not isinstance(node, ast.BinOp) or (
            isinstance(within, ast.Add) and isinstance(node.op, ast.Add)
        )
        return text if plain else self.inside(text)

    def _call(self, node: ast.Call) -> str:
        name = called(node)
        if name == "has":
            return self.holds(node)
        if name in ("age_on", "months_between"):
            return self._between(name, node)
        args = [self.value(arg) for arg in (node.args[:3] if name == "muldiv" else node.args)]
        if name == "table":
            return f"{args[0]}中“{args[1]}”对应的值" if self.zh else f"the entry of {args[0]} for {args[1]}"
        if name == "muldiv":
            assert isinstance(node.args[3], ast.Constant)
            parts = [
                self.inside(text) if isinstance(arg, ast.BinOp) else text
                for text, arg in zip(args, node.args, strict=False)
            ]
            rounded = self.inside(self.pick(_ROUNDED[str(node.args[3].value)]))
            return f"{parts[0]} × {parts[1]} ÷ {parts[2]}{'' if self.zh else ' '}{rounded}"
        args = [
            self.inside(text) if isinstance(arg, ast.Call) and called(arg) in ("min", "max") else text
            for text, arg in zip(args, node.args, strict=False)
        ]
        joined = self.pick((", ", "、")).join(args)
        if self.zh:
            return f"{joined}中的{'较小' if name == 'min' else '较大'}者"
        return f"the {'smaller' if name == 'min' else 'greater'} of {joined}"

    def _between(self, name: str, node: ast.Call) -> str:
        first, last = (self.value(arg) for arg in node.args)
        born = isinstance(node.args[0], ast.Name) and node.args[0].id == "birth"
        if name == "age_on" and born:
            return f"年龄（{last}）" if self.zh else f"age at {last}"
        if name == "age_on":
            return f"自{first}至{last}的整年数" if self.zh else f"full years from {first} to {last}"
        return f"自{first}至{last}的整月数" if self.zh else f"full months from {first} to {last}"
