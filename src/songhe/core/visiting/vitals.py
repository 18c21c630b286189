"""What is measured at a visit: read as whole numbers, refused where it cannot be, told where somebody has to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from songhe.core.decision import Reason
from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.sources import Data, DataError, label, rows, text, whole

CODES = ("systolic", "diastolic", "pulse", "temperature", "spo2", "glucose")
_POINTS = str.maketrans({"，": ".", ",": ".", "。": ".", "．": "."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing that is measured. Bounds are whole numbers of the last decimal: 36.5 °C is 365."""

    code: str
    label: Label
    unit: str
    decimals: int
    least: int
    most: int
    low: int
    high: int

    def shown(self, value: int) -> str:
        """A value as people write it, with its unit."""
        return f"{self.number(value)} {self.unit}"

    def number(self, value: int) -> str:
        """The same without the unit."""
        if not self.decimals:
            return str(value)
        whole_part, rest = divmod(value, 10**self.decimals)
        return f"{whole_part}.{rest:0{self.decimals}d}"


def build_measures(data: Data) -> Mapping[str, Measure]:
    """Measures from the data file; DataError names what is wrong and where."""
    out: dict[str, Measure] = {}
    for row in rows(data, "measures", "vitals"):
        code = text(row, "code", "measure")
        where = f"measure {code}"
        if code not in CODES or code in out:
            raise DataError(f"{where}: unknown or given twice.")
        bounds = {name: whole(row, name, where) for name in ("decimals", "least", "most", "low", "high")}
        made = Measure(code=code, label=label(row, where), unit=text(row, "unit", where), **bounds)
        if not 0 <= made.decimals <= 3 or not 0 < made.least <= made.low < made.high <= made.most:
            raise DataError(f"{where}: bounds must rise: least, low, high, most.")
        out[code] = made
    return out


def read_value(measure: Measure, said: str) -> int | None:
    """A typed value as a whole number of the last decimal; None where nothing was typed."""
    clean = said.strip().translate(_POINTS)
    if not clean:
        return None
    before, _point, after = clean.partition(".")
    good = before.isascii() and before.isdigit() and len(before) < 6
    if not good or (after and not (after.isascii() and after.isdigit())) or len(after) > measure.decimals:
        raise Refused(
            "not_a_value",
            "Enter a number with at most {decimals} decimals.",
            field=measure.code,
            decimals=measure.decimals,
        )
    value = int(before + after.ljust(measure.decimals, "0"))
    if not measure.least <= value <= measure.most:
        raise Refused(
            "cannot_be",
            "This cannot be: it lies between {least} and {most}. Measure again.",
            field=measure.code,
            least=measure.number(measure.least),
            most=measure.shown(measure.most),
        )
    return value


def check_together(values: Mapping[str, int]) -> None:
    """Refuse what cannot be together, and nothing at all."""
    if not values:
        raise Refused("nothing_measured", "Enter at least one value.", field=CODES[0])
    if {"systolic", "diastolic"} <= set(values) and values["diastolic"] >= values["systolic"]:
        raise Refused(
            "pressures",
            "The diastolic pressure must be below the systolic. Measure again.",
            field="diastolic",
        )


def outside(measures: Mapping[str, Measure], values: Mapping[str, int]) -> list[Reason]:
    """Why somebody has to look: each value beyond its bounds."""
    told = []
    for code, value in values.items():
        measure = measures.get(code)
        if measure is None or measure.low <= value <= measure.high:
            continue
        if value < measure.low:
            bound: dict[str, object] = {"value": measure.shown(value), "bound": measure.shown(measure.low)}
            told.append(Reason("{value} is below {bound}.", code, bound))
        else:
            bound = {"value": measure.shown(value), "bound": measure.shown(measure.high)}
            told.append(Reason("{value} is above {bound}.", code, bound))
    return told
