"""What keeps a document from being joined with those that stand beside it, told when it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from songhe.core.codes.region import is_within
from songhe.core.rules import contest
from songhe.core.rules.constructs import received
from songhe.core.rules.contest import Node, Pair
from songhe.core.rules.copying import Read, head_of
from songhe.core.rules.document import Document, Fact, Rule
from songhe.core.rules.link import named_elsewhere
from songhe.core.rules.problem import Problem


def problems(document: Document, others: Iterable[Document]) -> Iterator[Problem]:
    """What is named and not there or not comparable, else what has no order, with the line that says it."""
    beside = list(others)
    found = [*_named(document, beside), *_named_by(document, beside)]
    yield from found or _disordered(document, beside)


def _named(document: Document, beside: Sequence[Document]) -> Iterator[Problem]:
    for fact in named_elsewhere(document):
        own, line = _namer(document, fact)
        found = [
            (one, rule)
            for one in beside
            for rule in one.rules
            if one.code == fact.of and rule.code == fact.code and rule.grants
        ]
        texts = [text for other, rule in found for text in _unfit(document, fact, own, other, rule)]
        for text in dict.fromkeys(texts if found else [f"{fact.of} grants no {fact.code}."]):
            yield Problem(document.file, line, "", text)


def _named_by(document: Document, beside: Sequence[Document]) -> Iterator[Problem]:
    """Whether this document's benefits still are what others that name them take them for."""
    for other in beside:
        for fact in (fact for fact in named_elsewhere(other) if fact.of == document.code):
            own, _line = _namer(other, fact)
            rules = [rule for rule in document.rules if rule.code == fact.code and rule.grants]
            texts = [text for rule in rules for text in _unfit(other, fact, own, document, rule)]
            for text in dict.fromkeys(texts):
                yield Problem(document.file, rules[0].line, "", f"{other.code}: {text}")


def _namer(document: Document, fact: Fact) -> tuple[Rule | None, int]:
    """The benefit that meets one of another document, and the line that says so."""
    group = next(
        group
        for group in document.exclusive
        for one in group.members
        if (one.code, one.of) == (fact.code, fact.of)
    )
    own = {one.code for one in group.members if not one.of and not one.is_fact}
    return next((rule for rule in document.rules if rule.code in own), None), group.line


def _unfit(document: Document, fact: Fact, own: Rule | None, other: Document, rule: Rule) -> Iterator[str]:
    read = Read().add(other, [head_of(other, rule.code)])
    if not is_within(document.region, other.region):
        yield f"{fact.of} does not hold everywhere where this document holds."
    if own is not None and (
        rule.payee or own.payee or {rule.beneficiary, own.beneficiary} != {"person"}
    ):  # fmt: skip
        yield f"{fact.code} and {own.code} are not both received by persons, each one alone."
    if rule.unit != fact.unit:
        yield f"{fact.code} is counted in {rule.unit}, not in {fact.unit}; say unit."
    before = {name for name in read.facts if name.endswith(received(""))}
    if any(other.facts[name].of for name in read.facts) or before - {received(fact.code)}:
        yield f"{fact.code} of {fact.of} depends on further benefits; leave it out here."
    yield from _unlike(document, other, read)


def _unlike(document: Document, other: Document, read: Read) -> Iterator[str]:
    for name in read.facts:
        mine = document.facts.get(name)
        if mine is not None and _measure(mine) != _measure(other.facts[name]):
            yield f"{other.code} says otherwise what kind of fact {name} is."


def _measure(fact: Fact) -> tuple[object, ...]:
    return fact.kind, fact.unit, fact.least, fact.most, fact.monthly


def _disordered(document: Document, beside: Sequence[Document]) -> Iterator[Problem]:
    """What keeps benefits from an order, at any time and in any place of the document."""
    told: dict[str, Problem] = {}
    others = [one for one in beside if one.code != document.code]
    for day in _days(document, others):
        standing = [one for one in others if one.holds(day)]
        inside = {one.region for one in standing if is_within(one.region, document.region)}
        for place in sorted({document.region, *inside}):
            here = [document, *(one for one in standing if is_within(place, one.region))]
            for text, line in _at(document, here, day):
                told.setdefault(text, Problem(document.file, line, "", text))
    yield from told.values()


def _days(document: Document, others: Sequence[Document]) -> list[date]:
    """The days of a document's life on which something begins or ends."""
    given = (document, *others)
    lives = [(part.start, part.end) for one in given for part in one.rules]
    lives += [(one.start, one.end) for one in given]
    ends = {day for life in lives for day in life if day is not None}
    return sorted({document.start, *(day for day in ends if document.holds(day))})


def _at(document: Document, here: Sequence[Document], day: date) -> Iterator[tuple[str, int]]:
    """What is wrong with whatever hangs together with this document's benefits, and where this document says so."""
    found = contest.pairs(here, day)
    sets = dict.fromkeys(contest.joined_with((document.code, rule.code), found) for rule in document.rules)
    for nodes in sets:
        if all(code == document.code for code, _rule in nodes):
            continue
        pairs = [pair for pair in found if pair.before in nodes]
        for pair, text in contest.faults(nodes, pairs):
            yield text, _line(document, nodes, [pair, *pairs])
        line = _line(document, nodes, pairs)
        yield from ((text, line) for text in _dependent(document, nodes, here))


def _line(document: Document, nodes: Sequence[Node], pairs: Sequence[Pair]) -> int:
    lines = (pair.group.line for pair in pairs if pair.said_by is document)
    rules = (rule.line for rule in document.rules if (document.code, rule.code) in nodes)
    return next(lines, 0) or next(rules, 0)


def _dependent(document: Document, nodes: Sequence[Node], here: Sequence[Document]) -> Iterator[str]:
    """A benefit may not rest on one that it meets, and facts are measured alike wherever benefits meet."""
    by_code = {one.code: one for one in here}
    for code, rule in nodes:
        other = by_code[code]
        read = Read().add(other, [head_of(other, rule)])
        rests = {(code, name) for name in read.rules if name != rule} & {*nodes}
        if rests or any(other.facts[name].of for name in read.facts):
            yield f"{rule} of {code} depends on further benefits; leave it out here."
        if other is not document:
            yield from _unlike(document, other, read)
