"""Prove that an acknowledged message is never lost and never doubled: try it on a throw-away installation.

`kills` ends gateway, worker, pages and database with SIGKILL at random while devices send and send again; `power` cuts the
power under the database (needs FUSE); `fuzz` feeds the gateway's readers broken bytes; `year` plays a year of alarms over a
clock that is made up, with agents who vanish and a worker that dies, in which none may be forgotten; `course` leads alarms from
the press of a bracelet to the end, through pages and telephones, and kills a part at every step. At the end a table is
printed; exit status 1 when a promise is broken. `--fault` plants a fault, which must be caught:

  songhe prove kills --fault ack-before-commit
  songhe prove kills --fault no-idempotency
  songhe prove power --fault synchronous_commit=off
  songhe prove year --fault no-lease
  songhe prove course --fault no-idempotency
"""

import argparse
from typing import Any

GROUP = "develop"
FAULTS = ("ack-before-commit", "no-idempotency", "synchronous_commit=off", "fsync=off", "no-lease")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("kills", "power", "fuzz", "year", "course"))
    parser.add_argument("--rounds", type=int, help="kills or power cuts (default: 20 kills, 5 cuts)")
    parser.add_argument("--messages", type=int, help="messages to send (default: 5,000 for each round)")
    parser.add_argument("--devices", type=int, default=200, help="devices that send (default: %(default)s)")
    parser.add_argument("--alarms", type=int, default=2_000, help="for year: calls (default: %(default)s)")
    parser.add_argument("--desks", type=int, default=100, help="for year: desks side by side that share it (default: %(default)s)")  # fmt: skip
    parser.add_argument("--courses", type=int, default=20, help="for course: alarms, at most 1,000 (default: %(default)s)")  # fmt: skip
    parser.add_argument(
        "--seconds", type=float, help="begin no new round after so many seconds; for fuzz: how long"
    )
    parser.add_argument("--seed", type=int, default=1, help="of all chance (default: %(default)s)")
    parser.add_argument("--fault", choices=FAULTS, default="", help="plant a fault, which must be caught")


def run(options: Any) -> int:
    """Try, print, and say whether the promise was kept."""
    if options.what == "fuzz":
        from songhe.site.proof.fuzz import fuzz

        return fuzz(seconds=options.seconds or 60.0, seed=options.seed)
    if options.what == "year":
        from songhe.site.proof.year import Year, prove_year

        return prove_year(Year(options.alarms, options.desks, options.seed, options.fault))
    if options.what == "course":
        from songhe.site.proof import course
        from songhe.site.proof.faulty_pages import PLANTED

        if options.fault not in ("", *PLANTED):
            raise SystemExit(f"In a course these can be planted: {', '.join(PLANTED)}.")
        plan = course.Plan(min(options.courses, 1_000), options.seed, options.fault)
        return _told(course.run(plan, say=_say), plan)
    return _kills(options, power=options.what == "power")


def _kills(options: Any, *, power: bool) -> int:
    from songhe.site.proof.disk import sync_micros
    from songhe.site.proof.kills import Plan
    from songhe.site.proof.kills import run as prove
    from songhe.site.proof.power import refuse_without

    if power:
        refuse_without()
    rounds = options.rounds or (5 if power else 20)
    plan = Plan(
        kills=rounds,
        messages=options.messages or 5_000 * rounds,
        devices=options.devices,
        seed=options.seed,
        fault=options.fault,
        seconds=options.seconds,
        http=not power,
        power=power,
    )
    before = sync_micros()
    outcome = prove(plan, say=_say)
    return _told(outcome, plan, ("fdatasync before, after", f"{before:,.0f} µs, {sync_micros():,.0f} µs"))


def _say(line: str) -> None:
    print(line, flush=True)


def _told(outcome: Any, plan: Any, *more: tuple[str, str]) -> int:
    """Print what was counted; 0 when the promise was kept."""
    print()
    for name, value in (*outcome.table(), *more, ("seed, fault", f"{plan.seed}, {plan.fault or 'none'}")):
        print(f"  {name:<34} {value}")
    print("Kept." if outcome.kept else "BROKEN.")
    return 0 if outcome.kept else 1
