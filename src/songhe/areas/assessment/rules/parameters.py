"""Parameters of assessing out of plain data, each with its source and whether it is assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songhe.core.sources import Data, DataError, part, text

NAMES = (
    "objection_days",
    "age_window_days",
    "never_assessed_from",
    "expiring_days",
    "discharge_days",
    "attempts_most",
    "informant_signs",
    "drift_least",
)


@dataclass(frozen=True, slots=True)
class Said:
    """Where a parameter comes from."""

    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Parameters:
    """This installation's numbers."""

    objection_days: int
    ages: tuple[int, ...]
    age_window_days: int
    never_assessed_from: int
    expiring_days: int
    discharge_days: int
    attempts_most: int
    informant_signs: int
    drift_least: int
    said: Mapping[str, Said]


def build_parameters(*files: Data) -> Parameters:
    """The parameters of several files, later ones over earlier ones; DataError names what is missing or wrong."""
    merged: dict[str, Any] = {name: value for data in files for name, value in data.items()}
    strange = sorted(set(merged) - {*NAMES, "ages"})
    if strange:
        raise DataError(f"assessment: there is no parameter {', '.join(strange)}.")
    values: dict[str, Any] = {name: _whole(part(merged, name, "assessment"), name) for name in NAMES}
    said = {name: _said(part(merged, name, "assessment"), name) for name in (*NAMES, "ages")}
    return Parameters(ages=_ages(merged["ages"]), said=said, **values)


def _whole(data: Data, name: str) -> int:
    value = data.get("value")
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise DataError(f"assessment, {name}: value must be a whole number of 0 or more.")
    return value


def _ages(data: Data) -> tuple[int, ...]:
    value = data.get("value")
    if (
        not isinstance(value, list)
        or not value
        or not all(type(age) is int and 0 < age < 150 for age in value)
    ):
        raise DataError("assessment, ages: value must be a list of ages.")
    return tuple(sorted(set(value)))


def _said(data: Data, name: str) -> Said:
    return Said(text(data, "source", f"assessment, {name}"), bool(data.get("assumed", False)))
