"""Why a month differs from the one before: what, taken back alone, takes the difference back."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.rules.ahead.ages import Reads
from songhe.core.rules.ahead.kinds import Cause, Facts, Told, What
from songhe.core.rules.ahead.view import Moment, View
from songhe.core.rules.document import Document
from songhe.core.rules.outcome import Tags
from songhe.core.rules.program import Program

MONTH = Label("Month", "月份")
OTHERS = Label("Another member of the household", "同户其他成员")


def causes_of(
    view: View, code: str, months: tuple[Moment, Moment], known: tuple[Facts, Facts], told: tuple[Told, Told]
) -> Iterator[Cause]:
    """What, taken back alone, gives another result than came out; everything where no single thing does."""
    (was, now), (old, facts) = months, known
    looked_at = _Read.of(view, code, (was, now))
    tried = [
        ([cause], view.one(code, without, now)) for cause, without in _other_facts(old, facts, looked_at)
    ]
    for causes, moment in (
        (looked_at.anniversaries(facts, was.month, now.month), replace(now, month=was.month)),
        (_other_rules(view, code, months, _named(looked_at, told)), replace(now, rules_on=was.rules_on)),
        (_others(view), replace(now, facts_on=was.facts_on)),
    ):
        if found := list(causes):
            tried.append((found, view.one(code, facts, moment)))
    deciding = [causes for causes, without in tried if without.key != told[1].key]
    for each in deciding or [causes for causes, _without in tried]:
        yield from each


def _others(view: View) -> Iterator[Cause]:
    if len(view.asked.members) > 1:
        yield Cause("household", "household", OTHERS)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the rules of a code may look at: the documents with everything read on the way to the rule."""

    documents: tuple[Document, ...]
    names: frozenset[str]
    trees: tuple[ast.expr, ...]

    @classmethod
    def of(cls, view: View, code: str, moments: Iterable[Moment]) -> _Read:
        documents: dict[int, Document] = {}
        names: set[str] = set()
        trees: list[ast.expr] = []
        for moment in moments:
            one = view.programs(moment.rules_on).get(code)
            if one is not None:
                documents[id(one.document)] = one.document
                trees += _closure(one, code, names)
        return cls(tuple(documents.values()), frozenset(names), tuple(trees))

    def label(self, name: str) -> tuple[Label, str | None]:
        """A fact's or tag's label and unit."""
        for document in self.documents:
            if name in document.facts:
                return document.facts[name].label, document.facts[name].unit
            if name.removeprefix("tag:") in document.tags:
                return document.tags[name.removeprefix("tag:")].label, None
        return Label(name, name), None

    def anniversaries(self, facts: Facts, before: date, now: date) -> Iterator[Cause]:
        """Whole years and months that somebody completes between two months; the month itself where there are none."""
        found: dict[Cause, None] = {}
        for age in Reads.of(self.trees).ages:
            first, last = age.of(facts, before), age.of(facts, now)
            if first != last:
                what: What = "age" if age.count == "age_on" else "months"
                found[Cause(what, age.fact, self.label(age.fact)[0], first, last)] = None
        yield from found or [Cause("month", "month", MONTH, before, now)]


def _closure(one: Program, code: str, names: set[str]) -> Iterator[ast.expr]:
    """The expressions of a rule and of every rule it reads; collects their names and tags."""
    waiting, seen = [code], set()
    while waiting:
        rule = one.rules.get(waiting.pop())
        if rule is None or rule.code in seen:
            continue
        seen.add(rule.code)
        for case in rule.cases:
            for expression in filter(None, (case.when, case.give)):
                names |= {*expression.names, *(f"tag:{tag}" for tag in expression.tags)}
                waiting += expression.names
                yield expression.tree


def _other_facts(old: Facts, new: Facts, read: _Read) -> Iterator[tuple[Cause, Facts]]:
    """Each fact that differs and may be looked at, with the new facts but for it."""
    for name in sorted(read.names):
        if name.startswith("tag:"):
            tag = name.removeprefix("tag:")
            was, now = _tag(old, tag), _tag(new, tag)
            if was != now:
                yield Cause("tag", tag, read.label(name)[0], was, now), _with_tag(new, tag, was)
        elif old.get(name) != new.get(name):
            label, unit = read.label(name)
            yield Cause("fact", name, label, old.get(name), new.get(name), unit), {**new, name: old.get(name)}


def _named(read: _Read, told: tuple[Told, Told]) -> frozenset[str]:
    """What decided before or after; where nothing came out, everything that is read."""
    outcomes = [one.outcome for one in told if one.outcome is not None]
    steps = [step for outcome in outcomes for step in outcome.reasons]
    looked_at = {entry.name for step in steps for entry in step.inputs} | {step.rule.code for step in steps}
    return frozenset(looked_at) or read.names


def _other_rules(
    view: View, code: str, months: tuple[Moment, Moment], names: frozenset[str]
) -> Iterator[Cause]:
    """What is different in the text: a policy, a rule, or values that the rule looks at."""
    old, new = (view.programs(moment.rules_on).get(code) for moment in months)
    if old is new:
        return
    if old is None or new is None or old.document is not new.document:
        only = old if new is None else new if old is None else None
        if only is not None and all(only.document.holds(moment.rules_on) for moment in months):
            yield Cause("rule", code, only.rules[code].label)
            return
        if old is not None:
            yield Cause("ends", old.document.code, old.document.title, old.document.number, None)
        if new is not None:
            yield Cause("begins", new.document.code, new.document.title, None, new.document.number)
        return
    for name in sorted(names):
        parameter = new.document.parameters.get(name)
        if parameter is not None:
            before, after = _value(old, name), _value(new, name)
            if before != after:
                yield Cause("value", name, parameter.label, before, after, parameter.unit)
        elif old.rules.get(name) is not new.rules.get(name):
            rule = new.rules.get(name) or old.rules[name]
            yield Cause("rule", name, rule.label)


def _value(one: Program, name: str) -> Any:
    """A parameter's value; None where the text has none on the day."""
    try:
        return one.value(name).amount
    except Refused:
        return None


def _tag(facts: Facts, tag: str) -> bool | None:
    tags = facts.get("tags")
    if isinstance(tags, Tags) and tag in tags.held:
        return True
    return None if not isinstance(tags, Tags) or tag in tags.unsure else False


def _with_tag(facts: Facts, tag: str, held: bool | None) -> Facts:
    tags = facts.get("tags")
    have = tags if isinstance(tags, Tags) else Tags(frozenset())
    if held is None:
        return {**facts, "tags": Tags(have.held - {tag}, have.unsure | {tag})}
    return {**facts, "tags": Tags(have.held | {tag} if held else have.held - {tag}, have.unsure - {tag})}
