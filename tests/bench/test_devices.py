"""How many signals a core keeps durably in batches of several sizes, with the disk's own figure beside.

In a database of its own, by one process; each batch is one transaction that is committed. CPU is that of this process and of
the database's for it, so that the figure for a core does not hang on the disk.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from tests import make
from tests.areas.devices import made
from tests.bench import figures

from songhe.areas.devices import api
from songhe.areas.devices.models import Device
from songhe.engines.access.api import Scope, entered
from songhe.site.postgres import Temporary

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DEVICES, MANY = 1_000, 4_000
COMMAND = 'make bench ARGS="-k devices"'
Batch = list[api.Signal]


def test_signals_of_devices(apart: str, cluster: Temporary) -> None:
    with entered(Scope.EVERYTHING):
        people = [make.person() for _ in range(DEVICES // 10)]
        rows = [made.device(of=people[n % len(people)]) for n in range(DEVICES)]
        for person in people[::2]:
            made.agreement(person)
            made.fence(person)
    kinds: dict[str, Callable[[Device, int], api.Signal]] = {
        "heartbeats": lambda row, n: made.signal(row, "heartbeat", AT + timedelta(seconds=n), battery=80),
        "positions, half agreed, with a fence": lambda row, n: made.signal(row, "position", AT + timedelta(minutes=6 * n), longitude=122.42, latitude=37.16, accuracy=10.0),
        "calls for help": lambda row, n: made.signal(row, "sos", AT + timedelta(seconds=n), extra={"rssi": -80}),
    }  # fmt: skip
    table = []
    before = fdatasync()
    for name, make_one in kinds.items():
        for size in (1, 20, 200):
            many = MANY // 10 if size == 1 else MANY
            signals = [make_one(rows[n % DEVICES], n // DEVICES) for n in range(many)]
            batches = [signals[start : start + size] for start in range(0, many, size)]
            table.append((name, size, *measured(batches)))
    text = figures.table(["signals", "in a batch", "a second", "a second of one core", "ms a batch (p95)"], table)  # fmt: skip
    figures.report("Signals of devices", f"{text}\n\nfdatasync: {before} a second before, {fdatasync()} after.", command=COMMAND)  # fmt: skip


def measured(batches: list[Batch]) -> tuple[int, int, float]:
    """Signals a second, signals a second of CPU (this process and its server process), and the 95th percentile of a batch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    took, began, cpu = [], time.perf_counter(), time.process_time() + of_process(pid)
    for batch in batches:
        start = time.perf_counter()
        with transaction.atomic(), entered(Scope.EVERYTHING):
            api.receive(batch, at=AT)
        took.append((time.perf_counter() - start) * 1000)
    wall, spent = time.perf_counter() - began, time.process_time() + of_process(pid) - cpu
    many = sum(map(len, batches))
    return round(many / wall), round(many / spent), round(figures.share(took, 0.95), 1)


def of_process(pid: int) -> float:
    """CPU seconds of another process."""
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123  a file of the kernel
        parts = stat.read().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def fdatasync() -> int:
    """How often a second the disk takes a small write to heart."""
    script = (
        "import os,time,tempfile\n"
        "f=tempfile.TemporaryFile(dir='.');n=0;t=time.perf_counter()\n"
        "while time.perf_counter()-t<1:\n f.seek(0);f.write(b'x'*8192);f.flush();os.fdatasync(f.fileno());n+=1\n"
        "print(n)"
    )
    return int(subprocess.run(["python3", "-c", script], capture_output=True, text=True, check=True).stdout)  # noqa: S607
