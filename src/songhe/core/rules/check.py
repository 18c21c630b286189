"""What is proved of a policy document before it may decide anything, for every day of its life."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import date

from songhe.core.codes.region import is_within, level_of
from songhe.core.rules import bounds
from songhe.core.rules.document import Case, Document, Parameter, Rule, Value
from songhe.core.rules.kinds import BUILT_IN, Shape, fits, infer
from songhe.core.rules.language import FUNCTIONS, Expression, depth
from songhe.core.rules.problem import Problem
from songhe.core.rules.sql import tag_name
from songhe.core.sources import DataError

DEEPEST = 120
"""Parts of expressions, one inside the other, through all rules that one rests on: they are worked out step by step."""
LONGEST_NAME = 56
"""A database's names end at 63 bytes, and some of ours begin there with ``r_`` or ``holds_``."""
Interval = tuple[date, date | None]


def check(document: Document) -> tuple[Problem, ...]:
    """Every problem found: names, kinds, units, clauses, unreachable cases, cycles, gaps and overlaps of dates."""
    known = shapes(document)
    found = [
        *_names(document),
        *_lives(document),
        *(problem for rule in document.rules for problem in _rule(document, rule, known)),
        *(
            problem
            for parameter in document.parameters.values()
            for problem in _parameter(document, parameter)
        ),
    ]
    if not found:
        found += [*_cycles(document), *_coverage(document)]
    if not found:
        found += bounds.problems(document)
    return tuple(sorted(found, key=lambda problem: problem.line))


def shapes(document: Document) -> Mapping[str, Shape]:
    """The shape of every name that an expression may read."""
    known = dict(BUILT_IN)
    known |= {code: Shape(fact.kind, fact.unit) for code, fact in document.facts.items()}
    for code, parameter in document.parameters.items():
        known[code] = Shape("whole" if parameter.shape == "number" else parameter.shape, parameter.unit)
    return known | {rule.code: Shape(rule.kind, rule.unit) for rule in document.rules}


def _at(document: Document, line: int, text: str, clause: str = "") -> Problem:
    return Problem(document.file, line, clause, text)


def _names(document: Document) -> Iterator[Problem]:
    rules = {rule.code for rule in document.rules}
    groups = (
        set(document.facts),
        set(document.parameters),
        rules,
        set(BUILT_IN),
        set(FUNCTIONS),
        _taken(document),
    )
    seen: set[str] = set()
    for group in groups:
        for name in sorted(group & seen):
            yield _at(document, 0, f"{name} is used for two things; give one of them another name.")
        seen |= group
    for name in sorted(seen - _taken(document)):
        if not name.isidentifier():
            yield _at(document, 0, f"{name} is no name: use letters, digits and _.")
        if len(name.encode()) > LONGEST_NAME:
            yield _at(document, 0, f"{name} is longer than {LONGEST_NAME} characters.")


def _taken(document: Document) -> set[str]:
    """What columns are called beside facts where rules are worked out in columns or in the database."""
    holders = {f"holds_{rule.code}" for rule in document.rules if rule.payee}
    return (
        {"tags", "key", "region", "household"} | {f"tag_{tag_name(tag)}" for tag in document.tags} | holders
    )


def _lives(document: Document) -> Iterator[Problem]:
    if document.end is not None and document.end <= document.start:
        yield _at(document, 0, "the document expires before it takes effect.")
    for rule in document.rules:
        late = rule.end is not None and (document.end is None or rule.end <= document.end)
        if rule.start < document.start or not (late or rule.end == document.end):
            yield _at(document, rule.line, f"{rule.code} is in force longer than the document.")
    by_code: dict[str, list[Rule]] = {}
    for rule in document.rules:
        by_code.setdefault(rule.code, []).append(rule)
    for code, versions in by_code.items():
        for i, one in enumerate(versions):
            if any(_overlap(one, other) for other in versions[i + 1 :]):
                yield _at(document, one.line, f"two versions of {code} are in force on the same day.")


def _overlap(a: Rule | Value, b: Rule | Value) -> bool:
    return (b.end is None or a.start < b.end) and (a.end is None or b.start < a.end)


def _rule(document: Document, rule: Rule, known: Mapping[str, Shape]) -> Iterator[Problem]:
    if rule.cases[-1].when is not None:
        yield _at(document, rule.line, f"{rule.code}: the last case must hold for everyone left (no when).")
    earlier: set[str] = set()
    for index, case in enumerate(rule.cases):
        if case.clause not in document.clauses:
            yield _at(document, case.line, f"{rule.code} cites a clause that is not listed.", case.clause)
        yield from _case(document, rule, case, known)
        if case.when is None and index < len(rule.cases) - 1:
            yield _at(
                document, case.line, f"{rule.code}: the cases after this one are never reached.", case.clause
            )
        if case.when is not None:
            text = ast.unparse(case.when.tree)
            always = _constant(case.when)
            if text in earlier or always is not None:
                why = "asks what an earlier case asked" if text in earlier else f"is always {always}"
                yield _at(
                    document,
                    case.line,
                    f"{rule.code}: {text} {why}, so a case is never reached.",
                    case.clause,
                )
            earlier.add(text)
    if rule.payee is not None:
        if rule.payee.clause not in document.clauses:
            yield _at(document, rule.line, f"{rule.code}, payee: there is no such clause.", rule.payee.clause)
        for name in rule.payee.order:
            if name not in document.facts:
                yield _at(document, rule.line, f"{rule.code}, payee: there is no fact called {name}.")


def _case(document: Document, rule: Rule, case: Case, known: Mapping[str, Shape]) -> Iterator[Problem]:
    for expression, wanted in ((case.when, Shape("yes_no")), (case.give, Shape(rule.kind, rule.unit))):
        if expression is None:
            continue
        for tag in expression.tags:
            if tag not in document.tags:
                yield _at(document, case.line, f"{rule.code}: the tag {tag} is not listed.", case.clause)
        try:
            shape = infer(expression.tree, known)
        except DataError as error:
            yield _at(document, case.line, f"{rule.code}: {error}", case.clause)
            continue
        if shape.kind != wanted.kind or not fits(shape.unit, wanted.unit):
            text = f"{rule.code}: {expression.text} is {shape}, but {wanted} is needed."
            yield _at(document, case.line, text, case.clause)


def _constant(expression: Expression) -> bool | None:
    node = expression.tree
    return bool(node.value) if isinstance(node, ast.Constant) else None


def _parameter(document: Document, parameter: Parameter) -> Iterator[Problem]:
    for value in parameter.values:
        if value.clause not in document.clauses:
            yield _at(
                document, value.line, f"{parameter.code} cites a clause that is not listed.", value.clause
            )
        if value.end is not None and value.end <= value.start:
            yield _at(document, value.line, f"{parameter.code} ends before it begins.", value.clause)
        if not is_within(value.region, document.region):
            yield _at(
                document, value.line, f"{parameter.code} lies outside the document's region.", value.clause
            )
    farthest: dict[int, Value] = {}
    for value in sorted(parameter.values, key=lambda value: (value.start, value.line)):
        before = farthest.setdefault(value.region, value)
        if before is not value and _overlap(before, value):
            text = f"{parameter.code} has two values for one region from {value.start} on."
            yield _at(document, max(before.line, value.line), text, value.clause)
        if (value.end or date.max) > (before.end or date.max):
            farthest[value.region] = value


def _cycles(document: Document) -> Iterator[Problem]:
    """Rules that lead back to themselves, in any version, and those that rest on too many others."""
    reads: dict[str, set[str]] = {rule.code: set() for rule in document.rules}
    own = dict.fromkeys(reads, 1)
    for rule in document.rules:
        reads[rule.code] |= reads.keys() & rule.reads
        own[rule.code] = max(own[rule.code], *(depth(tree) for tree in _trees(rule)))
    depths: dict[str, int] = {}
    while ready := {code for code in reads.keys() - depths if reads[code] <= depths.keys()}:
        depths |= {code: own[code] + max((depths[name] for name in reads[code]), default=0) for code in ready}
        if max(depths[code] for code in ready) > DEEPEST:
            break
    for rule in document.rules:
        if depths.get(rule.code, 0) > DEEPEST:
            text = f"{rule.code} rests on {DEEPEST} rules and parts of them, one inside the other; shorten the way to it."
            yield _at(document, rule.line, text)
        elif rule.code not in depths and not ready:
            names = ", ".join(sorted(reads[rule.code]))
            yield _at(document, rule.line, f"{rule.code} leads back to itself through {names}.")


def _trees(rule: Rule) -> Iterator[ast.expr]:
    for case in rule.cases:
        yield case.give.tree
        if case.when is not None:
            yield case.when.tree


def _coverage(document: Document) -> Iterator[Problem]:
    """Every parameter and rule that a rule reads must be in force for the whole of the rule's life."""
    by_code: dict[str, list[Interval]] = {}
    for rule in document.rules:
        by_code.setdefault(rule.code, []).append((rule.start, rule.end))
    for code, parameter in document.parameters.items():
        base = [value for value in parameter.values if level_of(value.region) <= level_of(document.region)]
        by_code[code] = [(value.start, value.end) for value in base]
    for rule in document.rules:
        for name in rule.reads:
            gap = _gap(by_code[name], rule.start, rule.end) if name in by_code else None
            if gap is not None:
                yield _at(document, rule.line, f"{rule.code} needs {name}, which has no value from {gap} on.")


def _gap(intervals: list[Interval], start: date, end: date | None) -> date | None:
    """The first day of start..end that no interval covers."""
    reached = start
    for begins, stops in sorted(intervals):
        if begins <= reached and (stops is None or stops > reached):
            if stops is None:
                return None
            reached = stops
    return None if end is not None and reached >= end else reached
