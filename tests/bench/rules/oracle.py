"""The city's rules once more in plain Python, row by row, written from the clauses' words and not from ``city.yaml``.

All amounts are whole fen (service: whole minutes). Halves are rounded up, once, where a clause divides.
"""

from __future__ import annotations

import calendar
import json
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from tests.bench.rules import values
from tests.bench.rules.people import NEVER, Columns, load

AMOUNTS = ("age_allowance", "care", "disability_allowance", "minutes", "meal", "phone", "insurance", "bed",
           "retrofit")  # fmt: skip
RESULTS = (*AMOUNTS, "given_up")
ALONE = tuple(name for name in RESULTS if name != "phone")
CARE_GIVEN_UP, ALLOWANCE_GIVEN_UP, SERVICE_GIVEN_UP, BED_GIVEN_UP = 1, 2, 4, 8
Result = dict[str, int]
ZERO = date(1970, 1, 1)


def results(people: Columns, month: date, *, what_if: bool = False) -> Iterator[Result]:
    """What everyone receives in a month. ``what_if``: under the reform that is tried out."""
    names = list(people)
    rows = zip(*(people[name].tolist() for name in names), strict=True)
    household: list[tuple[dict[str, int], Result]] = []
    for values_ in rows:
        row = dict(zip(names, values_, strict=True))
        if household and household[0][0]["household"] != row["household"]:
            yield from _together(household)
            household = []
        household.append((row, person(row, month, what_if=what_if)))
    yield from _together(household)


def _together(household: list[tuple[dict[str, int], Result]]) -> list[Result]:
    """Clause 9: one member of the household receives the calls, the one named first in the register."""
    entitled = [row["place"] for row, result in household if result["phone"]]
    for row, result in household:
        if result["phone"] and row["place"] != min(entitled):
            result["phone"] = 0
    return [result for _row, result in household]


def person(row: dict[str, int], month: date, *, what_if: bool = False) -> Result:
    """What one person receives, before the household is looked at."""
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    age = _months(ZERO + timedelta(days=row["birth"]), last) // 12
    low = row["income_class"] >= 2
    out: Result = dict.fromkeys(RESULTS, 0)
    if not row["local"]:
        return out
    if age >= 80:
        band = max(place for place, least in enumerate(values.AGES) if age >= least)
        out["age_allowance"] = values.SCALES[row["county"]][band]
    _highest(out, row, low, values.care_on(month, what_if=what_if))
    _service_or_bed(out, row, low, last)
    if not row["in_institution"]:
        rate = max(
            (fen for least, fen in zip(values.MEAL_AGES, values.MEAL, strict=True) if age >= least), default=0
        )
        rate = values.MEAL_LOW if low else rate
        out["meal"] = min(values.MEAL_CAP, min(row["meals"], values.MEAL_MOST) * rate)
        if row["network_member"]:
            out["phone"] = values.PHONE
    if _days(month) <= row["premium_due"] <= _days(last):
        out["insurance"] = _insurance(row, low, age)
    if not row["retrofit_before"]:
        out["retrofit"] = _retrofit(row, low)
    return out


def _highest(out: Result, row: dict[str, int], low: bool, care: tuple[int, ...]) -> None:
    """Clause 4: of long-term care insurance, disability allowance and care subsidy only the highest, in this order."""
    subsidy = care[row["disability"]] if low else 0
    if row["income_class"] == 3 and row["in_institution"]:
        subsidy = 0
    allowance = values.CERTIFICATE[row["certificate"]]
    if row["certificate"] > 2 and not low:
        allowance = 0
    insured = row["ltci_fen"]
    highest = max(insured, allowance, subsidy)
    if insured < highest:
        out["disability_allowance" if allowance == highest else "care"] = highest
    out["given_up"] += CARE_GIVEN_UP * (subsidy > 0 and not out["care"])
    out["given_up"] += ALLOWANCE_GIVEN_UP * (allowance > 0 and not out["disability_allowance"])


def _service_or_bed(out: Result, row: dict[str, int], low: bool, last: date) -> None:
    """Clause 7: either service at home or the bed, whichever is worth more; the bed when both are worth the same."""
    if row["in_institution"]:
        return
    minutes = bed = 0
    if low or row["special_family"] or row["veteran"]:
        steps = max(0, row["disability"] - 1)
        minutes = min(values.MINUTES_MOST, values.MINUTES_BASE + values.MINUTES_STEP * steps)
    if row["bed_start"] != NEVER and row["bed_start"] <= _days(last):
        year = _months(ZERO + timedelta(days=row["bed_start"]), last) // 12
        whole = values.BED[row["disability"]] * values.TAPER[min(year, 3)] * row["bed_days"]
        bed = _half_up(whole, 100 * values.BED_DAYS)
    worth = _half_up(minutes * values.HOUR_VALUE, values.MINUTE_HOUR)
    if minutes and bed:
        out["given_up"] += BED_GIVEN_UP if worth > bed else SERVICE_GIVEN_UP
        minutes, bed = (minutes, 0) if worth > bed else (0, bed)
    out["minutes"], out["bed"] = minutes, bed


def _insurance(row: dict[str, int], low: bool, age: int) -> int:
    """Clause 10: in the month in which the premium is due."""
    premium = min(row["premium_fen"], values.INSURANCE_CAP)
    if low or row["special_family"]:
        return premium
    return _half_up(premium * values.INSURANCE_SHARE, 100) if age >= 80 else 0


def _retrofit(row: dict[str, int], low: bool) -> int:
    """Clause 11: once in a lifetime."""
    cost = row["retrofit_cost_fen"]
    if low:
        return min(cost, values.RETROFIT_CAP_LOW)
    if row["income_class"] == 1 or row["disability"] >= 3:
        return min(_half_up(cost * values.RETROFIT_SHARE, 100), values.RETROFIT_CAP)
    return 0


def _half_up(whole: int, by: int) -> int:
    return (2 * whole + by) // (2 * by)


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _days(on: date) -> int:
    return (on - ZERO).days


def columns(path: Path, month: date, *, what_if: bool = False) -> Columns:
    """The results of a file of people as columns, kept beside it."""
    kept = _kept(path, f"{month:%Y-%m}{'-what-if' if what_if else ''}", "npz")
    if not kept.exists():
        np.savez(kept, **_columns(load(path), month, what_if=what_if))  # type: ignore[arg-type]  # no options
    return load(kept)


def checks(path: Path, months: tuple[date, ...]) -> dict[str, list[int]]:
    """A check sum of every result in every month, kept beside the people: whole columns would be large."""
    kept = _kept(path, f"{months[0]:%Y-%m}-{len(months)}", "json")
    if not kept.exists():
        people = load(path)
        told = {
            month.isoformat(): [check(column) for column in _columns(people, month).values()]
            for month in months
        }
        kept.write_text(json.dumps(told))
    return json.loads(kept.read_text())  # type: ignore[no-any-return]


def _columns(people: Columns, month: date, *, what_if: bool = False) -> Columns:
    out = np.empty((len(people["birth"]), len(RESULTS)), np.int32)
    for place, result in enumerate(results(people, month, what_if=what_if)):
        out[place] = [*result.values()]
    return {name: np.ascontiguousarray(column) for name, column in zip(RESULTS, out.T, strict=True)}


def check(column: np.ndarray) -> int:
    """A sum in which every row counts differently."""
    weight = np.arange(len(column), dtype=np.int64) % 9973 + 1
    return int(column.astype(np.int64) @ weight)


def _kept(path: Path, what: str, form: str) -> Path:
    mark = zlib.crc32(Path(__file__).read_bytes() + Path(values.__file__).read_bytes())
    return path.with_name(f"{path.stem}-{what}-{mark:08x}.{form}")
