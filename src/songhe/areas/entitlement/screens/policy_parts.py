"""A policy taken apart for a page: its parameters, rules, examples and clauses, each as the lines of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext, ngettext

from songhe.areas.entitlement.rules import typed
from songhe.areas.entitlement.screens.common import say
from songhe.core.rules import Document, Rule, check_examples, examples, untried
from songhe.core.rules.difference import Change, value_said
from songhe.core.rules.document import Parameter, Value
from songhe.core.rules.examples import PENDING, Example, reached
from songhe.core.rules.wording import amount, condition, given
from songhe.core.sources import DataError, Source
from songhe.kit.places import names_of
from songhe.kit.words import is_chinese


def parameter_lines(document: Document, edit: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Each parameter with its values. ``edit``: addresses of the forms that change and add a value, and the revision."""
    values = [value for one in document.parameters.values() for value in one.values]
    names = names_of({value.region for value in values})
    return [
        {
            "name": say(one.label),
            "rows": [
                {
                    "cells": _cells(one, value, place, edit),
                    "from": value.start,
                    "until": value.end,
                    "region": ""
                    if value.region == document.region
                    else names.get(value.region, value.region),
                    "clause": value.clause,
                    "assumed": value.assumed,
                }
                for place, value in _in_time(one)
            ],
            "add": _add_url(one, edit) if edit and one.shape == "number" else "",
        }
        for one in document.parameters.values()
    ]


def _in_time(parameter: Parameter) -> list[tuple[int, Value]]:
    """Values with their place in the text, by region and day."""
    return sorted(enumerate(parameter.values), key=lambda pair: (pair[1].region, pair[1].start))


def _cells(
    parameter: Parameter, value: Value, place: int, edit: Mapping[str, str] | None
) -> list[dict[str, str]]:
    if isinstance(value.amount, int):
        shown = say(amount(value.amount, parameter.unit))
        return [{"shown": shown, "edit": _edit_url(parameter, value, place, "", value.amount, edit)}]
    return [
        {
            "key": key,
            "shown": say(amount(one, parameter.unit)),
            "edit": _edit_url(parameter, value, place, key, one, edit),
        }
        for key, one in value.amount.items()
    ]


def _edit_url(
    parameter: Parameter, value: Value, place: int, key: str, number: int, edit: Mapping[str, str] | None
) -> str:
    if not edit:
        return ""
    query = {
        "parameter": parameter.code,
        "place": place,
        "key": key,
        "revision": edit["revision"],
        "amount": typed(number, parameter.unit),
        "start": value.start.isoformat(),
        "end": value.end.isoformat() if value.end else "",
        "clause": value.clause,
    }
    if value.assumed:
        query["assumed"] = "on"
    return f"{edit['set']}?{urlencode(query)}"


def _add_url(parameter: Parameter, edit: Mapping[str, str]) -> str:
    clause = parameter.values[-1].clause
    query = {"parameter": parameter.code, "revision": edit["revision"], "clause": clause}
    return f"{edit['add']}?{urlencode(query)}"


def rule_tables(
    document: Document,
    on: date,
    tried: Mapping[tuple[str, int], Iterable[str]] | None = None,
    edit: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Each rule as a decision table: when, gives, why, clause, and by which examples a line was tried.

    ``edit``: the address of the form that changes a line, the revision, and where each rule's lines stand in the text.
    """
    return [
        {
            "code": rule.code,
            "name": say(rule.label),
            "grants": rule.grants,
            "notes": _notes(rule, document),
            "cases": [
                {
                    "when": say(condition(case.when, document, on)),
                    "last": case.when is None,
                    "give": say(given(case.give, rule, document, on)),
                    "why": say(case.why),
                    "clause": case.clause,
                    "examples": list((tried or {}).get((rule.code, place), ())),
                    "edit": _case_url(rule, place, edit),
                }
                for place, case in enumerate(rule.cases)
            ],
        }
        for rule in document.rules
    ]


def _case_url(rule: Rule, place: int, edit: Mapping[str, Any] | None) -> str:
    if not edit or rule.code not in edit["places"]:
        return ""
    case = rule.cases[place]
    query = {
        "rule": edit["places"][rule.code],
        "place": place,
        "revision": edit["revision"],
        "when": case.when.text if case.when else "",
        "give": case.give.text,
        "why_zh": case.why.zh,
        "why_en": case.why.en,
        "clause": case.clause,
    }
    return f"{edit['case']}?{urlencode(query)}"


def places_of_rules(source: Source, document: Document) -> dict[str, int]:
    """Where the lines of each rule stand in the text; not of rules that are written several times, or in one line.

    A rule with constructs keeps its own lines in an inner one.
    """
    rows = source.data.get("rules") or ()
    codes = [str(row.get("code")) for row in rows]
    known = {rule.code for rule in document.rules}
    found = {}
    for index, (code, row) in enumerate(zip(codes, rows, strict=True)):
        inner = next((name for name in (f"{code}__given", f"{code}__alone") if name in known), code)
        if codes.count(code) == 1 and row.get("cases"):
            found[inner] = index
    return found


def _notes(rule: Rule, document: Document) -> list[str]:
    notes = []
    if rule.payee is not None:
        order = ("、" if is_chinese() else ", ").join(
            say(document.facts[name].label) for name in rule.payee.order
        )
        notes.append(
            gettext("Once for a household; it goes to the first by {order} (clause {clause}).").format(
                order=order, clause=rule.payee.clause
            )
        )
    if rule.once_per == "year":
        notes.append(gettext("Once a year."))
    if rule.once_per == "lifetime":
        notes.append(gettext("Once in a lifetime."))
    if rule.start != document.start or rule.end != document.end:
        span = (
            gettext("In force from {first} until {last}.") if rule.end else gettext("In force from {first}.")
        )
        notes.append(span.format(first=rule.start, last=rule.end))
    return notes


def tried_by(source: Source, document: Document) -> tuple[tuple[Example, ...], Mapping[Any, tuple[str, ...]]]:
    """The examples of a document, and the cases that each of them reaches."""
    try:
        found = examples(source, document)
    except DataError:
        return (), {}
    return found, reached(document, found)


def untried_cases(document: Document, found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The cases that no example reaches, as the check found them by their lines, in the reader's words."""
    lines = {one["line"] for one in found}
    return [
        {
            "what": gettext("{rule}, line {n}").format(rule=say(rule.label), n=place + 1),
            "why": say(case.why),
            "line": case.line,
            "clause": case.clause,
        }
        for rule in document.rules
        for place, case in enumerate(rule.cases)
        if case.line in lines
    ]


def untried_lines(source: Source, document: Document) -> int:
    """How many cases no example reaches."""
    try:
        return len(untried(document, check_examples(document, examples(source, document))))
    except DataError:
        return 0


def example_lines(
    document: Document,
    given_: Iterable[Example],
    tried: Mapping[Any, Iterable[str]],
    edit: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Each example in words: the person, what must come out, and which lines of the rules decide it."""
    rules = {rule.code: rule for rule in document.rules}
    return [
        {
            "name": one.name,
            "month": f"{one.month:%Y-%m}",
            "facts": _facts(document, one.facts),
            "expect": [
                (
                    say(rules[code].label),
                    result_text(value, rules[code].unit),
                    _expected_url(place, rules[code], value, edit),
                )
                for code, value in one.expect.items()
            ],
            "reaches": [
                gettext("{rule}, line {n}").format(rule=say(rules[code].label), n=line + 1)
                for (code, line), names in tried.items()
                if one.name in names
            ],
        }
        for place, one in enumerate(given_)
    ]


def _expected_url(place: int, rule: Rule, value: object, edit: Mapping[str, Any] | None) -> str:
    if not edit:
        return ""
    shown = result_text(value, rule.unit) if isinstance(value, bool) else ""
    if isinstance(value, int) and not isinstance(value, bool):
        shown = typed(value, rule.unit)
    query = {
        "place": place,
        "rule": rule.code,
        "unit": rule.unit or "",
        "amount": shown,
        "revision": edit["revision"],
    }
    return f"{edit['expected']}?{urlencode(query)}"


def result_text(value: object, unit: str | None) -> str:
    """What a rule gives, or that it waits for a document."""
    if value is None or value == PENDING:
        return gettext("waiting for a document")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return say(amount(value, unit)) if isinstance(value, int) else str(value)


def _facts(document: Document, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = []
    for code, value in facts.items():
        if code == "tags":
            told += [(say(document.tags[tag].label), gettext("yes")) for tag in sorted(value.held)]
            told += [
                (say(document.tags[tag].label), gettext("claimed, not shown")) for tag in sorted(value.unsure)
            ]
        elif code in document.facts:
            told.append((say(document.facts[code].label), result_text(value, document.facts[code].unit)))
    return told


def clause_lines(document: Document, used: Iterable[str]) -> list[dict[str, Any]]:
    """Each clause, and whether a value or case rests on it."""
    cited = set(used)
    return [
        {"code": one.code, "text": say(one.label), "cited": one.code in cited}
        for one in document.clauses.values()
    ]


def assumed_lines(document: Document) -> list[dict[str, str]]:
    """The values that are not in the published text."""
    return [
        {"name": say(one.label), "value": say(value_said(value, one)), "clause": value.clause}
        for one in document.parameters.values()
        for value in one.values
        if value.assumed
    ]


def change_lines(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """What differs between two versions, part by part."""
    titles = {
        "document": gettext("About the document"),
        "clause": gettext("Clauses"),
        "parameter": gettext("Parameters"),
        "rule": gettext("Rules"),
        "fact": gettext("Facts"),
        "tag": gettext("Groups"),
    }
    parts: dict[str, list[dict[str, Any]]] = {}
    for change in changes:
        what = say(change.what)
        if change.place:
            what = gettext("{rule}, line {n}").format(rule=what, n=change.place)
        parts.setdefault(change.part, []).append(
            {
                "what": what,
                "before": say(change.before) if change.before else "",
                "after": say(change.after) if change.after else "",
                "clause": change.clause,
                "assumed": change.assumed,
            }
        )
    return [{"title": titles[part], "rows": rows} for part, rows in parts.items()]


def kind_lines(
    report: Mapping[str, Any], document: Document, before: Document | None
) -> list[dict[str, Any]]:
    """For each rule that treats some kinds of person differently: how many, and some of them in words."""
    rules = {rule.code: rule for one in (before, document) if one for rule in one.rules}
    facts = {code: fact for one in (before, document) if one for code, fact in one.facts.items()}
    tags = {code: tag for one in (before, document) if one for code, tag in one.tags.items()}
    found = []
    for code, count in report.get("changed", {}).items():
        if code not in rules:
            continue
        rule = rules[code]
        rows = []
        for sample in report.get("samples", ()):
            if sample["rule"] != code:
                continue
            told = []
            for name, value in sample["facts"].items():
                tag = name.removeprefix("tag:")
                if tag != name and tag in tags and value:
                    told.append((say(tags[tag].label), gettext("yes")))
                elif name in facts:
                    told.append((say(facts[name].label), result_text(value, facts[name].unit)))
            rows.append(
                {
                    "facts": told,
                    "before": result_text(sample["old"], rule.unit),
                    "after": result_text(sample["new"], rule.unit),
                }
            )
        count_text = ngettext("{n} kind of person", "{n} kinds of person", count).format(n=f"{count:,}")
        found.append({"name": say(rule.label), "count": count_text, "rows": rows})
    return found
