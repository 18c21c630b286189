"""Working policies out for everybody of a region at once: for a what-if, and for the months to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings

from songhe.areas.entitlement.queries.readings import Wanted, read
from songhe.areas.entitlement.rules.readings import FOREVER, UNKNOWN, Array, Readings
from songhe.areas.entitlement.rules.whatif import Side, by_group, change, survival, ways
from songhe.core.codes.region import COUNTY, UNITS, span
from songhe.core.days import month_end, months_later
from songhe.core.rules import Document, Rule, linked, standing
from songhe.core.rules.many import decide_all
from songhe.core.sources import read as read_source
from songhe.engines.policies.api import PolicyDraft, document_of, document_of_text, known

MOST_MONTHS: Final = 60
AGES: Final = (60, 70, 80, 90, 100)
LEVELS: Final = ("0", "1", "2", "3", "4")


def everybody(region: int, month: date, documents: Sequence[Document], *, ahead: int = 0) -> Readings:
    """Who lives in a region in a month, with what some documents ask of them for that month and some ahead."""
    last = month_end(months_later(month, ahead))
    return read(Wanted(region, month, last), documents)


def policies_with(draft: PolicyDraft | None, last: date) -> tuple[list[Document], list[Document]]:
    """The policies that may hold until a day, as they stand, and with a draft as if it were issued."""
    versions = known(last)
    before = [document for _row, document in versions]
    if draft is None:
        return before, before
    document = document_of_text(draft.text, f"{draft.code}.yaml")
    rest = [
        document_of(row) for row, one in versions if (one.code, one.start) != (document.code, document.start)
    ]
    return before, linked([*rest, document])


def sides(
    readings: Readings, documents: Sequence[Document], month: date
) -> dict[str, tuple[Document, Rule, Side]]:
    """What every granting rule in force in a month gives everybody, by its code."""
    last = month_end(month)
    day = readings.day(last)
    alive = day.lives_in(month)
    found: dict[str, tuple[Document, Rule, Side]] = {}
    for document in standing(documents, last):
        low, high = span(document.region)
        rows = np.flatnonzero(alive & (day.home >= low) & (day.home < high))
        rules = [rule for rule in document.rules if rule.grants and rule.holds(last) and _for_persons(rule)]
        if not rules:
            continue
        codes = [rule.code for rule in rules]
        decided = decide_all(document, day.columns(document, rows), on=last, month=month, wanted=codes)
        for rule in rules:
            side = found[rule.code][2] if rule.code in found else Side.nothing(readings.size)
            one = decided[rule.code]
            side.values[rows], side.case[rows] = one.values, one.cases
            side.pending[rows] = False if one.unknown is None else one.unknown
            found[rule.code] = document, rule, side
    return found


def _for_persons(rule: Rule) -> bool:
    return rule.beneficiary == "person"


def compared(
    region: int, month: date, before: Sequence[Document], after: Sequence[Document]
) -> dict[str, Any]:
    """What a change of documents means for everybody of a region in a month, as plain data.

    For each rule that gives anything else to anybody: people and amounts before and after, gained and lost, by county,
    by age and by assessed level, and by which cases. Refused where a rule cannot be worked out for somebody.
    """
    readings = everybody(region, month, [*before, *after])
    groups = _groups(readings, month)
    old, new = sides(readings, before, month), sides(readings, after, month)
    nothing = Side.nothing(readings.size)
    rules = []
    for code in sorted(old.keys() | new.keys()):
        document, rule, _side = new.get(code) or old[code]
        one = old[code][2] if code in old else nothing
        other = new[code][2] if code in new else nothing
        rules.append(
            {
                "rule": code,
                "en": rule.label.en,
                "zh": rule.label.zh,
                "unit": rule.unit,
                "document": document.code,
                **change(one, other).as_data(),
                "waited": int(one.pending.sum()),
                "waiting": int(other.pending.sum()),
                "by": {name: by_group(one, other, place, names) for name, (place, names) in groups.items()},
                "ways": [{**way, **_words(way, old.get(code), new.get(code))} for way in ways(one, other)],
            }
        )
    return {"people": readings.size, "month": month.isoformat(), "rules": rules}


def outlook(
    readings: Readings, month: date, documents: Sequence[Document], months: int
) -> Iterator[tuple[date, dict[str, Any]]]:
    """What policies will cost in the coming months, people growing older and fewer; month by month as it is worked out.

    Whoever comes into the registry later is not counted, nor what else changes about people.
    """
    table = mortality()
    today = (month - date(1970, 1, 1)).days
    for ahead in range(months):
        then = months_later(month, ahead)
        alive = survival(readings.born, today, ahead, table)
        row: dict[str, Any] = {}
        for code, (_document, rule, side) in sides(readings, documents, then).items():
            row[code] = {
                "en": rule.label.en,
                "zh": rule.label.zh,
                "unit": rule.unit,
                "amount": round(float(side.values @ alive)),
                "people": round(float(alive[side.values != 0].sum())),
            }
        yield then, row


def mortality() -> Mapping[int, int]:
    """Deaths a year among a hundred thousand, from an age on."""
    return _mortality(settings.DATA / "nation/mortality.yaml")


@lru_cache(maxsize=2)
def _mortality(path: Path) -> Mapping[int, int]:
    data = read_source(path.read_text(encoding="utf-8"), name=path.name).data
    return {int(age): int(rate) for age, rate in data["deaths"].items()}


def _groups(readings: Readings, month: date) -> dict[str, tuple[Array, list[str]]]:
    day = readings.day(month_end(month))
    county = day.region - day.region % UNITS[COUNTY - 1]
    codes, place = np.unique(county, return_inverse=True)
    age = (day.number - day.born) // 365.2425
    band = np.searchsorted(np.array(AGES), age, side="right")
    band[day.born == FOREVER] = len(AGES) + 1
    level = np.full(readings.size, UNKNOWN, np.int64)
    row, value = readings.level.on(day.number)
    level[row] = value
    return {
        "county": (place, [str(code) for code in codes.tolist()]),
        "age": (band, ["<60", *(f"{low}-{low + 9}" for low in AGES[:-1]), "100+", "?"]),
        "level": (level + 1, ["", *LEVELS]),
    }


def _words(
    way: Mapping[str, int],
    old: tuple[Document, Rule, Side] | None,
    new: tuple[Document, Rule, Side] | None,
) -> dict[str, Any]:
    """The reasons of the cases before and after."""

    def of(found: tuple[Document, Rule, Side] | None, case: int) -> dict[str, str]:
        if found is None or case < 0:
            return {}
        why = found[1].cases[case].why
        return {"en": why.en, "zh": why.zh, "clause": found[1].cases[case].clause}

    return {"was": of(old, way["from"]), "is": of(new, way["to"])}
