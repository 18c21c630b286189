"""Let made-up devices speak: a day of bracelets and sensors, or one press.

`songhe devices simulate` lets devices of the register beat, walk and run down; `songhe devices press NUMBER` presses one. With
`--demo`, those of the demo city. Everything goes in by the door that real devices use.
"""

import argparse
import contextlib
import time
from datetime import timedelta
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.commands.demo import demo_home
from songhe.site.installation import opened

GROUP = "develop"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("simulate", "press"))
    parser.add_argument(
        "number", nargs="?", default="", help="the device to press; without one, any bracelet"
    )
    parser.add_argument(
        "--kind", default="sos", help="what it says when it is pressed (default: %(default)s)"
    )
    parser.add_argument("--demo", action="store_true", help="the devices of the demo city")
    parser.add_argument("--devices", type=int, default=200, help="how many speak (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=60, help="for how long (default: %(default)s)")
    parser.add_argument("--speed", type=int, default=60, help="how many of their seconds pass in one (default: %(default)s)")  # fmt: skip
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed, another day (default: %(default)s)"
    )


def run(options: Any) -> int:
    """Let them speak, and say how many signals there were and how many called for somebody."""
    with demo_home() if options.demo else contextlib.nullcontext(), opened():
        said, alarms = press(options) if options.what == "press" else simulate(options)
    print(f"{said} signals, {alarms} for which somebody has to come")
    return 0


def press(options: Any) -> tuple[int, int]:
    """One press of one device."""
    from django.utils import timezone

    from songhe.areas.devices.api import bring, simulated
    from songhe.engines.access.api import Scope, entered

    at = timezone.now()
    with entered(Scope.EVERYTHING):
        found = simulated(most=1, seed=at.microsecond, code=options.number)
        if not found:
            raise Refused("device_unknown", "No device that somebody has fits that number. Look at the list of devices.")  # fmt: skip
        return 1, len(bring([found[0].press(options.kind, at)], at=at))


def simulate(options: Any) -> tuple[int, int]:
    """Some seconds of the life of many devices, a batch each second."""
    from django.utils import timezone

    from songhe.areas.devices.api import bring, simulated, terms
    from songhe.engines.access.api import Scope, entered

    with entered(Scope.EVERYTHING):
        found = simulated(most=options.devices, seed=options.seed)
    said = alarms = 0
    for _ in range(options.seconds):
        began, at = time.monotonic(), timezone.now()
        batch = [one for device in found for one in device.said(timedelta(seconds=options.speed), at, terms())]  # fmt: skip
        with entered(Scope.EVERYTHING):
            alarms += len(bring(batch, at=at))
        said += len(batch)
        time.sleep(max(0.0, 1 - (time.monotonic() - began)))
    return said, alarms
