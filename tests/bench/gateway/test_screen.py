"""On the operator's screen: how long after the press of a device an open board is told, and a fault that this must notice."""

from __future__ import annotations

import asyncio
import os

from tests.bench.figures import report, table
from tests.bench.gateway import screens
from tests.bench.gateway.crowd import Crowd

from songhe.edges.gateway.process import open_files
from songhe.site.proof.disk import sync_micros
from songhe.site.proof.installation import installation

DEVICES = int(os.environ.get("SONGHE_BENCH_DEVICES") or 40_000)
SEATS = int(os.environ.get("SONGHE_BENCH_SEATS") or 300)
SECONDS = float(os.environ.get("SONGHE_BENCH_SECONDS") or 30)
SPARE = 1_000
"""Files that are no devices; where the system lets a process open fewer than are wanted, fewer devices are connected."""
RATE, BEATS = 20.0, 133.0
HEADS = ("load", "calls", "told", "frames", "receipt p50 (ms)", "p99 (ms)", "on screen p50 (ms)", "p99 (ms)", "most (ms)", "fdatasync (µs)")  # fmt: skip


def test_on_the_screens_of_all_seats() -> None:
    there = min(DEVICES, open_files(DEVICES + SPARE) - SPARE)
    many = int(RATE * SECONDS)
    with installation(devices=there) as here:
        here.gateway()
        here.web()
        here.await_ready()
        seats, disk = screens.sessions(here, SEATS), sync_micros()
        callers, others, rest = here.devices[:many], here.devices[many : 2 * many], here.devices[2 * many :]
        with Crowd("beats", here.port, {"devices": rest, "rate": BEATS}, here.environment()) as city:
            seen = asyncio.run(screens.watched(here, seats, callers, rate=RATE, seconds=SECONDS, beats=0))
        screens.deafened(here)
        deaf = asyncio.run(screens.watched(here, seats[:30], others, rate=RATE, seconds=3, beats=0))
    rows: list[list[str | int | float]] = []
    for name, one in ((f"{there:,} devices connected, {SEATS} seats, 133 beats and 20 calls a second", seen), ("30 seats, the database's notice off (control)", deaf)):  # fmt: skip
        rows.append([
            name, one.calls, one.told, one.frames, one.receipts.wait(0.5), one.receipts.wait(0.99), one.wait(0.5), one.wait(0.99),
            one.wait(1.0), disk,
        ])  # fmt: skip
    report(
        "screens", table(HEADS, rows), command="make bench ARGS=tests/bench/gateway/test_screen.py", people=0
    )
    assert city.told["there"] == len(rest)
    assert seen.told == seen.calls
    assert seen.frames == seen.calls * SEATS
    assert deaf.told < deaf.calls, "the fault was not noticed"
