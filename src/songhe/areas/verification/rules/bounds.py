"""Signs, their weights and the bounds of looking, from the data file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, rows, text, whole

OUTCOMES = ("clear", "uphold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From where on something is a sign; units are in the names, ``data/nation/verification.yaml`` says more."""

    kmh: int
    overlap_minutes: int
    frozen_visits: int
    spot_metres: int
    homes_metres: int
    spot_visits: int
    device_workers: int
    device_days: int
    longer_percent: int
    longer_minutes: int
    long_percent: int
    long_minutes: int
    day_minutes: int
    vain_visits: int
    vain_percent: int
    picture_bits: int
    picture_days: int
    days: int
    pass_below: int
    suspicious: int
    supervisor_below: int
    answer_days: int
    decide_days: int


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that speaks against a visit: its weight from 0 to 100, its name, and a sentence for its evidence."""

    code: str
    weight: int
    label: Label
    words: Label


@dataclass(frozen=True, slots=True)
class Why:
    """A reason by which a check ends."""

    code: str
    outcome: str
    label: Label


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything that officials may change about verifying."""

    bounds: Bounds
    signs: Mapping[str, Sign]
    reasons: Mapping[str, Why]
    assumed: bool
    source: str

    def risk(self, signs: Iterable[str]) -> int:
        """The risk from 0 to 100 of the signs of one visit, each counted once; an unknown sign counts as suspicious."""
        left = 100_000_000
        for code in sorted(set(signs)):
            known = self.signs.get(code)
            left = left * (100 - (known.weight if known else self.bounds.suspicious)) // 100
        return 100 - -(-left // 1_000_000)


def build_guide(data: Data) -> Guide:
    """The guide from its file; DataError names what is wrong."""
    signs = {found.code: found for found in map(_sign, rows(data, "signs", "verification"))}
    reasons = {found.code: found for found in map(_why, rows(data, "reasons", "verification"))}
    return Guide(
        Bounds(**_numbers(data.get("bounds") or {})),
        signs,
        reasons,
        bool(data.get("assumed", True)),
        str(data.get("source", "")),
    )


def _numbers(found: Mapping[str, Any]) -> dict[str, int]:
    return {one.name: whole(found, one.name, "verification bounds") for one in fields(Bounds)}


def _sign(row: Data) -> Sign:
    code = text(row, "code", "sign")
    weight = whole(row, "weight", f"sign {code}")
    if not 0 <= weight <= 100:
        raise DataError(f"sign {code}: weight must lie between 0 and 100.")
    words = row.get("words")
    if not isinstance(words, Mapping):
        raise DataError(f"sign {code}: words are missing.")
    return Sign(code, weight, label(row, f"sign {code}"), label(words, f"sign {code}, words"))


def _why(row: Data) -> Why:
    code = text(row, "code", "reason")
    outcome = text(row, "outcome", f"reason {code}")
    if outcome not in OUTCOMES:
        raise DataError(f"reason {code}: outcome must be one of {', '.join(OUTCOMES)}.")
    return Why(code, outcome, label(row, f"reason {code}"))
