"""What is different between two versions of a policy, said in words: not which lines of a file, but what of the policy."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Literal, TypeVar

from songhe.core.labels import Label
from songhe.core.rules.document import Case, Document, Fact, Parameter, Rule, Tag, Value
from songhe.core.rules.wording import amount, condition, given

T = TypeVar("T")
Part = Literal["document", "clause", "parameter", "rule", "fact", "tag"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. ``before`` and ``after`` are None where there was or is nothing; ``place`` is the number
    of a case in its rule."""

    part: Part
    what: Label
    before: Label | None
    after: Label | None
    clause: str = ""
    assumed: bool = False
    place: int = 0


def differences(old: Document, new: Document) -> tuple[Change, ...]:
    """Everything that differs, in the order in which a document is read."""
    return (
        *_head(old, new),
        *_named("clause", old.clauses, new.clauses, lambda one: one.label, lambda one: one.label),
        *_parameters(old, new),
        *_rules(old, new),
        *_named("fact", old.facts, new.facts, lambda one: one.label, _fact),
        *_named("tag", old.tags, new.tags, lambda one: one.label, _tag),
    )


def _head(old: Document, new: Document) -> Iterator[Change]:
    rows: tuple[tuple[str, str, object, object], ...] = (
        ("Number", "文号", old.number, new.number),
        ("Title", "名称", old.title, new.title),
        ("Issued by", "发文机关", old.issuer, new.issuer),
        ("Takes effect", "施行日期", old.start, new.start),
        ("Expires", "失效日期", old.end, new.end),
        ("Region", "适用地区", old.region, new.region),
        ("Source", "来源", old.source, new.source),
    )
    for en, zh, before, after in rows:
        if before != after:
            yield Change("document", Label(en, zh), _said(before), _said(after))


def _said(value: object) -> Label | None:
    if value is None or isinstance(value, Label):
        return value
    return Label(str(value), str(value))


def _named(
    part: Part,
    old: Mapping[str, T],
    new: Mapping[str, T],
    name: Callable[[T], Label],
    said: Callable[[T], Label],
) -> Iterator[Change]:
    for code in dict.fromkeys((*old, *new)):
        before, after = old.get(code), new.get(code)
        if before == after:
            continue
        one = after if after is not None else before
        assert one is not None
        what = Label(f"Clause {code}", f"第{code}条") if part == "clause" else name(one)
        yield Change(part, what, said(before) if before else None, said(after) if after else None)


def _fact(fact: Fact) -> Label:
    kinds = {"whole": "整数", "yes_no": "是否", "date": "日期", "text": "文字"}
    return Label(
        f"{fact.kind.replace('_', ' or ')}; bring: {fact.bring.en}",
        f"{kinds[fact.kind]}；材料：{fact.bring.zh}",
    )


def _tag(tag: Tag) -> Label:
    return Label(f"{tag.label.en}; bring: {tag.bring.en}", f"{tag.label.zh}；材料：{tag.bring.zh}")


def _parameters(old: Document, new: Document) -> Iterator[Change]:
    for code in dict.fromkeys((*old.parameters, *new.parameters)):
        before, after = old.parameters.get(code), new.parameters.get(code)
        one = after or before
        assert one is not None
        if before and after and before.unit != after.unit:
            yield Change("parameter", one.label, _unit(before), _unit(after))
        for was, becomes in _paired(before.values if before else (), after.values if after else ()):
            value = becomes or was
            assert value is not None
            yield Change(
                "parameter",
                one.label,
                value_said(was, before) if was and before else None,
                value_said(becomes, after) if becomes and after else None,
                value.clause,
                value.assumed,
            )


def _unit(parameter: Parameter) -> Label:
    return Label(f"in {parameter.unit or 'numbers'}", f"单位：{parameter.unit or '数'}")


def _paired(old: Sequence[Value], new: Sequence[Value]) -> Iterator[tuple[Value | None, Value | None]]:
    """Values that differ, beside those they replace: of the same region and day, else the next one left of the region."""

    def bare(value: Value) -> tuple[Any, ...]:
        return value.region, value.start, value.end, _amounts(value), value.clause, value.assumed

    kept = {bare(value) for value in old} & {bare(value) for value in new}
    left = [value for value in old if bare(value) not in kept]
    others = {(one.region, one.start) for one in new}
    for value in [value for value in new if bare(value) not in kept]:
        same = [was for was in left if was.region == value.region]
        twin = next((was for was in same if was.start == value.start), None)
        was = twin or next((one for one in same if (one.region, one.start) not in others), None)
        if was is not None:
            left.remove(was)
        yield was, value
    for value in left:
        yield value, None


def _amounts(value: Value) -> object:
    return value.amount if isinstance(value.amount, int) else tuple(sorted(value.amount.items()))


def value_said(value: Value, parameter: Parameter) -> Label:
    """An amount with its days, as “80岁，自2027-01-01起”."""
    if isinstance(value.amount, int):
        told = amount(value.amount, parameter.unit)
    else:
        cells = [(key, amount(one, parameter.unit)) for key, one in value.amount.items()]
        told = Label(
            ", ".join(f"{key}: {cell.en}" for key, cell in cells),
            "，".join(f"{key}：{cell.zh}" for key, cell in cells),
        )
    en, zh = f"{told.en}, from {value.start}", f"{told.zh}，自{value.start}起"
    if value.end is not None:
        en, zh = f"{en} until {value.end}", f"{zh}至{value.end}"
    return Label(f"{en}, assumed", f"{zh}，假定") if value.assumed else Label(en, zh)


def _rules(old: Document, new: Document) -> Iterator[Change]:
    ours, theirs = _by_code(old.rules), _by_code(new.rules)
    for code in dict.fromkeys((*ours, *theirs)):
        before, after = ours.get(code), theirs.get(code)
        if before is None or after is None:
            one = after or before
            assert one is not None
            document = new if after else old
            lines = _listed(one, document)
            yield Change("rule", one.label, None if after else lines, lines if after else None)
            continue
        if _shape(before) != _shape(after):
            yield Change("rule", after.label, _shape(before), _shape(after))
        yield from _cases(before, after, old, new)


def _by_code(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Each rule by its name and, where it has several lives, by the day on which each begins."""
    found: dict[str, Rule] = {}
    for rule in rules:
        found[f"{rule.code} {rule.start}" if rule.code in found else rule.code] = rule
    return found


def _shape(rule: Rule) -> Label:
    """What a rule is, beside its cases."""
    once = {"year": ("once a year", "每年一次"), "lifetime": ("once in a lifetime", "一生一次")}
    words = [(rule.label.en, rule.label.zh)]
    words += [("grants", "为待遇")] if rule.grants else []
    words += [("once for a household", "每户一份")] if rule.payee else []
    words += [once[rule.once_per]] if rule.once_per else []
    words += [(f"in {rule.unit}", f"单位：{rule.unit}")] if rule.unit else []
    return Label("; ".join(en for en, _ in words), "；".join(zh for _, zh in words))


def _listed(rule: Rule, document: Document) -> Label:
    lines = [_line(case, rule, document, document.start) for case in rule.cases]
    return Label(" / ".join(line.en for line in lines), " / ".join(line.zh for line in lines))


def _cases(before: Rule, after: Rule, old: Document, new: Document) -> Iterator[Change]:
    on = new.start
    ours_asked, theirs_asked = ([_asked(case) for case in rule.cases] for rule in (before, after))
    matcher = SequenceMatcher(None, ours_asked, theirs_asked, autojunk=False)
    for _kind, a, b, c, d in matcher.get_opcodes():
        ours, theirs = before.cases[a:b], after.cases[c:d]
        for place in range(max(len(ours), len(theirs))):
            was = ours[place] if place < len(ours) else None
            becomes = theirs[place] if place < len(theirs) else None
            if was and becomes and _told(was) == _told(becomes):
                continue
            one = becomes or was
            assert one is not None
            yield Change(
                "rule",
                after.label,
                _line(was, before, old, on) if was else None,
                _line(becomes, after, new, on) if becomes else None,
                one.clause,
                place=(c if becomes else a) + place + 1,
            )


def _asked(case: Case) -> str:
    return ast.unparse(case.when.tree) if case.when else ""


def _told(case: Case) -> tuple[str, str, Label, str]:
    return _asked(case), ast.unparse(case.give.tree), case.why, case.clause


def _line(case: Case, rule: Rule, document: Document, on: date) -> Label:
    when, give = condition(case.when, document, on), given(case.give, rule, document, on)
    return Label(
        f"{when.en}: {give.en} ({case.why.en}, clause {case.clause})",
        f"{when.zh}：{give.zh}（{case.why.zh}，第{case.clause}条）",
    )
