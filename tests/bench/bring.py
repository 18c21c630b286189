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
    for name, start in (("checked", api.start_check), ("written", api.start_write)):
        with entered(Scope.EVERYTHING):
            start(run, actor=SYSTEM, at=timezone.now())
        ended = finish(run)
        marks[name] = time.perf_counter()
    with entered(Scope.EVERYTHING):
        report = api.bad_rows_xlsx(run)
    marks["reported"] = time.perf_counter()
    follow(ended)
    marks["looked through"] = time.perf_counter()
    told = {name: marks[name] - marks[before] for before, name in pairwise(marks)}
    peak = watch.megabytes()
    counts = {"rows": run.rows_total, "bad": run.rows_bad, "made": run.rows_made, "report": len(report)}
    print(json.dumps({"seconds": told, "peak_megabytes": peak, **counts}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
