"""A sample of a run, worked out by two evaluators more: alone for each person, and by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from songhe.areas.payments.queries.dues import Part
from songhe.areas.payments.queries.facts import Facts
from songhe.areas.payments.rules.differences import Array
from songhe.core.days import month_end
from songhe.core.refusal import Refused
from songhe.core.rules import Program, decide, program
from songhe.core.rules.many import Columns, decide_all
from songhe.engines.policies.api import by_statement

SAMPLE = 200


def checked(facts: Facts, parts: Sequence[Part]) -> int:
    """Work persons drawn from the newest and from one earlier month out again; how many values were compared.

    Drawn by the snapshot's own hash, so that a replay draws the same. Refused where the evaluators differ: then
    nothing may be posted.
    """
    draw = np.random.default_rng(int(facts.hash[:15], 16))
    months = sorted({part.month for part in parts})
    chosen = {months[-1], months[int(draw.integers(len(months)))]} if months else set()
    return sum(_compared(part, draw) for part in parts if part.month in chosen)


def _compared(part: Part, draw: np.random.Generator) -> int:
    size = min(SAMPLE, len(part.persons))
    rows = np.sort(draw.choice(len(part.persons), size, replace=False))
    last = month_end(part.month)
    columns = part.readings.day(last).columns(part.document, part.persons[rows])
    codes = list(part.decided)
    again = decide_all(part.document, columns, on=last, month=part.month, wanted=codes)
    told = by_statement(part.document, columns, on=last, month=part.month, wanted=codes)
    for code in codes:
        unknown = again[code].unknown
        values = [
            None if unknown is not None and unknown[row] else int(again[code].values[row])
            for row in range(size)
        ]
        _same(part, code, values, told[code])
        if again[code].rule.payee is None:
            _same(part, code, values, _alone(part, columns, code))
            _same(part, code, values, _of_run(part, code, rows))
    return size * len(codes)


def _alone(part: Part, columns: Columns, code: str) -> list[int | None]:
    """Each person's own evaluation."""
    found: list[int | None] = []
    last, programs = month_end(part.month), dict[int, Program]()
    for row in range(columns.size):
        place = columns.places[int(columns.place[row])]
        rules = programs.setdefault(place, program(part.document, on=last, region=place))
        value = decide(rules, code, columns.facts_of(row, part.document), month=part.month).value
        found.append(value if isinstance(value, int) else None)
    return found


def _of_run(part: Part, code: str, rows: Array) -> list[int | None]:
    one = part.decided[code]
    unknown: Mapping[int, bool] | Array = {} if one.unknown is None else one.unknown
    return [None if len(unknown) and unknown[row] else int(one.values[row]) for row in rows.tolist()]


def _same(part: Part, code: str, one: Sequence[int | None], other: Sequence[int | None]) -> None:
    if list(one) != [None if value is None else int(value) for value in other]:
        raise Refused(
            "payments.evaluators_differ",
            "Two calculations of {benefit} under {document} for {month} differ, so nothing is posted. Report this.",
            benefit=code,
            document=part.document.code,
            month=f"{part.month:%Y-%m}",
        )
