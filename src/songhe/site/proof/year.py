"""A year of alarms on a throw-away installation: none may be forgotten, whoever vanishes and whatever dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from songhe.site.proof.installation import installation

if TYPE_CHECKING:
    from songhe.areas.alarms.api import Report

FAULT = "no-lease"
_QUICK = {"fsync": "off", "synchronous_commit": "off", "autovacuum_naptime": "10s"}
"""The clock is made up and the database is thrown away: what is tried here are timers and not the disk."""


@dataclass(frozen=True, slots=True)
class Year:
    """How much is played."""

    alarms: int = 2_000
    desks: int = 100
    seed: int = 1
    fault: str = ""


def prove_year(plan: Year) -> int:
    """Play it in a process of its own, which prints its course and a table; 0 when nothing was forgotten."""
    with installation(devices=0, settings=_QUICK) as here:
        done = subprocess.run(
            [sys.executable, "-m", "songhe.site.proof.year", json.dumps(asdict(plan))],
            env=here.environment(), check=False, cwd="/",
        )  # fmt: skip
    return done.returncode


def main() -> int:
    """Play the year that the first argument describes, on the installation of the environment."""
    from songhe.site.installation import set_up

    set_up()
    from datetime import UTC, datetime

    from songhe.areas.alarms.api import simulate_year
    from songhe.engines.access.api import Scope, entered
    from songhe.engines.regions.models import Level, Region

    plan = Year(**json.loads(sys.argv[1]))
    with entered(Scope.EVERYTHING):
        village = (
            Region.objects.filter(level=Level.VILLAGE).order_by("code").values_list("code", flat=True)[0]
        )
    began, told = time.monotonic(), time.monotonic()

    def say(so_far: Report) -> None:
        nonlocal told
        if time.monotonic() - told > 30:
            told = time.monotonic()
            print(
                f"{so_far.signals:,} calls, {so_far.rounds:,} rounds, {so_far.crashes:,} deaths", flush=True
            )

    found = simulate_year(
        plan.alarms, seed=plan.seed, start=datetime(2026, 1, 1, tzinfo=UTC), region=village, desks=plan.desks,
        lose_silent=plan.fault != FAULT, say=say,
    )  # fmt: skip
    for name, value in table(found, plan, time.monotonic() - began):
        print(f"  {name:<34} {value}")
    kept = not found.forgotten and found.alarms > 0
    print("Kept." if kept else f"BROKEN: {', '.join(found.forgotten[:5])} …")
    return 0 if kept else 1


def table(found: Report, plan: Year, seconds: float) -> list[tuple[str, str]]:
    """What is told at the end."""
    ended = ", ".join(f"{name} {number:,}" for name, number in sorted(found.outcomes.items()))
    each, own = (1000 * one / max(1, found.signals) for one in (seconds, time.process_time()))
    return [
        ("calls, alarms", f"{found.signals:,}, {found.alarms:,}"),
        ("desks side by side", f"{plan.desks:,}, together {365 * plan.alarms / 100_000:,.1f} days"),
        ("how they ended", ended),
        ("rounds of the clock", f"{found.rounds:,}"),
        ("deaths of the worker", f"{found.crashes:,}"),
        ("taken from silent agents", f"{found.lost_to_others:,}"),
        ("carried up a level", f"{found.levels:,}"),
        ("late, p99 and most", f"{found.late_p99:.2f} s, {found.late_most:.2f} s (away up to 15 s)"),
        ("FORGOTTEN", f"{len(found.forgotten):,}"),
        ("seconds", f"{seconds:,.0f}; a call {each:.1f} ms, {own:.1f} ms of them Python's"),
        ("load average at the end", f"{os.getloadavg()[0]:.1f}"),
        ("seed, fault", f"{plan.seed}, {plan.fault or 'none'}"),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
