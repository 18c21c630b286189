"""Let made-up devices speak: a day of bracelets and sensors, or one press.

`songhe devices simulate` lets devices of the register beat, walk and run down; `songhe devices press NUMBER` presses one. With
`--demo`, those of the demo city: over MQTT while its gateway runs, as real ones do, else by the door behind the gateway.
"""

import argparse
import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.commands.demo import demo_home
from songhe.site.installation import opened

GROUP = "develop"
HandIn = Callable[[list[Any]], str]


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
    with demo_home() if options.demo else contextlib.nullcontext() as folder, opened():
        hand_in = over_mqtt(folder) if folder else directly
        said, told = press(options, hand_in) if options.what == "press" else simulate(options, hand_in)
    print(f"{said} signals, {told}")
    return 0


def press(options: Any, hand_in: HandIn) -> tuple[int, str]:
    """One press of one device."""
    from django.utils import timezone

    from songhe.areas.devices.api import simulated, terms
    from songhe.engines.access.api import Scope, entered

    if options.kind not in (known := terms().signals):
        raise Refused("signal_unknown", "There is no signal “{kind}”. Known signals: {known}.", kind=options.kind, known=", ".join(known))  # fmt: skip
    at = timezone.now()
    with entered(Scope.EVERYTHING):
        found = simulated(most=1, seed=at.microsecond, code=options.number)
    if not found:
        raise Refused("device_unknown", "No issued device matches that number. Look at the list of devices.")  # fmt: skip
    return 1, hand_in([found[0].press(options.kind, at)])


def simulate(options: Any, hand_in: HandIn) -> tuple[int, str]:
    """Some seconds of the life of many devices, a batch each second."""
    from django.utils import timezone

    from songhe.areas.devices.api import simulated, terms
    from songhe.engines.access.api import Scope, entered

    with entered(Scope.EVERYTHING):
        found = simulated(most=options.devices, seed=options.seed)
    said, told = 0, ""
    for _ in range(options.seconds):
        began, at = time.monotonic(), timezone.now()
        batch = [one for device in found for one in device.said(timedelta(seconds=options.speed), at, terms())]  # fmt: skip
        told = hand_in(batch) if batch else told
        said += len(batch)
        time.sleep(max(0.0, 1 - (time.monotonic() - began)))
    return said, told


def directly(batch: list[Any]) -> str:
    """By the door behind the gateway; how many of them call for somebody."""
    from django.utils import timezone

    from songhe.areas.devices.api import bring
    from songhe.engines.access.api import Scope, entered

    with entered(Scope.EVERYTHING):
        return f"{len(bring(batch, at=timezone.now()))} of the last for which somebody has to come"


def over_mqtt(folder: Path) -> HandIn:
    """Through the demo's gateway, with receipts, if it listens; else directly."""
    from songhe.areas.devices.api import Device
    from songhe.edges.gateway.caller import told
    from songhe.engines.access.api import Scope, entered
    from songhe.site.demo.devices import SECRET
    from songhe.site.proof.installation import listens

    note = folder / "gateway-port"
    port = int(note.read_text() or 0) if note.exists() else 0
    if not port or not listens(port):
        return directly

    def hand_in(batch: list[Any]) -> str:
        devices = {one.device_id for one in batch}
        with entered(Scope.EVERYTHING):
            codes = dict(Device.everywhere.filter(pk__in=devices).values_list("pk", "code"))
        calls = [(codes[one.device_id], one) for one in batch]
        return (
            f"{told(calls, host='127.0.0.1', port=port, secret_of=SECRET)} receipts for the last, over MQTT"
        )

    return hand_in
