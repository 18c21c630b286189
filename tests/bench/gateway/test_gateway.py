"""The gateway's figures, with the disk's own beside them, and Mosquitto's with the same messages."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import psycopg
import pytest
from tests.bench.figures import report, table
from tests.bench.gateway import measure
from tests.bench.gateway.measure import Figures

from songhe.edges.gateway.process import open_files
from songhe.site.postgres.roles import SUPERUSER
from songhe.site.proof.disk import sync_micros
from songhe.site.proof.installation import Installation, installation

DEVICES = int(os.environ.get("SONGHE_BENCH_DEVICES") or 10_000)
COMMAND = "make bench ARGS=tests/bench/gateway"
ORDINARY = "the same with an ordinary day's mix"
HEADS = ("load", "acknowledged", "a second", "receipt p50 (ms)", "p99 (ms)", "fdatasync (µs)", "lost")


@pytest.fixture(scope="module")
def here() -> Iterator[Installation]:
    open_files()
    with installation(devices=DEVICES) as made:
        made.gateway()
        made.await_ready()
        yield made


def missing(here: Installation, figures: Figures, told: measure.Kind = measure.kind) -> int:
    """Receipts whose row is not there."""
    with psycopg.connect(here.cluster.url(SUPERUSER, here.cluster.database)) as connection:
        rows = connection.execute(
            "SELECT d.code, s.key FROM devices_signal s JOIN devices_device d ON d.id = s.device_id"
        )
        there = {(code, int(key)) for code, key in rows}
    kept = {
        (code, number)
        for code, number in figures.tally.acknowledged
        if told(number) in ("sos", "low_battery")
    }
    return len(kept - there)


def test_the_gateway(here: Installation) -> None:
    some, all_ = here.devices[:200], here.devices
    loads = {
        "200 devices, as fast as they have receipts": lambda: measure.saturate(some, here.port, 150),
        ORDINARY: lambda: measure.saturate(
            some, here.port, 250, window=32, start=100_000, told=measure.ordinary
        ),
        "200 messages a second": lambda: measure.paced(some, here.port, 200, 15, start=10_000),
        "1,000 messages a second": lambda: measure.paced(some, here.port, 1000, 15, start=20_000),
        f"{DEVICES:,} devices come back at once": lambda: measure.storm(all_, here.port),
        f"{DEVICES:,} devices: 133 beats and 20 calls for help a second": lambda: measure.paced(
            all_, here.port, 20, 30, start=600_000, beats=133
        ),
    }
    rows: list[list[str | int | float]] = []
    for name, load in loads.items():
        disk = sync_micros()
        figures = asyncio.run(load())
        lost = missing(here, figures, measure.ordinary if name == ORDINARY else measure.kind)
        waits = (figures.tally.wait(0.5), figures.tally.wait(0.99))
        rows.append([name, figures.acknowledged, figures.rate, *waits, disk, lost])
        assert lost == 0
    report("gateway", table(HEADS, rows), command=COMMAND, people=0)


@pytest.mark.skipif(
    measure.mosquitto() is None, reason="Mosquitto is not installed (apt-get install mosquitto)"
)
def test_beside_mosquitto(here: Installation) -> None:
    some, each = here.devices[200:250], 100
    rows: list[list[str | int | float]] = []
    disk = sync_micros()
    ours = asyncio.run(measure.saturate(some, here.port, each, start=700_000))
    here.parts["gateway"].kill()
    here.cluster.kill()
    here.cluster.ensure()
    lost = missing(here, ours)
    here.await_ready()
    rows.append(_peer("Songhe's gateway", ours, ours.acknowledged - lost, disk))
    for name, settings in measure.SETTINGS.items():
        disk = sync_micros()
        rows.append(_peer(name, *measure.killed(settings, some, each), disk))
    heads = ("after kill -9 of everything", "acknowledged", "still there", "a second", "receipt p99 (ms)", "fdatasync (µs)")  # fmt: skip
    report("gateway peers", table(heads, rows), command=COMMAND, people=0)
    assert lost == 0


def _peer(name: str, figures: Figures, there: int, disk: float) -> list[str | int | float]:
    return [name, figures.acknowledged, there, figures.rate, figures.tally.wait(0.99), disk]
