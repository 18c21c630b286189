"""Made-up elders as columns: the facts that the city's rules read, from one seed. No person is meant.

Rows lie household by household, as a register kept by villages does; the order inside a household is another one.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]
PEOPLE = int(os.environ.get("SONGHE_BENCH_PEOPLE") or 1_630_000)
HOME = Path(__file__).resolve().parents[3] / ".cache" / "bench" / "rules"
SEED = 7
COUNTIES = 14
NEVER = -(2**31)  # the day of a bed that was never set up
FIRST_DAY = np.datetime64("1970-01-01", "D")


def saved(count: int = PEOPLE, *, seed: int = SEED) -> Path:
    """The file of this many people, made once for each state of this program."""
    mark = zlib.crc32(Path(__file__).read_bytes())
    path = HOME / f"people-{count}-{seed}-{mark:08x}.npz"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, **people(count, seed=seed))  # type: ignore[arg-type]  # columns, no options
        part.rename(path)
    return path


def load(path: Path) -> Columns:
    """Every column of a file."""
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def people(count: int, *, seed: int = SEED) -> Columns:
    """The columns. Days are counted from 1970-01-01, money is in fen."""
    rng = np.random.default_rng([seed, count])
    household, place, county = _households(rng, count)
    has_bed = _chance(rng, count, 0.03)
    ability = _pick(rng, count, {0: 0.80, 1: 0.08, 2: 0.05, 3: 0.04, 4: 0.03})
    return {
        "birth": _day(1966, 12) - np.minimum(rng.exponential(10.5, count) * 365.25, 16_000).astype(np.int32),
        "county": county,
        "local": _chance(rng, count, 0.93),
        "income_class": _pick(rng, count, {0: 0.90, 1: 0.04, 2: 0.045, 3: 0.015}),
        "disability": np.where(has_bed, _pick(rng, count, {1: 0.1, 2: 0.3, 3: 0.35, 4: 0.25}), ability),
        "certificate": _pick(rng, count, {0: 0.92, 1: 0.02, 2: 0.025, 3: 0.02, 4: 0.015}),
        "in_institution": _chance(rng, count, 0.03),
        "special_family": _chance(rng, count, 0.01),
        "veteran": _chance(rng, count, 0.02),
        "ltci_fen": _some(rng, count, 0.03, (8000, 15000, 16000, 32000, 52000, 60000)),
        "network_member": _chance(rng, count, 0.25),
        "meals": np.where(_chance(rng, count, 0.2), rng.integers(1, 76, count), 0).astype(np.int16),
        "premium_due": _days(rng, count, 2026, 2026),
        "premium_fen": np.where(_chance(rng, count, 0.6), rng.integers(3000, 15000, count), 0).astype(
            np.int32
        ),
        "has_bed": has_bed,
        "bed_start": np.where(has_bed, _days(rng, count, 2021, 2026), NEVER).astype(np.int32),
        "bed_days": np.where(has_bed, np.minimum(rng.integers(0, 91, count), 30), 0).astype(np.int8),
        "retrofit_cost_fen": np.where(
            _chance(rng, count, 0.02), rng.integers(20_000, 2_000_000, count), 0
        ).astype(np.int32),
        "retrofit_before": _chance(rng, count, 0.05),
        "household": household,
        "place": place,
    }


def _households(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who lives together (one to three elders), each one's place in the household, and the county."""
    sizes = rng.choice(np.array([1, 2, 3]), count, p=[0.48, 0.48, 0.04])
    household = np.repeat(np.arange(count, dtype=np.int32), sizes)[:count]
    order = np.lexsort((rng.random(count), household))
    first = np.searchsorted(household, np.arange(household[-1] + 1))
    place = np.empty(count, np.int8)
    place[order] = np.arange(count) - first[household[order]]
    share = rng.dirichlet(np.full(COUNTIES, 8.0))
    county = np.sort(rng.choice(COUNTIES, household[-1] + 1, p=share).astype(np.int8))
    return household, place, county[household]


def _chance(rng: np.random.Generator, count: int, part: float) -> np.ndarray:
    return rng.random(count) < part


def _pick(rng: np.random.Generator, count: int, parts: dict[int, float]) -> np.ndarray:
    return rng.choice(np.array([*parts], np.int8), count, p=[*parts.values()])


def _some(rng: np.random.Generator, count: int, part: float, amounts: tuple[int, ...]) -> np.ndarray:
    return np.where(_chance(rng, count, part), rng.choice(amounts, count), 0).astype(np.int32)


def _day(year: int, month: int) -> int:
    return int((np.datetime64(f"{year}-{month:02}-01") - FIRST_DAY).astype(int))


def _days(rng: np.random.Generator, count: int, first: int, last: int) -> np.ndarray:
    return rng.integers(_day(first, 1), _day(last + 1, 1), count, dtype=np.int32)
