"""Songhe on the city's rules, measured as the peers are: `python -m tests.bench.rules.ours JOB people.npz out.npz`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench.rules import oracle, values
from tests.bench.rules.oracle import ALONE, RESULTS
from tests.bench.rules.peers import meter
from tests.bench.rules.peers.meter import Meter
from tests.bench.rules.people import COUNTIES, HOME, NEVER, Columns

from songhe.core.kept import keep_in
from songhe.core.rules import (
    Document,
    FactValue,
    Outcome,
    Program,
    build,
    decide,
    decide_each,
    many,
    once_per_household,
    program,
)
from songhe.core.rules.many import Column, decide_all
from songhe.core.rules.many.kernel.machine import machine
from songhe.core.sources import read
from songhe.site.kernels import Folder
from songhe.site.memory import settled

FILE = Path(__file__).with_name("city.yaml")
CITY = build(read(FILE.read_text(encoding="utf-8"), name=FILE.name))
NAME = "Songhe"
TURNS = 30
ZERO = date(1970, 1, 1)


def ours(
    people: Columns, month: date, document: Document, names: tuple[str, ...], *, kernel: bool | None = None
) -> Columns:
    """The results of one month for everyone, with the deciding case of every rule kept beside them."""
    given = columns(people, document)
    found = decide_all(document, given, on=month, month=month, wanted=names, kernel=kernel)
    return {name: decided.values for name, decided in found.items()}


def columns(people: Columns, document: Document) -> many.Columns:
    """The people as the evaluator takes them: what was never is not known."""
    return many.Columns(
        len(people["birth"]),
        {code: _column(people[code], fact.kind) for code, fact in document.facts.items()},
        {},
        [document.region + 10**6 * (place + 1) for place in range(COUNTIES)],
        people["county"],
        people["household"],
    )


def _column(values: np.ndarray, kind: str) -> Column:
    if kind != "date":
        return Column(values)
    never = values == NEVER
    return Column(values, never if never.any() else None, days=True)


def scalar(people: Columns, month: date, document: Document, names: tuple[str, ...]) -> Columns:
    """The results of one month by the evaluator for one person."""
    programs = _programs(document, month)
    out: Columns = {name: np.zeros(len(people["birth"]), np.int64) for name in names}
    for rows in _households(people):
        known = {str(row): facts(people, row) for row in rows}
        for name in names:
            found = {
                str(row): decide(programs[people["county"][row]], name, known[str(row)], month=month)
                for row in rows
            }
            if name == "phone":
                found = once_per_household(found, known)
            for row in rows:
                out[name][row] = found[str(row)].value
    return out


def facts(people: Columns, row: int) -> dict[str, FactValue]:
    """One person's facts as areas hand them to the rules."""
    known: dict[str, FactValue] = {code: people[code][row].item() for code in CITY.facts}
    for code in ("birth", "premium_due", "bed_start"):
        day = int(people[code][row])
        known[code] = None if day == NEVER else ZERO + timedelta(days=day)
    return known


def higher_care() -> Document:
    """The city's document with the reform that is tried out."""
    care = CITY.parameters["care_rate"]
    amounts = {str(grade): fen for grade, fen in enumerate(values.CARE_WHAT_IF)}
    value = replace(care.values[0], end=None, amount=amounts)
    return replace(CITY, parameters={**CITY.parameters, "care_rate": replace(care, values=(value,))})


def _programs(document: Document, month: date) -> list[Program]:
    region = document.region
    return [program(document, on=month, region=region + 10**6 * (place + 1)) for place in range(COUNTIES)]


def _households(people: Columns) -> list[np.ndarray]:
    return np.split(np.arange(len(people["birth"])), np.flatnonzero(np.diff(people["household"])) + 1)


def month(people: Columns, watch: Meter) -> Columns:
    """Every result of one month."""
    return ours(people, values.MONTH, CITY, RESULTS)


def first(people: Columns, watch: Meter) -> Columns:
    """The same where the compiler is loaded and the policy is compiled first."""
    with watch.part("facts"):
        keep_in(None)
        ours({name: column[:9] for name, column in people.items()}, values.MONTH, CITY, RESULTS, kernel=True)
    return month(people, watch)


def in_columns(people: Columns, watch: Meter) -> Columns:
    """The same by the evaluator in NumPy, without a compiler."""
    return ours(people, values.MONTH, CITY, RESULTS, kernel=False)


def alone(people: Columns, watch: Meter) -> Columns:
    """The same without what is granted once to each household."""
    return ours(people, values.MONTH, CITY, ALONE)


def what_if(people: Columns, watch: Meter) -> Columns:
    """One month under a reform."""
    return ours(people, values.MONTH, higher_care(), RESULTS)


def year(people: Columns, watch: Meter) -> Mapping[str, Any]:
    """Twelve months."""
    told = {}
    for one in values.YEAR:
        found = ours(people, one, CITY, RESULTS)
        with watch.aside():
            told[one.isoformat()] = {name: oracle.check(column) for name, column in found.items()}
    return told | {"people": len(found["phone"])}


def person(people: Columns, watch: Meter) -> Mapping[str, Any]:
    """Milliseconds for one person's results with every reason, and with the reasons told as data."""
    one = meter.somebody(people)
    programs = _programs(CITY, values.MONTH)
    return {
        "traced": meter.best(lambda: explained(one, programs), TURNS),
        "told": meter.best(lambda: [outcome.as_data() for outcome in explained(one, programs)], TURNS),
    }


def explained(one: Columns, programs: list[Program]) -> list[Outcome]:
    """Every result of one person; each carries its reasons."""
    return [*decide_each(programs[one["county"][0]], RESULTS, facts(one, 0), month=values.MONTH).values()]


JOBS = {
    "month": month,
    "first": first,
    "columns": in_columns,
    "alone": alone,
    "what-if": what_if,
    "year": year,
    "person": person,
}

if __name__ == "__main__":
    keep_in(Folder(HOME / "kernels"))
    if sys.argv[1] != "first":
        machine()  # loading the compiler is an import
    settled()
    meter.main(JOBS)
