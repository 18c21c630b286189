"""Telephone lines: simulate a desk's day, or replay a recorded call log, through the same signed door that an exchange uses.

songhe lines simulate --calls 3500 --speed 20
songhe lines replay calls.csv --exchange main --speed 0
"""

import argparse
import os
import time
from pathlib import Path
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.installation import opened

GROUP = "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "what", choices=("simulate", "replay"), help="make calls up, or read them from a file"
    )
    parser.add_argument("file", nargs="?", type=Path, help="replay: a CSV with a call a line")
    parser.add_argument(
        "--calls", type=int, default=3500, help="simulate: calls of the day (default: %(default)s)"
    )
    parser.add_argument(
        "--speed", type=float, default=1.0, help="times as quick as told; 0 at once (default: %(default)s)"
    )
    parser.add_argument(
        "--from-hour", type=int, default=0, help="simulate: the first hour (default: %(default)s)"
    )
    parser.add_argument(
        "--to-hour", type=int, default=24, help="simulate: the hour it ends (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="simulate: another seed, another day (default: %(default)s)"
    )
    parser.add_argument("--exchange", default="", help="code of the exchange (default: the only one)")
    parser.add_argument("--demo", action="store_true", help="use the demo's folder")
    parser.add_argument(
        "--to", default="http://127.0.0.1:8600", help="where Songhe answers (default: %(default)s)"
    )


def run(options: Any) -> int:
    """Send the events, and say what became of them."""
    from songhe.site.commands.demo import demo_home

    if options.demo:
        with demo_home():
            return _run(options)
    return _run(options)


def _run(options: Any) -> int:
    with opened():
        from songhe.edges.telephony.playing import Line, play
        from songhe.edges.telephony.wire import NoAnswer

        code, secret, agents, numbers = _exchange(options.exchange)
        steps = _recorded(options) if options.what == "replay" else _simulated(options, agents, numbers)
        if not steps:
            raise Refused("lines.empty", "There is nothing to send. Look at the file, or ask for more calls.")
        line = Line(options.to, code, secret)
        try:
            sent = play(line, steps, speed=options.speed)
        except NoAnswer as fault:
            raise Refused(
                "lines.no_answer",
                "Songhe does not take the events at {address}: {why}",
                address=options.to,
                why=fault,
            ) from fault
        finally:
            line.close()
    print(f"{sent} events sent: " + ", ".join(f"{n} {name}" for name, n in sorted(line.verdicts.items())))
    for said in line.faults:
        print(f"  {said}")
    return 1 if line.verdicts.get("unfit") or line.verdicts.get("clash") else 0


def _exchange(code: str) -> tuple[str, str, list[str], list[str]]:
    from songhe.areas.lines.api import Exchange, Seat
    from songhe.engines.access.api import Scope, entered

    with entered(Scope.EVERYTHING):
        rows = Exchange.everywhere.filter(enabled=True)
        found = list(rows.filter(code=code) if code else rows[:2])
        if len(found) != 1:
            raise Refused(
                "lines.exchange",
                "Name the exchange with --exchange. Known: {codes}",
                codes=", ".join(rows.values_list("code", flat=True)) or "-",
            )
        seats = Seat.everywhere.filter(exchange=found[0], enabled=True).order_by("extension")
        numbers = [f"139{number:08}" for number in range(10_000_019, 10_900_000, 4_001)]
        return found[0].code, found[0].secret, list(seats.values_list("extension", flat=True)), numbers


def _simulated(options: Any, agents: list[str], numbers: list[str]) -> list[tuple[float, dict[str, Any]]]:
    from songhe.edges.telephony.simulating import day

    if not agents:
        raise Refused("lines.no_seats", "This exchange has no seats. Open some first.")
    prefix = f"sim{options.seed}-{int(time.time())}-{os.getpid()}"
    hours = (max(0, options.from_hour), min(24, options.to_hour))
    if hours[0] >= hours[1]:
        raise Refused("lines.hours", "The day ends before it begins. Choose other hours.")
    made = day(max(0, options.calls), agents, numbers, seed=options.seed, prefix=prefix, hours=hours)
    return [(step.second, step.event) for step in made]


def _recorded(options: Any) -> list[tuple[float, dict[str, Any]]]:
    from django.utils.timezone import get_current_timezone

    from songhe.edges.telephony.calllog import read_log

    if options.file is None or not options.file.is_file():
        raise Refused("lines.file", "Name a CSV file with one call per line.")
    try:
        log = read_log(options.file.read_bytes(), get_current_timezone())
    except ValueError as fault:
        raise Refused("lines.unreadable", "This call log cannot be read: {why}", why=fault) from fault
    for number, why in log.faults[:20]:
        print(f"line {number}: {why}")
    return [(at.timestamp(), event) for at, event in log.events]
