"""The days' reference costs: the best of long runs, kept in `reference.json` with how they were found.

`python -m tests.bench.roster.reference county 300` looks again for so many seconds, and keeps what is better.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.bench.roster import days

from songhe.core.roster import Problem, Stop, solve

FILE = Path(__file__).with_name("reference.json")
SEED = 1


def problem(kind: str) -> Problem:
    """The measured day of a kind."""
    return days.county(SEED) if kind == "county" else days.city(SEED)


def stored() -> dict[str, Any]:
    """What is kept."""
    found: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def main() -> None:
    """Look for a better plan and keep its cost."""
    kind, seconds = sys.argv[1], float(sys.argv[2])
    kept = stored()
    for seed in (11, 12):
        found = solve(problem(kind), stop=Stop(seconds=seconds), seed=seed)
        print(kind, seed, found.cost, found.terms)
        if found.cost < kept.get(kind, {}).get("cost", found.cost + 1):
            kept = stored()
            command = f"python -m tests.bench.roster.reference {kind} {seconds:g}"
            kept[kind] = {"cost": found.cost, "day": SEED, "seed": seed, "command": command}
            FILE.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
