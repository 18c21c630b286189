"""ttsim, the engine of GETTSIM, on the city's rules, for an interpreter that has it: `-m … JOB people.npz out.npz`.

Birth dates become months first, as its users hand them in (the measured month ends after the 28th, so days do not
matter). Tables make money int64 where it is multiplied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from tests.bench.rules import people, values
from tests.bench.rules.oracle import ALONE, RESULTS
from tests.bench.rules.peers import meter
from tests.bench.rules.peers.meter import Meter
from tests.bench.rules.peers.ttsim_rules import BARE, RULES, Table
from tests.bench.rules.people import Columns
from ttsim import InputData, MainTarget, TTTargets, main
from ttsim.tt import (
    ConsecutiveIntLookupTableParam,
    Currency,
    ScalarParam,
    UnitSystem,
    policy_input,
)

LAST = date(2026, 11, 30)
OLDEST = 130
FACTS = {
    "int": ("p_id", "hh_id", "county", "income_class", "disability", "certificate", "ltci_fen", "meals",
            "premium_due", "premium_fen", "bed_days", "retrofit_cost_fen", "place", "birth_months", "bed_start",
            "bed_start_months"),
    "bool": ("local", "in_institution", "special_family", "veteran", "network_member", "has_bed",
             "retrofit_before"),
}  # fmt: skip
CITY_UNITS = UnitSystem(currencies={"FEN": Currency(statutory_from="0001-01-01")})


def environment() -> dict[str, Any]:
    """Facts, amounts and rules of the measured month."""
    made: dict[str, Any] = {one.leaf_name: one for one in RULES}
    made |= {name: _fact(name, kind) for kind, names in FACTS.items() for name in names}
    care = values.care_on(values.MONTH)
    tables: dict[str, Sequence[Any]] = {
        "age_scale": [_by_age(values.AGES, scale) for scale in values.SCALES],
        "meal_rate": _by_age(values.MEAL_AGES, values.MEAL),
        "care_rate": care,
        "certificate_rate": values.CERTIFICATE,
        "bed_rate": values.BED,
        "taper": values.TAPER,
    }
    made |= {name: _table(np.array(amounts)) for name, amounts in tables.items()}
    single = {
        "last_month": int(np.datetime64(LAST, "M").astype(int)),
        "first_day": int(np.datetime64(values.MONTH, "D").astype(int)),
        "last_day": int(np.datetime64(LAST, "D").astype(int)),
        "bed_by": 100 * values.BED_DAYS,
        "hour_value": values.HOUR_VALUE,
        "phone_rate": values.PHONE,
        **{
            name.lower(): getattr(values, name)
            for name in ("MINUTES_BASE", "MINUTES_STEP", "MINUTES_MOST", "MEAL_LOW", "MEAL_MOST", "MEAL_CAP",
                         "INSURANCE_CAP", "INSURANCE_SHARE", "RETROFIT_CAP_LOW", "RETROFIT_CAP", "RETROFIT_SHARE")
        },
    }  # fmt: skip
    return made | {name: ScalarParam(value=amount, unit=BARE) for name, amount in single.items()}


def _fact(name: str, kind: str) -> Any:
    def stub() -> None: ...

    stub.__name__ = stub.__qualname__ = name
    stub.__annotations__ = {"return": kind}
    return policy_input(unit=BARE)(stub)


def _by_age(ages: Sequence[int], amounts: Sequence[int]) -> list[int]:
    return [max((fen for least, fen in zip(ages, amounts, strict=True) if age >= least), default=0)
            for age in range(OLDEST)]  # fmt: skip


def _table(amounts: np.ndarray) -> Any:
    value = Table(xnp=np, values_to_look_up=amounts, bases_to_subtract=np.zeros(amounts.ndim, int))
    return ConsecutiveIntLookupTableParam(value=value, input_unit=BARE, output_unit=BARE)


def _months(days: np.ndarray) -> np.ndarray:
    return days.astype("M8[D]").astype("M8[M]").astype(np.int32)


def job(
    names: tuple[str, ...], *, checks: bool = False, processed: bool = False
) -> Callable[[Columns, Meter], Columns]:
    """A job that works out these results.

    ``checks``: with the library's own checks of data and rules. ``processed``: the columns are handed in as the
    library would make them (sorted, groups counted from 0), and come back as its rules leave them.
    """

    def run(everyone: Columns, watch: Meter) -> Columns:
        with watch.part("facts"):
            given = _given(everyone)
        data = {"processed_data": given} if processed else {"input_data": InputData.qname(given)}
        with watch.part("rules"):
            return main(
                main_target=MainTarget.raw_results.columns_with_internal_p_ids
                if processed
                else MainTarget.results.qname,
                policy_environment=environment(),
                tt_targets=TTTargets.tree(dict.fromkeys(names)),
                policy_date=values.MONTH,
                evaluation_date=values.MONTH,
                unit_system=CITY_UNITS,
                backend="numpy",
                rounding=False,
                tt_function_set_annotations=checks,
                include_fail_nodes=checks,
                include_warn_nodes=checks,
                **data,
            )

    return run


def _given(everyone: Columns) -> Columns:
    """The columns under the library's names, widened where the rules multiply them."""
    given = dict(everyone) | {
        name: everyone[name].astype(np.int32) for name in ("disability", "meals", "bed_days")
    }
    return given | {
        "p_id": np.arange(len(everyone["birth"])),
        "hh_id": given.pop("household"),
        "birth_months": _months(given.pop("birth")),
        "bed_start_months": _months(given["bed_start"]),
    }


def warm() -> None:
    """Work for a few made-up people, since the library imports and compiles parts of itself at its first call."""
    for processed in (False, True):
        job(RESULTS, processed=processed)(people.people(1000), Meter())


if __name__ == "__main__":
    warm()
    meter.main({
        "month": job(RESULTS),
        "checked": job(RESULTS, checks=True),
        "tuned": job(RESULTS, processed=True),
        "alone": job(ALONE, processed=True),
    })  # fmt: skip
