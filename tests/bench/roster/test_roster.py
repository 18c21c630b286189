"""The scheduler beside what is published, on the instances of Mankowska et al., and on made-up days of a county and a city.

`SONGHE_BENCH_FULL=1` takes all 70 instances and three seeds, `SONGHE_BENCH_SECONDS=10,60` the times, `SONGHE_BENCH_SEEDS=1` one
seed of them, `SONGHE_BENCH_FAMILIES=FG` some families. The whole takes hours: runs are kept in `.cache/bench/roster`, so it can be made in parts.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby

import pytest
from tests.bench import figures
from tests.bench.roster import kept, mankowska, measure, peer, reference

COMMAND = 'make bench ARGS="tests/bench/roster"'
COUNTY, CITY = 3.0, 60.0
BY_COUNTY = 30.0


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    measure.ready()


@pytest.mark.skipif(
    not mankowska.FOLDER.exists(), reason="the instances are not at hand: SONGHE_BENCH_HHCRSP"
)
@pytest.mark.parametrize("seconds", measure.SECONDS)
def test_instances(seconds: float) -> None:
    found = [measure.instance(name, seconds) for name in measure.names()]
    rows = [_row(family, list(some)) for family, some in groupby(found, key=lambda one: one.name[0])]
    rows.append(_row("all", found))
    heads = ["family", "instances", "mean gap %", "worst gap %", "below the best known", "BRKGA's mean gap %"]
    table = figures.table(heads, rows)
    each = figures.table(
        ["instance", "best known", "mean", "worst", "best", "checksum of the best"],
        [_each(one) for one in found],
    )
    figures.report(f"roster, {measure.title(seconds)}", f"{table}\n\n{each}", command=_command(seconds))


@pytest.mark.skipif(
    not mankowska.FOLDER.exists(), reason="the instances are not at hand: SONGHE_BENCH_HHCRSP"
)
@pytest.mark.parametrize("seconds", measure.SECONDS)
def test_peer(seconds: float) -> None:
    python = peer.interpreter()
    if python is None:
        pytest.skip("OR-Tools' environment cannot be made")
    rows: list[list[figures.Cell]] = []
    for name in measure.names():
        ours = _mean(measure.instance(name, seconds).costs)
        theirs = kept.run(f"{name} OR-Tools {seconds:g}", partial(peer.cost, name, seconds, python))
        lower = "—" if theirs is None else f"{100 * (1 - ours / theirs):.1f}"
        rows.append([name, f"{ours:.2f}", "none" if theirs is None else f"{theirs:.2f}", lower])
    heads = ["instance", "Songhe, mean", "OR-Tools, warm-started", "lower by %"]
    figures.report(
        f"roster beside OR-Tools, {measure.title(seconds)}",
        figures.table(heads, rows),
        command=_command(seconds),
    )


def test_days() -> None:
    county, city = reference.problem("county"), reference.problem("city")
    measured = {
        f"county, {COUNTY:g} s": measure.day(county, "county", COUNTY),
        f"city in one piece, {CITY:g} s": measure.day(city, "city", CITY),
        f"city by county, {BY_COUNTY:g} s in all": [measure.by_county(BY_COUNTY)],
    }
    rows: list[list[figures.Cell]] = [[name, _mean(gaps), max(gaps)] for name, gaps in measured.items()]
    table = figures.table(["day", "mean above the long run %", "worst %"], rows)
    taken = {"county": measure.urgent(county, COUNTY), "city": measure.urgent(city, CITY / 3)}
    told: list[list[figures.Cell]] = [
        [name, figures.share(ms, 0.5), figures.share(ms, 0.95), max(ms)] for name, ms in taken.items()
    ]
    urgent = figures.table(["urgent order (ms)", "p50", "p95", "max"], told)
    figures.report("roster, days", f"{table}\n\n{urgent}", command=COMMAND)


def _row(name: str, found: list[measure.Found]) -> list[figures.Cell]:
    mean, worst, brkga = measure.family(found)
    below = sum(_mean(one.gaps) < -1e-3 for one in found)
    return [name, len(found), f"{mean:.2f}", f"{worst:.2f}", below, f"{brkga:.2f}"]


def _each(one: measure.Found) -> list[figures.Cell]:
    costs = (one.known.best, _mean(one.costs), max(one.costs), min(one.costs))
    return [one.name, *(f"{cost:.3f}" for cost in costs), one.checksum]


def _mean(values: list[float] | tuple[float, ...]) -> float:
    return sum(values) / len(values)


def _command(seconds: float) -> str:
    full = "SONGHE_BENCH_FULL=1 " if measure.FULL else ""
    clock = f"SONGHE_BENCH_CLOCK={kept.CLOCK} " if kept.CLOCK != "wall" else ""
    seeds = ",".join(map(str, measure.SEEDS))
    some = f"SONGHE_BENCH_FAMILIES={measure.FAMILIES} " if measure.FAMILIES != "ABCDEFG" else ""
    return f"{full}{some}{clock}SONGHE_BENCH_SEEDS={seeds} SONGHE_BENCH_SECONDS={seconds:g} {COMMAND}"
