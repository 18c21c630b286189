"""Runs of the bench that were made already, so that the whole table, hours long, can be made in parts.

A run is known by the solver's sources, instance, seed, seconds and clock. `SONGHE_BENCH_CLOCK=processor` counts each chain's own
processor seconds in place of the wall's, for a machine that does other things too. Remove `.cache/bench/roster` to begin anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench.home import ROOT

CLOCK = os.environ.get("SONGHE_BENCH_CLOCK") or "wall"
CLOCKS: dict[str, Callable[[], float]] = {"wall": time.monotonic, "processor": time.thread_time}
FOLDER = ROOT / ".cache" / "bench" / "roster"


def clock() -> Callable[[], float]:
    """What the seconds are counted by."""
    return CLOCKS[CLOCK]


@cache
def sources() -> str:
    """What tells one state of the solver from another."""
    files = sorted((ROOT / "src" / "songhe" / "core" / "roster").rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def run(key: str, make: Callable[[], Any]) -> Any:
    """What was found by this solver under this key and clock, or is found now; something that JSON can hold."""
    file = _file()
    if key not in _read(file):
        found = make()
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(_read(file) | {key: found}, indent=0))
        part.replace(file)
    return _read(file)[key]


def _file() -> Path:
    return FOLDER / f"{sources()}-{CLOCK}.json"


def _read(file: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(file.read_text()) if file.exists() else {}
    return found
