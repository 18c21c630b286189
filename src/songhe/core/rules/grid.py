"""Every kind of person that a policy tells apart, to try its rules on, and to see whom a change of it touches.

Numbers are taken on both sides of every limit they are compared with, birthdays on the day that completes the years
and the day after, texts and groups with each value and one that is none of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import prod
from typing import Any

import numpy as np

from songhe.core.days import month_end
from songhe.core.refusal import Refused
from songhe.core.rules.document import Document, Parameter, threshold
from songhe.core.rules.kinds import BUILT_IN
from songhe.core.rules.many import Column, Columns, decide_all
from songhe.core.rules.many.columns import pack, unpack

MOST = 200_000
CELLS = 10_000_000
"""Kinds of person times what is told of each: what a check may take in memory, however many facts a policy asks for."""
AGES = range(1, 151)


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of person whom two versions treat differently: the facts, and what each version gives (None: pending)."""

    rule: str
    facts: Mapping[str, Any]
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """How many kinds of person were tried, whether those were all, and the differences by rule with some of them."""

    tried: int
    all_tried: bool
    counts: Mapping[str, int]
    samples: tuple[Difference, ...]


def grid(
    documents: Sequence[Document], *, on: date, region: int, most: int = MOST, seed: int = 0
) -> tuple[Columns, bool]:
    """Columns of every combination, or ``most`` drawn from them where there are more; and whether they are all."""
    values = _values(documents, on)
    count = prod(len(found) for found in values.values())
    most = min(most, CELLS // max(len(values), 1))
    if count <= most:
        rows = np.array(list(product(*(range(len(found)) for found in values.values()))), np.int32).reshape(
            count, -1
        )
    else:
        rng = np.random.default_rng(seed)
        rows = np.stack([rng.integers(0, len(found), most, np.int32) for found in values.values()], axis=1)
    facts, tags = {}, {}
    for place, (code, found) in enumerate(values.items()):
        made = _column(found, rows[:, place])
        if code.startswith("tag:"):
            tags[code.removeprefix("tag:")] = made
        else:
            facts[code] = made
    size = len(rows)
    return Columns(size, facts, tags, [region], np.zeros(size, np.int32)), count <= most


def compare(
    old: Document, new: Document, *, on: date, region: int, most: int = MOST, shown: int = 20
) -> Compared:
    """Where two versions of a policy grant differently, kind of person by kind of person."""
    _need_alike(old, new)
    columns, complete = grid([old, new], on=on, region=region, most=most)
    before, after = (decide_all(document, columns, on=on, month=on) for document in (old, new))
    counts: dict[str, int] = {}
    samples: list[Difference] = []
    for rule in sorted({*before, *after}):
        ours, theirs = _given(before.get(rule), columns.size), _given(after.get(rule), columns.size)
        rows = np.flatnonzero((ours[0] != theirs[0]) | (ours[1] != theirs[1]))
        if len(rows):
            counts[rule] = len(rows)
            samples += [
                Difference(rule, _told(columns, row), _amount(ours, row), _amount(theirs, row))
                for row in rows[:: max(1, len(rows) // shown)][:shown].tolist()
            ]
    return Compared(columns.size, complete, counts, tuple(samples))


def _need_alike(old: Document, new: Document) -> None:
    for code in sorted(old.facts.keys() & new.facts.keys()):
        before, after = old.facts[code], new.facts[code]
        if before.kind != after.kind:
            raise Refused(
                "rules.other_kind",
                "{fact} ({name}) is {before} in one version and {after} in the other, so no person can be put to both. Give the new fact a name of its own.",
                fact=after.label,
                name=code,
                before=before.kind,
                after=after.kind,
            )


def _given(made: Any, size: int) -> tuple[Any, Any]:
    if made is None:
        return np.zeros(size, np.int64), np.zeros(size, bool)
    unknown = made.unknown if made.unknown is not None else np.zeros(size, bool)
    return made.values.astype(np.int64), unknown


def _amount(given: tuple[Any, Any], row: int) -> int | None:
    return None if given[1][row] else int(given[0][row])


def _told(columns: Columns, row: int) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for code, column in columns.facts.items():
        value = column.values[row].item()
        told[code] = (
            column.words[value]
            if column.words
            else unpack(value)
            if column.values.dtype == np.int32
            else value
        )
    return told | {f"tag:{tag}": bool(column.values[row]) for tag, column in columns.tags.items()}


def _column(found: Sequence[Any], places: Any) -> Column:
    if isinstance(found[0], str):
        return Column(places, None, tuple(found))
    kind: Any = bool if isinstance(found[0], bool) else np.int32 if isinstance(found[0], date) else np.int64
    return Column(np.array([pack(one) if isinstance(one, date) else one for one in found], kind).take(places))


def _values(documents: Sequence[Document], on: date) -> dict[str, list[Any]]:
    """What each fact and tag that some rule reads may be."""
    found: dict[str, set[Any]] = {}
    for document in documents:
        for code, limits in _limits(document, on).items():
            found.setdefault(code, set()).update(limits)
    return {code: sorted(limits) for code, limits in sorted(found.items())}


def _limits(document: Document, on: date) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    reach = _Reach(document)
    for rule in document.rules:
        for case in rule.cases:
            for expression in (case.when, case.give):
                if expression is None:
                    continue
                for tag in expression.tags:
                    found[f"tag:{tag}"] = {False, True}
                for name in expression.names:
                    if name in document.facts:
                        found.setdefault(name, set()).update(_plain(document, name, on))
                for node in ast.walk(expression.tree):
                    _touch(document, reach, node, found, on)
    return found


def _plain(document: Document, name: str, on: date) -> set[Any]:
    fact = document.facts[name]
    if fact.kind == "yes_no":
        return {False, True}
    if fact.kind == "text":
        return {"-"}
    if fact.kind == "date":
        return {on.replace(day=1), on.replace(year=on.year - 1, day=min(on.day, 28))}
    return {max(fact.least, min(value, fact.most)) for value in (0, 1, 100)}


def _touch(document: Document, reach: _Reach, node: ast.AST, found: dict[str, set[Any]], on: date) -> None:
    """Both sides of each limit that a comparison, a table or a limit puts to the facts in it."""
    if not isinstance(node, ast.Compare | ast.Call):
        return
    numbers, words = _numbers(document, node)
    for name in reach.facts(node):
        fact = document.facts[name]
        here = found.setdefault(name, set())
        if fact.kind == "text":
            here |= words
        elif fact.kind == "date":
            here |= {day for number in numbers if number in AGES for day in _birthdays(on, number)}
        elif fact.kind == "whole":
            near = {side for number in numbers for side in (number - 1, number, number + 1)}
            here |= {side for side in near if fact.least <= side <= fact.most}


def _numbers(document: Document, node: ast.AST) -> tuple[set[int], set[str]]:
    """The numbers and words written in a node, or set by the parameters that it names."""
    numbers: set[int] = set()
    words: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Constant):
            if type(part.value) is int:
                numbers.add(part.value)
            elif isinstance(part.value, str):
                words.add(part.value)
        elif isinstance(part, ast.Name) and part.id in document.parameters:
            for number, word in _keys(document.parameters[part.id]):
                numbers |= {number} if number is not None else set()
                words |= {word} if word else set()
    return numbers, words


def _keys(parameter: Parameter) -> Iterator[tuple[int | None, str]]:
    for value in parameter.values:
        if isinstance(value.amount, int):
            yield value.amount, ""
            continue
        for key in value.amount:
            yield threshold(key), key


def _birthdays(on: date, years: int) -> Iterator[date]:
    """The birthday of who completes the years on the last day of the month, and the day after."""
    end = month_end(on)
    day = end.replace(year=end.year - years, day=min(end.day, 28))
    yield day
    yield day + timedelta(days=4)


class _Reach:
    """Which facts an expression reads, through the rules that it names."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.known: dict[str, frozenset[str]] = {}

    def facts(self, node: ast.AST) -> frozenset[str]:
        """The facts read in a node."""
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        return frozenset(fact for name in names - set(BUILT_IN) for fact in self._of(name))

    def _of(self, name: str) -> frozenset[str]:
        if name in self.document.facts:
            return frozenset({name})
        if name not in self.known:
            self.known[name] = frozenset()
            self.known[name] = frozenset(
                fact
                for rule in self.document.rules
                if rule.code == name
                for read in rule.reads
                for fact in self._of(read)
            )
        return self.known[name]
