"""The city's rules as variables of a microsimulation, for OpenFisca-Core and PolicyEngine-core, which share their roots.

Money is `int` fen: their `float` is float32 and loses fen above 131,072 yuan; their `int` is int32, so the product of
the bed's clause is widened by hand. Facts are variables for eternity, so that no month holds a copy of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from tests.bench.rules import values
from tests.bench.rules.peers.meter import Meter
from tests.bench.rules.people import Columns

DAYS = ("birth", "premium_due", "bed_start")
SINGLE = ("BED_DAYS", "MINUTES_BASE", "MINUTES_STEP", "MINUTES_MOST", "MINUTE_HOUR", "HOUR_VALUE", "MEAL_LOW",
          "MEAL_MOST", "MEAL_CAP", "PHONE", "INSURANCE_CAP", "INSURANCE_SHARE", "RETROFIT_CAP_LOW", "RETROFIT_CAP",
          "RETROFIT_SHARE")  # fmt: skip


@dataclass(frozen=True)
class Core:
    """What both libraries call by nearly the same names."""

    build_entity: Callable[..., Any]
    system: Callable[..., Any]
    node: Callable[..., Any]
    variable: type
    builder: Callable[[], Any]
    eternity: Any
    month: Any


def tax_benefit_system(core: Core, *, tuned: bool = False) -> Any:
    """The rules and their amounts. ``tuned``: the two slow formulas replaced by arithmetic on arrays."""
    person = core.build_entity(key="person", plural="persons", label="An elder", is_person=True)
    member = {"key": "member", "plural": "members", "label": "Members"}
    household = core.build_entity(key="household", plural="households", label="A household", roles=[member])
    system = core.system([household, person])
    system.parameters = core.node("", data=parameters())
    for name, kind in facts().items():
        shape = {"value_type": kind, "entity": person, "definition_period": core.eternity, "label": name}
        system.add_variable(type(name, (core.variable,), shape))
    for name, (kind, formula) in (formulas() | (quicker() if tuned else {})).items():
        shape = {"value_type": kind, "entity": person, "definition_period": core.month, "label": name}
        system.add_variable(type(name, (core.variable,), {**shape, "formula": formula}))
    return system


def simulation(core: Core, system: Any, people: Columns, meter: Meter, *, together: bool) -> Any:
    """Everyone with their facts. ``together``: joined to their households; else each alone."""
    count = len(people["birth"])
    builder = core.builder()
    with meter.part("persons and households"):
        if together:
            builder.create_entities(system)
            builder.declare_person_entity("person", np.arange(count))
            size = int(people["household"].max()) + 1
            households = builder.declare_entity("household", np.arange(size))
            builder.join_with_persons(households, people["household"], np.zeros(count, int))
            made = builder.build(system)
        else:
            made = builder.build_default_simulation(system, count)
    with meter.part("facts"):
        for name in facts():
            made.set_input(name, "ETERNITY", people[name].astype("M8[D]") if name in DAYS else people[name])
    return made


def calculated(made: Any, month: date, names: Sequence[str], meter: Meter) -> Columns:
    """The results of a month."""
    out = {}
    for name in names:
        with meter.part(name):
            out[name] = made.calculate(name, f"{month:%Y-%m}")
    return out


def facts() -> dict[str, type]:
    """What is known of a person."""
    yes_no = (
        "local",
        "in_institution",
        "special_family",
        "veteran",
        "network_member",
        "has_bed",
        "retrofit_before",
    )
    whole = ("county", "income_class", "disability", "certificate", "ltci_fen", "meals", "premium_fen", "bed_days",
             "retrofit_cost_fen", "place")  # fmt: skip
    return dict.fromkeys(yes_no, bool) | dict.fromkeys(whole, int) | dict.fromkeys(DAYS, date)


def parameters() -> dict[str, Any]:
    """The amounts in the shape of the libraries' parameter files."""
    counties = {
        f"county_{place}": _scale(values.AGES, amounts) for place, amounts in enumerate(values.SCALES)
    }
    grades = (0, 1, 2, 3, 4)
    care = zip(grades, values.CARE, values.CARE_FROM_JULY, strict=True)
    return {
        "age_scale": counties,
        "care": {
            "metadata": {"type": "single_amount"},
            "brackets": [
                {"threshold": _since(grade), "amount": _since(before) | {"2026-07-01": {"value": after}}}
                for grade, before, after in care
            ],
        },
        "certificate": _scale(grades, values.CERTIFICATE),
        "bed": _scale(grades, values.BED),
        "taper": _scale((0, 1, 2, 3), values.TAPER),
        "meal": _scale((0, *values.MEAL_AGES), (0, *values.MEAL)),
        **{name.lower(): {"values": _since(getattr(values, name))} for name in SINGLE},
    }


def _scale(thresholds: Sequence[int], amounts: Sequence[int]) -> dict[str, Any]:
    pairs = zip(thresholds, amounts, strict=True)
    brackets = [{"threshold": _since(least), "amount": _since(amount)} for least, amount in pairs]
    return {"metadata": {"type": "single_amount"}, "brackets": brackets}


def _since(value: int) -> dict[str, Any]:
    return {"2025-01-01": {"value": value}}


Formula = Callable[[Any, Any, Any], Any]


def formulas() -> dict[str, tuple[type, Formula]]:
    """Every rule's kind and formula."""
    yes_no = {"low": low, "service_group": service_group}
    whole = (age, age_allowance, care_right, disability_right, care, disability_allowance, bed_right, minutes_right,
             minutes_worth, minutes, bed, meal, phone, insurance, retrofit, given_up)  # fmt: skip
    return {name: (bool, one) for name, one in yes_no.items()} | {one.__name__: (int, one) for one in whole}


def quicker() -> dict[str, tuple[type, Formula]]:
    """What a programmer writes who knows NumPy and what the libraries' own means cost."""
    return {"age_allowance": (int, age_allowance_by_table), "phone": (int, phone_by_bits)}


def age(person, period, parameters):
    return months_to_end(person("birth", period), period) // 12


def low(person, period, parameters):
    return person("income_class", period) >= 2


def age_allowance(person, period, parameters):
    scales, years, county = parameters(period).age_scale, person("age", period), person("county", period)
    amounts = [scales[f"county_{place}"].calc(years) for place in range(len(values.SCALES))]
    return person("local", period) * np.select([county == place for place in range(len(amounts))], amounts)


def age_allowance_by_table(person, period, parameters):
    scales = parameters(period).age_scale
    table = np.array([[0, *scales[f"county_{place}"].amounts] for place in range(len(values.SCALES))])
    band = np.searchsorted(values.AGES, person("age", period), side="right")
    return person("local", period) * table[person("county", period), band]


def care_right(person, period, parameters):
    elsewhere = (person("income_class", period) == 3) * person("in_institution", period)
    right = person("local", period) * person("low", period) * np.logical_not(elsewhere)
    return right * parameters(period).care.calc(person("disability", period))


def disability_right(person, period, parameters):
    grade = person("certificate", period)
    right = person("local", period) * ((grade <= 2) + person("low", period))
    return right * parameters(period).certificate.calc(grade)


def care(person, period, parameters):
    right = person("care_right", period)
    lower = (person("ltci_fen", period) >= right) + (person("disability_right", period) >= right)
    return np.where(lower, 0, right)


def disability_allowance(person, period, parameters):
    right = person("disability_right", period)
    lower = (person("ltci_fen", period) >= right) + (person("care", period) > right)
    return np.where(lower, 0, right)


def bed_right(person, period, parameters):
    amounts, start = parameters(period), person("bed_start", period)
    there = (
        person("has_bed", period)
        * (start <= last_day(period))
        * np.logical_not(person("in_institution", period))
    )
    years = np.clip(months_to_end(start, period) // 12, 0, 3)
    whole = amounts.bed.calc(person("disability", period)) * amounts.taper.calc(years)
    whole = whole.astype(np.int64) * person("bed_days", period)
    by = 100 * amounts.bed_days
    return np.where(there * person("local", period), (2 * whole + by) // (2 * by), 0)


def service_group(person, period, parameters):
    needy = person("low", period) + person("special_family", period) + person("veteran", period)
    return person("local", period) * needy


def minutes_right(person, period, parameters):
    amounts = parameters(period)
    steps = np.maximum(0, person("disability", period) - 1)
    time = np.minimum(amounts.minutes_most, amounts.minutes_base + amounts.minutes_step * steps)
    return np.where(
        person("service_group", period) * np.logical_not(person("in_institution", period)), time, 0
    )


def minutes_worth(person, period, parameters):
    amounts = parameters(period)
    by = amounts.minute_hour
    return (2 * person("minutes_right", period) * amounts.hour_value + by) // (2 * by)


def minutes(person, period, parameters):
    time, help_ = person("minutes_right", period), person("bed_right", period)
    return np.where((help_ > 0) * (person("minutes_worth", period) <= help_), 0, time)


def bed(person, period, parameters):
    help_ = person("bed_right", period)
    return np.where(person("minutes_worth", period) > help_, 0, help_)


def meal(person, period, parameters):
    amounts = parameters(period)
    rate = np.where(person("low", period), amounts.meal_low, amounts.meal.calc(person("age", period)))
    subsidy = np.minimum(amounts.meal_cap, np.minimum(person("meals", period), amounts.meal_most) * rate)
    return np.where(person("local", period) * np.logical_not(person("in_institution", period)), subsidy, 0)


def phone(person, period, parameters):
    member = person("local", period) * person("network_member", period)
    member = member * np.logical_not(person("in_institution", period))
    rank = person.get_rank(person.household, person("place", period), condition=member)
    return np.where(rank == 0, parameters(period).phone, 0)


def phone_by_bits(person, period, parameters):
    member = person("local", period) * person("network_member", period)
    member = member * np.logical_not(person("in_institution", period))
    mine = member << person("place", period)
    everyone = person.household.sum(mine).astype(np.int32)
    return np.where(mine * ((everyone & -everyone) == mine), parameters(period).phone, 0)


def insurance(person, period, parameters):
    amounts, due = parameters(period), person("premium_due", period)
    premium = np.minimum(person("premium_fen", period), amounts.insurance_cap)
    half = (2 * premium * amounts.insurance_share + 100) // 200
    full = person("low", period) + person("special_family", period)
    paid = np.select([full, person("age", period) >= 80], [premium, half])
    now = (due >= np.datetime64(str(period.start))) * (due <= last_day(period))
    return np.where(person("local", period) * now, paid, 0)


def retrofit(person, period, parameters):
    amounts, cost = parameters(period), person("retrofit_cost_fen", period)
    half = np.minimum((2 * cost * amounts.retrofit_share + 100) // 200, amounts.retrofit_cap)
    margin = (person("income_class", period) == 1) + (person("disability", period) >= 3)
    paid = np.select([person("low", period), margin], [np.minimum(cost, amounts.retrofit_cap_low), half])
    return np.where(person("local", period) * np.logical_not(person("retrofit_before", period)), paid, 0)


def given_up(person, period, parameters):
    pairs = (("care_right", "care"), ("disability_right", "disability_allowance"), ("minutes_right", "minutes"),
             ("bed_right", "bed"))  # fmt: skip
    lost = [(person(right, period) > 0) * (person(had, period) == 0) for right, had in pairs]
    return sum((1 << place) * one for place, one in enumerate(lost))


def last_day(period: Any) -> np.datetime64:
    """The last day of a month."""
    return np.datetime64(f"{period.start.year}-{period.start.month:02}") + 1 - np.timedelta64(1, "D")


def months_to_end(start: np.ndarray, period: Any) -> np.ndarray:
    """Whole months from days to the month's last day; only February ends before a day that others have."""
    end = last_day(period)
    months = (end.astype("M8[M]") - start.astype("M8[M]")).astype(np.int32)
    if (end - end.astype("M8[M]")).astype(int) < 28:
        months -= (start - start.astype("M8[M]")) > (end - end.astype("M8[M]"))
    return months
