"""Cases worked by hand, kept in a policy's own file: they must come out, and they show which lines were never tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from songhe.core.codes.region import parse_region
from songhe.core.refusal import Refused
from songhe.core.rules.document import Document, Rule
from songhe.core.rules.evaluate import decide
from songhe.core.rules.many import decide_all, gathered
from songhe.core.rules.outcome import FactValue, Outcome, Tags
from songhe.core.rules.problem import PolicyError, Problem
from songhe.core.rules.program import program
from songhe.core.sources import Data, DataError, Source, day

PENDING = "pending"
Tried = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Example:
    """One person of a month, and what the rules must give: amounts, or ``pending``."""

    name: str
    month: date
    region: int
    facts: Mapping[str, FactValue]
    expect: Mapping[str, int | bool | str]
    line: int


def examples(source: Source, document: Document) -> tuple[Example, ...]:
    """The examples of a file; PolicyError names each that cannot be read."""
    found, wrong = [], []
    for index, row in enumerate(source.data.get("examples") or ()):
        line = source.line(("examples", index))
        try:
            found.append(_example(row, index, line, document))
        except (DataError, Refused, ValueError) as error:
            wrong.append(Problem(document.file, line, "", f"example {index + 1}: {error}"))
    if wrong:
        raise PolicyError(tuple(wrong))
    return tuple(found)


def check_examples(document: Document, given: Sequence[Example]) -> Tried:
    """Work every example out, alone and in columns; PolicyError names each that comes out otherwise.

    Returns how often each case of each rule decided, by rule and place.
    """
    tried: dict[tuple[str, int], int] = {
        (rule.code, place): 0 for rule in document.rules for place in range(len(rule.cases))
    }
    wrong = []
    for example in given:
        for code, wanted in example.expect.items():
            try:
                outcome = _worked(document, example, code)
                _in_columns(document, example, code, outcome)
            except (Refused, ValueError) as fault:
                wrong.append(_problem(document, example, f"{code}: {fault}"))
                continue
            for step in outcome.steps:
                tried[step.rule.code, step.index] += 1
            came = PENDING if outcome.pending else outcome.value
            if came != wanted or type(came) is not type(wanted):
                why = "; ".join(step.why.en for step in outcome.reasons)
                wrong.append(
                    _problem(document, example, f"{code} must be {wanted}, but comes out as {came} ({why}).")
                )
    if wrong:
        raise PolicyError(tuple(wrong))
    return tried


def reached(document: Document, given: Sequence[Example]) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """The names of the examples by which each case, by rule and place, was decided."""
    found: dict[tuple[str, int], dict[str, None]] = {}
    for example in given:
        for code in example.expect:
            try:
                outcome = _worked(document, example, code)
            except (Refused, ValueError):
                continue
            for step in outcome.steps:
                found.setdefault((step.rule.code, step.index), {})[example.name] = None
    return {place: tuple(names) for place, names in found.items()}


def untried(document: Document, tried: Tried) -> tuple[Problem, ...]:
    """The cases that no example reaches. What a construct adds by itself is not asked for."""
    return tuple(
        Problem(document.file, case.line, case.clause, f"{rule.code}: no example reaches “{case.why.en}”.")
        for rule in document.rules
        for place, case in enumerate(rule.cases)
        if not tried[rule.code, place] and not _is_pass(rule, place)
    )


def _is_pass(rule: Rule, place: int) -> bool:
    return rule.cases[place].give.text.startswith(f"{rule.code.partition('__')[0]}__")


def _example(row: Data, index: int, line: int, document: Document) -> Example:
    known = set(document.facts) | {"tags", "unsure"}
    facts = dict(row.get("facts") or {})
    if strange := _strange(facts, known):
        raise DataError(f"there is no fact {', '.join(strange)}.")
    for code, value in facts.items():
        if isinstance(value, date):
            day(facts, code, "facts")
    tags = _tags(facts.pop("tags", ()), facts.pop("unsure", ()), document)
    expect = row.get("expect")
    if not isinstance(expect, Mapping) or not expect:
        raise DataError("say expect: the rules and what they must give.")
    rules = {rule.code for rule in document.rules}
    if strange := _strange(expect, rules):
        raise DataError(f"there is no rule {', '.join(strange)}.")
    month = day(row, "month", str(row.get("name", "example"))) if "month" in row else document.start
    region = parse_region(row["region"]) if "region" in row else document.region
    return Example(str(row.get("name", index + 1)), month, region, facts | {"tags": tags}, dict(expect), line)


def _strange(given: Mapping[Any, Any], known: set[str]) -> list[str]:
    """The names that are not known; YAML reads some as numbers."""
    return sorted(str(name) for name in given if name not in known)


def _tags(held: Any, unsure: Any, document: Document) -> Tags:
    for tag in (*held, *unsure):
        if tag not in document.tags:
            raise DataError(f"the tag {tag} is not listed.")
    return Tags(frozenset(held), frozenset(unsure))


def _worked(document: Document, example: Example, code: str) -> Outcome:
    rules = program(document, on=example.month, region=example.region)
    return decide(rules, code, example.facts, month=example.month)


def _in_columns(document: Document, example: Example, code: str, outcome: Outcome) -> None:
    columns = gathered(document, [example.facts], regions=[example.region])
    made = decide_all(document, columns, on=example.month, month=example.month, wanted=[code])[code]
    unknown = made.unknown is not None and bool(made.unknown[0])
    if unknown != outcome.pending or (not unknown and int(made.values[0]) != outcome.value):
        raise Refused("rules.disagree", "The two evaluators disagree. Report this.", rule=code)


def _problem(document: Document, example: Example, text: str) -> Problem:
    return Problem(document.file, example.line, "", f"example {example.name}: {text}")
