"""How fast this machine's disk makes a write durable: without that figure no other figure of writes says anything."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

_ROUNDS = 200
_PAGE = b"\0" * 8192


def sync_micros(folder: Path | None = None) -> float:
    """The median of microseconds that one page and its fdatasync take."""
    with tempfile.TemporaryFile(dir=folder) as file:
        waits = []
        for _round in range(_ROUNDS):
            since = time.perf_counter()
            os.pwrite(file.fileno(), _PAGE, 0)
            os.fdatasync(file.fileno())
            waits.append(time.perf_counter() - since)
    return median(waits) * 1e6
