"""How the city works out and pays money, as its ``payments.yaml`` says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from songhe.core.sources import Data, DataError, read, whole


@dataclass(frozen=True, slots=True)
class RunTerms:
    """How far back a run looks. ``assumed``: the bureau has to confirm it."""

    months_back: int
    first_month: date | None
    assumed: bool


def run_terms() -> RunTerms:
    """The terms of the city's runs."""
    return _runs(_data(settings.DATA / "cities" / settings.CITY / "payments.yaml"), "payments.yaml, runs")


@lru_cache(maxsize=8)
def _data(path: Path) -> Data:
    return read(path.read_text(encoding="utf-8"), name=path.name).data if path.is_file() else {}


def _runs(data: Data, where: str) -> RunTerms:
    row = {"months_back": 12, "first_month": None, **(data.get("runs") or {})}
    back, first = whole(row, "months_back", where), row["first_month"]
    if not 0 <= back <= 60:
        raise DataError(f"{where}: months_back must be a whole number from 0 to 60.")
    if first is not None and (not isinstance(first, date) or first.day != 1):
        raise DataError(f"{where}: first_month must be the first day of a month.")
    return RunTerms(back, first, bool(row.get("assumed", False)))
