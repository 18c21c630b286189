"""The desk's day: 3,500 calls through the signed door at 20 times their speed, 50 seats that order for each of them.

``make bench ARGS="-k desks_day"``. `SONGHE_BENCH_DESK_HOURS` says which hours (default 9-10, the busiest; 0-24 takes 72 minutes),
`SONGHE_BENCH_DESK_SPEED` how quick, `SONGHE_BENCH_DESK_CALLS` how many calls the whole day has.
"""

from __future__ import annotations

import os
import threading
import time

from tests.bench import figures
from tests.bench.browsing import served
from tests.bench.desk.agents import STEPS, Agent
from tests.bench.desk.scene import CODE, prepare

from songhe.areas.lines.api import Session
from songhe.edges.telephony.playing import Line, play
from songhe.edges.telephony.simulating import day
from songhe.engines.access.api import Scope, entered
from songhe.site.postgres import Cluster
from songhe.site.proof.disk import sync_micros

SEATS = 50
SPEED = float(os.environ.get("SONGHE_BENCH_DESK_SPEED") or 20)
CALLS = int(os.environ.get("SONGHE_BENCH_DESK_CALLS") or 3500)
FIRST, LAST = (int(part) for part in (os.environ.get("SONGHE_BENCH_DESK_HOURS") or "9-10").split("-"))
COMMAND = 'make bench ARGS="-k desks_day"'
WAIT_SECONDS = 60
BEFORE = 1800
"""Seconds of the day before the first hour that are played and not counted: the servers have been up since the night."""
GOAL_MS = 200


def test_the_desks_day(city: Cluster) -> None:
    secret, names, numbers = prepare(SEATS)
    prefix = f"bench{int(time.time())}"
    whole = day(CALLS, [extension for _name, extension in names], numbers, seed=1, prefix=prefix)
    first = max(FIRST * 3600 - BEFORE, 0)
    steps = [(step.second, step.event) for step in whole if first <= step.second < LAST * 3600]
    refs = {event["session"] for _second, event in steps if "session" in event}
    disk = [sync_micros()]
    with served(city) as port:
        agents = [Agent(name, port) for name, _extension in names]
        threads: list[threading.Thread] = []
        for agent in agents:
            threads += agent.begin()
        for agent in agents:
            assert agent.ready.wait(WAIT_SECONDS), "a stream did not open"
        line = Line(f"http://127.0.0.1:{port}", CODE, secret)
        began = time.monotonic()
        counting = threading.Timer((FIRST * 3600 - first) / SPEED, _forget, (agents, line))
        counting.start()
        sent = play(line, steps, speed=SPEED)
        seconds = time.monotonic() - began
        for agent in agents:
            agent.end()
        for thread in threads[1::2]:
            thread.join(WAIT_SECONDS)
        for agent in agents:
            agent.hang_up()
            agent.visitor.line.close()
        line.close()
    disk.append(sync_micros())
    with entered(Scope.EVERYTHING):
        kept = Session.everywhere.filter(ref__startswith=prefix)
        counts = (
            kept.count(),
            kept.filter(call_id__isnull=False).count(),
            kept.filter(answered_at__isnull=False).count(),
        )
    figures.report("the desk's day", _drawn(agents, line, sent, seconds, counts, disk), command=COMMAND)
    faults = [fault for agent in agents for fault in agent.faults]
    assert faults == [] and line.faults == []
    assert line.verdicts == {"stored": sent}
    assert counts[0] == len(refs), "no call is lost"
    assert counts[1] > 0 and sum(agent.orders for agent in agents) > 0


def _forget(agents: list[Agent], line: Line) -> None:
    """Count from now on."""
    for agent in agents:
        agent.taken.clear()
        agent.pops.clear()
    line.seconds.clear()


def _drawn(
    agents: list[Agent],
    line: Line,
    sent: int,
    seconds: float,
    counts: tuple[int, int, int],
    disk: list[float],
) -> str:
    rows: list[list[figures.Cell]] = [
        _row("events into the door (a batch)", [one * 1000 for one in line.seconds]),
        _row("screen pop (event received → stream)", [one for agent in agents for one in agent.pops]),
    ]
    rows += [_row(step, [one for agent in agents for one in agent.taken[step]]) for step in STEPS]
    faults = sum(len(agent.faults) for agent in agents)
    said = (
        f"{CALLS:,} calls a day, hours {FIRST}–{LAST}, {SPEED:g}× speed, {len(agents)} seats: {sent:,} events and {counts[0]:,} calls in"
        f" {seconds:.0f} s, {counts[2]:,} answered, {counts[1]:,} opened at the desk, {sum(agent.orders for agent in agents):,} orders"
        f" ({sum(agent.refused for agent in agents):,} refused, since there was one already),"
        f" {faults} faults; the half hour before the first is among them, and its times are not counted. Goal: p95 of every screen ≤ {GOAL_MS} ms."
        f" fdatasync: {disk[0]:,.0f} µs before, {disk[1]:,.0f} µs after."
    )
    heads = ["step (ms)", "times", "p50", "p95", "max"]
    return f"{figures.table(heads, rows)}\n\n{said}"


def _row(name: str, values: list[float]) -> list[figures.Cell]:
    if not values:
        return [name, 0, "—", "—", "—"]
    return [name, len(values), figures.share(values, 0.5), figures.share(values, 0.95), max(values)]
