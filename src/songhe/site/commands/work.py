"""Run jobs: alarm timers and messages first, chores beside them.

`songhe serve` starts one by itself; on a bigger installation run more of them, on this machine or others.
"""

import argparse
import signal
import threading
from typing import Any

from songhe.site.installation import opened

GROUP = "start"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--once", action="store_true", help="run what is due now, and end")


def run(options: Any) -> int:
    """Work until stopped."""
    with opened():
        from django.utils import timezone
        from django.utils.module_loading import autodiscover_modules

        from songhe.engines.jobs import runner

        autodiscover_modules("tasks")
        if options.once:
            print(f"{runner.run_due(timezone.now())} jobs run.")
            return 0
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        runner.work_for_ever(stop)
    return 0
