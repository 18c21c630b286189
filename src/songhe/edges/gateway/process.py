"""What the gateway's process asks of the system."""

from __future__ import annotations

import os
import resource
from contextlib import suppress

PRIORITY = -5


def open_files(wanted: int = 0) -> int:
    """Allow as many open connections as the system lets us, and where we may as many as are ``wanted``; how many."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= hard < wanted:
        with suppress(ValueError, PermissionError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def go_first() -> None:
    """Be given the processor before pages that are drawn on the same machine, where the system lets us."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, min(PRIORITY, os.getpriority(os.PRIO_PROCESS, 0)))
