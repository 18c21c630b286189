"""When everybody wants the machine: calls for help beside ten times the lists and reports, and beside devices that never stop.

``make bench ARGS="-k overload"``. Ordinary are eight readers, a page a second each; ten times as many are as much as two cores can draw.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from tests.bench import asked, browsing, home
from tests.bench.figures import Cell, report, table
from tests.bench.gateway import screens
from tests.bench.gateway.crowd import Crowd

from songhe.edges.gateway.limits import Limits
from songhe.edges.gateway.process import open_files
from songhe.site.commands.serve import web
from songhe.site.postgres import Cluster
from songhe.site.proof.disk import sync_micros
from songhe.site.proof.installation import Installation, Part, Proving, free_port

SEATS = int(os.environ.get("SONGHE_BENCH_SEATS") or 300)
SECONDS = float(os.environ.get("SONGHE_BENCH_SECONDS") or 30)
RATE, BEATS, TIMES = 20.0, 133.0, 10
NOISY, WORKERS = 200, 2
REPORTS = ("/", "/people/?age=3&format=csv", "/people/?age=4&format=xlsx")
HEADS = ("load", "calls", "told", "receipt p50 (ms)", "p99 (ms)", "on screen p50 (ms)", "p99 (ms)", "most (ms)", "pages a second", "p95 (ms)", "taken of the noise", "fdatasync (µs)")  # fmt: skip
COMMAND = 'make bench ARGS="-k overload"'


@dataclass
class Round:
    """One load. ``fault``: what is planted in the gateway."""

    name: str
    readers: bool = False
    noise: bool = False
    fault: str = ""


ROUNDS = (
    Round("nothing else"),
    Round("ten times the lists and reports", readers=True),
    Round(f"{NOISY} devices that never stop", noise=True),
    Round("both", readers=True, noise=True),
    Round("both; no call is urgent and nobody held back (planted)", readers=True, noise=True, fault="all-alike"),
)  # fmt: skip


def test_overload(city: Cluster) -> None:
    open_files()
    pages = {name: _pages(name) for name in browsing.usernames()}
    crowd = {f"{name} {turn}": paths for turn in range(TIMES) for name, paths in pages.items()}
    connections.close_all()  # a database that is looked at is not copied
    rows: list[list[Cell]] = []
    told: list[tuple[Round, screens.Seen, dict[str, Any], dict[str, Any]]] = []
    with home.copied(city) as database:
        home.warm(city, database)
        here = Installation(home.HOME, Proving(home.HOME / "postgres"), 0, free_port(), database=database)
        with _served(here):
            seats = screens.sessions(here, SEATS)
            for one in ROUNDS:
                here.port = free_port()
                seen, read, noise = _tried(here, one, seats, crowd)
                rows.append([
                    one.name, seen.calls, seen.told, seen.receipts.wait(0.5), seen.receipts.wait(0.99), seen.wait(0.5), seen.wait(0.99),
                    seen.wait(1.0), read.get("a second", 0.0), read.get("p95", 0.0), noise.get("taken", 0), sync_micros(),
                ])  # fmt: skip
                told.append((one, seen, read, noise))
    report("overload", table(HEADS, rows), command=COMMAND)
    for one, seen, read, noise in told:
        assert not read.get("faults"), read["faults"]
        assert (seen.told < seen.calls) if one.fault else len(seen.receipts.acknowledged) == seen.calls, (
            one.name
        )
        if noise and not one.fault:
            assert noise["taken"] <= NOISY * (Limits().burst + Limits().rate * noise["seconds"])


def _pages(name: str) -> list[str]:
    """Half lists and searches, half files of persons and reports, as often as each other."""
    user = asked.user_named(name)
    found = {kind: paths for kind, paths in asked.pages(user).items() if not kind.startswith("(floor")}
    reports = REPORTS if user.may("registry.export") else REPORTS[:1]
    return [path for paths in found.values() for path in paths[:3]] + [*reports] * 4


def _tried(
    here: Installation, one: Round, seats: Sequence[str], crowd: dict[str, list[str]]
) -> tuple[screens.Seen, dict[str, Any], dict[str, Any]]:
    """One load, and what became of the calls beside it: what boards saw, what readers and noisy devices were given."""
    many = int(RATE * SECONDS)
    devices = _devices(here, 2 * many + NOISY)
    quiet, noisy = devices[NOISY:], devices[:NOISY]
    gateway = (
        here.gateway(one.fault)
        if one.fault
        else here.add("gateway", "-m", "songhe.site.cli", "gateway", "--port", str(here.port))
    )
    here.await_ready()
    outside = home.environment(here.cluster)
    with ExitStack() as held:
        noise = held.enter_context(Crowd("noise", here.port, noisy, outside)) if one.noise else None
        readers = held.enter_context(Crowd("readers", here.web_port, crowd, outside)) if one.readers else None
        seen = asyncio.run(screens.watched(here, [*seats], quiet, rate=RATE, seconds=SECONDS, beats=BEATS))
    gateway.kill()
    return seen, readers.told if readers else {}, noise.told if noise else {}


def _devices(here: Installation, number: int) -> list[tuple[str, str]]:
    """Bracelets that were not there before."""
    start = secrets.token_hex(3).upper()
    made = [(f"OV{start}{place:05}", secrets.token_urlsafe(12)) for place in range(number)]
    listed = "\n".join(" ".join(one) for one in made)
    command = [sys.executable, "-m", "tests.bench.gateway.seats", "devices"]
    subprocess.run(command, env=here.environment(), input=listed, text=True, check=True)
    return made


@contextmanager
def _served(here: Installation) -> Iterator[None]:
    """Pages as `songhe serve` runs them."""
    options = Namespace(host="127.0.0.1", port=here.web_port, workers=WORKERS)
    here.parts["web"] = Part("web", web(options), here.environment(), here.folder / "serve.log")
    try:
        yield
    finally:
        for part in here.parts.values():
            part.kill()
