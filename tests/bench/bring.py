"""One import in a process of its own, so that its memory can be read: ``python -m tests.bench.bring FILE REGION``."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path


class Watch(threading.Thread):
    """Peak memory of this process and of every process it starts. The kernel's own figure for a child begins with its
    parent's, so the peaks are read while they run.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peaks: dict[str, int] = {}

    def run(self) -> None:
        """Look five times a second."""
        while True:
            self.look()
            time.sleep(0.2)

    def look(self) -> None:
        """Note every process's peak in kB."""
        children = [
            pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()
        ]
        for pid in ("self", *children):
            try:
                told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            except OSError:
                continue
            self.peaks[pid] = max(
                (int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM")), default=0
            )

    def megabytes(self) -> int:
        """All peaks together."""
        self.look()
        return sum(self.peaks.values()) // 1024


def processor() -> float:
    """Processor seconds so far of this process, those it started, and the database server with all that serve in it."""
    server = (Path(os.environ["SONGHE_HOME"]) / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for file in Path(f"/proc/{server}/task").glob("*/children"):
        ticks += sum(_ticks(pid, 11, 13) for pid in file.read_text().split())
    return sum(os.times()[:4]) + (ticks + _ticks(server, 11, 15)) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: str, low: int, high: int) -> int:
    """Some of the counts behind the name in a process's line: 11 and 12 are its own, 13 and 14 its ended children's."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:  # it has ended, and is among those of its parent
        return 0
    return sum(map(int, line.rsplit(")", 1)[1].split()[low:high]))


def main(file: Path, region: int) -> None:
    """Take in, check, write, make the file of bad rows, look for doubles (a job that follows each list and counts
    beside it); print seconds, counts and the peak of memory as JSON.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.site.settings")
    import django

    django.setup()
    from django.utils import timezone
    from django.utils.module_loading import autodiscover_modules

    from songhe.engines.access.api import SYSTEM, Scope, entered
    from songhe.engines.imports import api
    from songhe.site.commands.import_ import finish, follow
    from songhe.site.memory import settled

    autodiscover_modules("tasks")
    settled()
    watch = Watch()
    watch.start()
    marks = {"begin": time.perf_counter()}
    with entered(Scope.EVERYTHING), file.open("rb") as content:
        run = api.take_in(
            content,
            name=file.name,
            spec=api.spec_of("registry.people"),
            region_id=region,
            actor=SYSTEM,
            at=timezone.now(),
        )
    marks["taken in"] = time.perf_counter()
    before = processor()
    for name, start in (("checked", api.start_check), ("written", api.start_write)):
        with entered(Scope.EVERYTHING):
            start(run, actor=SYSTEM, at=timezone.now())
        ended = finish(run)
        marks[name] = time.perf_counter()
    worked = processor() - before
    with entered(Scope.EVERYTHING):
        report = api.bad_rows_xlsx(run)
    marks["reported"] = time.perf_counter()
    follow(ended)
    marks["looked through"] = time.perf_counter()
    told = {name: marks[name] - marks[last] for last, name in pairwise(marks)}
    peak = watch.megabytes()
    counts = {"rows": run.rows_total, "bad": run.rows_bad, "made": run.rows_made, "report": len(report)}
    print(json.dumps({"seconds": told, "processor": worked, "peak_megabytes": peak, **counts}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
