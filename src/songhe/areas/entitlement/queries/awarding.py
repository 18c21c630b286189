"""Who is entitled to what is given unasked, and has no grant of it yet: everybody of a region at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from songhe.areas.entitlement.queries.bulk import granted
from songhe.areas.entitlement.queries.readings import Wanted, read
from songhe.areas.entitlement.rules.readings import Array, Finder, OnDay
from songhe.areas.entitlement.terms import book
from songhe.core.codes.region import span
from songhe.core.days import month_end
from songhe.core.rules import Document, Rule, Tags, standing
from songhe.core.rules.many import decide_all
from songhe.engines.policies.api import PolicyVersion, known


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is entitled and has no grant."""

    person_id: UUID
    region: int
    benefit: str
    policy_id: UUID
    unit: str | None
    amount: int
    basis: Mapping[str, Any]


def candidates(region: int, month: date) -> Iterator[Candidate]:
    """Everybody living in a region, by the facts of the month's last day. Refused where a rule cannot be worked out."""
    last = month_end(month)
    versions = known(last)
    documents = standing([document for _row, document in versions], last)
    readings = read(Wanted(region, month, last), documents)
    day, held = readings.day(last), _held(region, month, documents, readings.ids)
    alive = day.lives_in(month) & (readings.died > day.number)
    for version, document in versions:
        rules = [
            rule
            for rule in document.rules
            if rule.grants and rule.holds(last) and rule.code in book().silent and _of_persons(rule)
        ]
        if document in documents and rules:
            yield from _of_document(version, document, rules, day, alive, held)


def _of_persons(rule: Rule) -> bool:
    return rule.beneficiary == "person"


def _held(region: int, month: date, documents: list[Document], ids: Array) -> dict[str, Array]:
    """Who has a grant of each silent benefit in the month or later, by person."""
    codes = sorted(book().silent)
    grants, number = granted(region, codes), month.year * 12 + month.month - 1
    row, found = Finder(ids).rows(grants.person)
    open_now = found & (grants.stop > number) & (grants.stop > grants.start)
    held = {}
    for place, code in enumerate(codes):
        mask = np.zeros(len(ids), bool)
        mask[row[open_now & (grants.benefit == place)]] = True
        held[code] = mask
    return held


def _of_document(
    version: PolicyVersion,
    document: Document,
    rules: list[Rule],
    day: OnDay,
    alive: Array,
    held: Mapping[str, Array],
) -> Iterator[Candidate]:
    low, high = span(document.region)
    rows = np.flatnonzero(alive & (day.home >= low) & (day.home < high))
    columns = day.columns(document, rows, {rule.code: held[rule.code][rows] for rule in rules})
    month = day.date.replace(day=1)
    decided = decide_all(document, columns, on=day.date, month=month, wanted=[rule.code for rule in rules])
    for rule in rules:
        values = decided[rule.code].values
        for place in np.flatnonzero((values > 0) & ~held[rule.code][rows]).tolist():
            row = int(rows[place])
            facts = dict(columns.facts_of(place, document))
            tags = facts.pop("tags", None)
            yield Candidate(
                UUID(bytes=bytes(day.readings.ids[row])),
                int(day.region[row]),
                rule.code,
                version.pk,
                rule.unit,
                int(values[place]),
                {
                    "facts": {
                        code: value.isoformat() if isinstance(value, date) else value
                        for code, value in (dict.fromkeys(document.facts) | facts).items()
                    },
                    "tags": sorted(tags.held) if isinstance(tags, Tags) else [],
                },
            )
