"""Everything that is found out about a policy before it may come into force: what is wrong, and what is worth knowing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import yaml

from songhe.core.refusal import Refused
from songhe.core.rules import Document, PolicyError, Problem, build, check_examples
from songhe.core.rules import examples as examples_of
from songhe.core.rules import untried as untried_in
from songhe.core.rules.grid import Compared, compare
from songhe.core.sources import DataError, Path, Source, check_written, read
from songhe.engines.policies.models import PolicyVersion
from songhe.engines.policies.pack import around, check_beside, document_of, holding, strange_tags

NAME = "draft"
KINDS_TRIED = 50_000
MOST_TOLD = 200
"""Problems that a report keeps: nobody mends more at a time."""
_PLACE = re.compile(rf"^{NAME}(?:, line (?P<line>\d+))?(?:, clause (?P<clause>[^:]+))?: ?")


@dataclass
class Report:
    """What a check found. ``problems`` keep a policy out of force, the rest is to be weighed.

    ``kinds`` is how many kinds of person were tried, ``changed`` how many of them each rule treats differently from
    the version ``against`` which it was compared, with some of them.
    """

    problems: list[dict[str, Any]] = field(default_factory=list)
    untried: list[dict[str, Any]] = field(default_factory=list)
    examples: int = 0
    cases: int = 0
    uncited: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    retroactive: bool = False
    unworkable: str = ""
    against: str = ""
    kinds: int = 0
    all_kinds: bool = True
    changed: dict[str, int] = field(default_factory=dict)
    samples: list[dict[str, Any]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """The report as it is kept."""
        return asdict(self)


def examine(text: str, *, region: int, today: date) -> tuple[Document | None, Report]:
    """Check a text as a policy of one region. The document is None where there are problems."""
    report = Report()
    try:
        source = read_written(text)
        document = build(source)
        _check_place(source, document, region, today)
        given = examples_of(source, document)
    except DataError as error:
        report.problems = [_told(problem) for problem in problems_of(error)[:MOST_TOLD]]
        return None, report
    report.examples = len(given)
    report.cases = sum(len(rule.cases) for rule in document.rules)
    report.uncited = sorted(set(document.clauses) - cited(document))
    report.assumed = [code for code, one in document.parameters.items() if any(v.assumed for v in one.values)]
    report.retroactive = document.start <= today
    _compare(document, report)
    try:
        report.untried = [_told(problem) for problem in untried_in(document, check_examples(document, given))]
    except PolicyError as error:
        report.problems = [_told(problem) for problem in error.problems[:MOST_TOLD]]
    return None if report.problems else document, report


def read_written(text: str) -> Source:
    """A text that a person wrote, read with care. DataError where it cannot be."""
    check_written(text, name=NAME)
    return read(text, name=NAME)


def problems_of(error: DataError) -> tuple[Problem, ...]:
    """What an error says, each with its line and clause."""
    if isinstance(error, PolicyError):
        return error.problems
    text = str(error)
    found = _PLACE.match(text)
    line, clause = (int(found["line"] or 0), found["clause"] or "") if found else (0, "")
    cause = error.__cause__
    if isinstance(cause, yaml.MarkedYAMLError) and cause.problem_mark is not None:
        return (Problem(NAME, cause.problem_mark.line + 1, "", f"not readable as YAML: {cause.problem}."),)
    return (Problem(NAME, line, clause, _PLACE.sub("", text)),)


def cited(document: Document) -> set[str]:
    """The clauses on which some value or case rests."""
    found = {value.clause for one in document.parameters.values() for value in one.values}
    found |= {case.clause for rule in document.rules for case in rule.cases}
    return found | {rule.payee.clause for rule in document.rules if rule.payee}


def _told(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "clause": problem.clause, "text": problem.text}


def _check_place(source: Source, document: Document, region: int, today: date) -> None:
    """Where and when it would hold, beside all other policies."""
    found = [*_head_problems(source, document, region, today)]
    for tag in strange_tags(document):
        line = source.line(("tags", tag))
        found.append(Problem(NAME, line, "", f"the registry keeps no tag {tag}."))
    if not found:
        try:
            check_beside([document], around(document.region, beside=document.code))
        except PolicyError as error:
            found = list(error.problems)
    if found:
        raise PolicyError(tuple(found))


def _head_problems(source: Source, document: Document, region: int, today: date) -> Iterator[Problem]:
    def at(path: Path, text: str) -> Problem:
        return Problem(NAME, source.line(path), "", text)

    for name, most in (("code", 60), ("number", 120)):
        if len(getattr(document, name)) > most:
            yield at(("document", name), f"{name} is longer than {most} characters.")
    for name, label, most in (("title", document.title, 200), ("issuer", document.issuer, 120)):
        if max(len(label.en), len(label.zh)) > most:
            yield at(("document", name), f"{name} is longer than {most} characters.")
    if document.region != region:
        text = f"the document is for region {document.region}, but this draft for {region}."
        yield at(("document", "region"), text)
    if PolicyVersion.objects.filter(code=document.code).exclude(region_id=document.region).exists():
        yield at(("document", "code"), f"{document.code} is the code of a policy of another region.")
    latest = PolicyVersion.objects.filter(code=document.code, replaced_at=None, start__lte=today)
    before = latest.order_by("-start").first()
    if before is not None and document.start <= before.start:
        text = f"a version is in force since {before.start}; a new one takes effect on a later day."
        yield at(("document", "effective"), text)


def _compare(document: Document, report: Report) -> None:
    """Which kinds of person are treated differently from the version that holds until then."""
    before = holding(document.code, document.start)
    try:
        old = document_of(before) if before else document
        made = compare(old, document, on=document.start, region=document.region, most=KINDS_TRIED, shown=8)
    except (Refused, ValueError) as fault:
        report.unworkable = str(fault)
        return
    report.against = str(before.pk) if before else ""
    report.kinds, report.all_kinds = made.tried, made.all_tried
    report.changed, report.samples = dict(made.counts), _samples(made)


def _samples(made: Compared) -> list[dict[str, Any]]:
    return [
        {
            "rule": one.rule,
            "old": one.old,
            "new": one.new,
            "facts": {
                code: value.isoformat() if isinstance(value, date) else value
                for code, value in one.facts.items()
            },
        }
        for one in made.samples
    ]
