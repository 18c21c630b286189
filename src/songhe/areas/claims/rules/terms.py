"""What officials may change about claims, from the data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, part, rows, text, whole

WHOLE = 10_000
QUEUE, FIT, BLOCK = "queue", "fit", "block"
SHORTFALLS = (QUEUE, FIT, BLOCK)
CODES = ("rating", "punctual", "missed", "complaints", "upheld", "sample", "refused")
"""The figures that the program can tell of an organisation's month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTerms:
    """How many visits are looked at, and with which confidence the result is told; basis points."""

    confidence_bp: int
    tolerated_bp: int
    risk_percent: int
    interval_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copay:
    """What the person pays of a visit, in percent; a contract goes before a service, and a service before all others."""

    percent: int
    items: Mapping[str, int]
    contracts: Mapping[str, int]

    def of(self, item: str, contract: str) -> int:
        """The percent for a service under a contract (its number, empty where there is none)."""
        return self.contracts.get(contract, self.items.get(item, self.percent))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: all its points at ``full``, none at ``zero``; not counted with a denominator below ``least``."""

    code: str
    weight: int
    full: int
    zero: int
    least: int
    label: Label

    def earns(self, figure: int) -> int:
        """Basis points of the weight that a figure earns."""
        way, gone = self.full - self.zero, figure - self.zero
        if way < 0:
            way, gone = -way, -gone
        return max(0, min(WHOLE, WHOLE * gone // way))


@dataclass(frozen=True, slots=True)
class Band:
    """From this score on, this share of what is claimed is deducted; both in basis points."""

    from_bp: int
    deduct_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything about claims that is data."""

    late_months: int
    county_prepares: bool
    shortfall: str
    dispute_days: int
    decide_days: int
    sample: SampleTerms
    copay: Copay
    parts: tuple[Part, ...]
    bands: tuple[Band, ...]
    assumed: bool
    source: str


def build_terms(data: Data) -> Terms:
    """The terms from their file; DataError names what is wrong."""
    claim, sample, scored = (part(data, key, "claims") for key in ("claim", "sample", "score"))
    shortfall = text(claim, "shortfall", "claim")
    if shortfall not in SHORTFALLS:
        raise DataError(f"claim: shortfall must be one of {', '.join(SHORTFALLS)}.")
    prepares = claim.get("county_prepares", True)
    if not isinstance(prepares, bool):
        raise DataError("claim: county_prepares must be true or false.")
    return Terms(
        late_months=whole(claim, "late_months", "claim"),
        county_prepares=prepares,
        shortfall=shortfall,
        dispute_days=whole(claim, "dispute_days", "claim"),
        decide_days=whole(claim, "decide_days", "claim"),
        sample=_sample(sample),
        copay=_copay(part(data, "copay", "claims")),
        parts=_parts(scored),
        bands=_bands(scored),
        assumed=bool(data.get("assumed", True)),
        source=str(data.get("source", "")),
    )


def _sample(data: Data) -> SampleTerms:
    numbers = {
        name: whole(data, name, "sample")
        for name in ("confidence_bp", "tolerated_bp", "risk_percent", "interval_bp")
    }
    if not all(0 < numbers[name] < WHOLE for name in ("confidence_bp", "interval_bp")):
        raise DataError("sample: a confidence lies between 0 and 10000 basis points.")
    if numbers["tolerated_bp"] >= WHOLE or numbers["risk_percent"] > 100:
        raise DataError("sample: a share is less than a whole.")
    return SampleTerms(**numbers)


def _copay(data: Data) -> Copay:
    percent = whole(data, "percent", "copay")
    lists: dict[str, dict[str, int]] = {}
    for key in ("items", "contracts"):
        found = part(data, key, "copay")
        lists[key] = {str(name): whole(found, name, f"copay, {key}") for name in found}
    if any(one > 100 for one in (percent, *lists["items"].values(), *lists["contracts"].values())):
        raise DataError("copay: nobody pays more than 100 percent.")
    return Copay(percent=percent, items=lists["items"], contracts=lists["contracts"])


def _parts(data: Data) -> tuple[Part, ...]:
    found = tuple(_part(row) for row in rows(data, "parts", "score"))
    if len({one.code for one in found}) < len(found):
        raise DataError("score: a part is named twice.")
    return found


def _part(row: Data) -> Part:
    code = text(row, "code", "part of the score")
    if code not in CODES:
        raise DataError(f"part {code}: the program knows {', '.join(CODES)}.")
    weight, full, zero, least = (
        whole(row, key, f"part {code}") for key in ("weight", "full", "zero", "least")
    )
    if not weight or full == zero:
        raise DataError(f"part {code}: it needs a weight, and full and zero that differ.")
    return Part(code, weight, full, zero, max(least, 1), label(row, f"part {code}"))


def _bands(data: Data) -> tuple[Band, ...]:
    found = [
        Band(whole(row, "from", "band"), whole(row, "deduct", "band")) for row in rows(data, "bands", "score")
    ]
    found.sort(key=lambda band: -band.from_bp)
    if found[-1].from_bp or any(band.deduct_bp > WHOLE or band.from_bp > WHOLE for band in found):
        raise DataError("score: bands begin at 0, and nothing is more than 10000 basis points.")
    if any(low.deduct_bp < high.deduct_bp for high, low in pairwise(found)):
        raise DataError("score: a lower band never deducts less.")
    return tuple(found)
