"""Prove that an acknowledged message is never lost and never doubled: try it on a throw-away installation.

`kills` ends gateway, worker, pages and database with SIGKILL at random while devices send and send again; `power` cuts the
power under the database (needs FUSE); `fuzz` feeds the gateway's readers broken bytes; `year` plays a year of alarms over a
clock that is made up, with agents who vanish and a worker that dies, in which none may be forgotten. At the end a table is
printed; exit status 1 when a promise is broken. `--fault` plants a fault, which must be caught:

  songhe prove kills --fault ack-before-commit
  songhe prove kills --fault no-idempotency
  songhe prove power --fault synchronous_commit=off
  songhe prove year --fault no-lease
"""

import argparse
from typing import Any

GROUP = "develop"
FAULTS = ("ack-before-commit", "no-idempotency", "synchronous_commit=off", "fsync=off", "no-lease")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("kills", "power", "fuzz", "year"))
    parser.add_argument("--rounds", type=int, help="kills or power cuts (default: 20 kills, 5 cuts)")
    parser.add_argument("--messages", type=int, help="messages to send (default: 5,000 for each round)")
    parser.add_argument("--devices", type=int, default=200, help="devices that send (default: %(default)s)")
    parser.add_argument("--alarms", type=int, default=2_000, help="for year: calls (default: %(default)s)")
    parser.add_argument("--desks", type=int, default=100, help="for year: desks side by side that share it (default: %(default)s)")  # fmt: skip
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
    from songhe.site.proof.disk import sync_micros
    from songhe.site.proof.kills import Plan
    from songhe.site.proof.kills import run as prove
    from songhe.site.proof.power import refuse_without

    power = options.what == "power"
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
    outcome = prove(plan, say=lambda line: print(line, flush=True))
    print()
    for name, value in outcome.table():
        print(f"  {name:<34} {value}")
    print(f"  {'fdatasync before, after':<34} {before:,.0f} µs, {sync_micros():,.0f} µs")
    print(f"  {'seed, fault':<34} {plan.seed}, {plan.fault or 'none'}")
    print("Kept." if outcome.kept else "BROKEN.")
    return 0 if outcome.kept else 1
