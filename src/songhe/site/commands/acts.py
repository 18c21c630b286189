"""Seal and verify the log of acts.

`verify` recomputes every digest and seal, and names the first act that was changed, removed or added.
`latest` prints the newest seal, which another level keeps: `verify --anchor` then also shows a cut-off end.
"""

import argparse
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.installation import opened
from songhe.site.postgres.roles import OWNER

GROUP = "care"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("verify", "seal", "latest"))
    parser.add_argument("--anchor", metavar="NUMBER:HASH", help="a seal that another level kept")


def run(options: Any) -> int:
    """Seal, verify or tell."""
    anchor = read_anchor(options.anchor)
    with opened(role=OWNER):
        from django.utils import timezone

        from songhe.engines.acts import chain

        if options.what == "latest":
            newest = chain.latest()
            print(f"{newest[0]}:{newest[1]}" if newest else "No act is sealed yet.")
            return 0
        if options.what == "seal":
            print(f"{chain.seal(timezone.now())} acts sealed.")
            return 0
        fault = chain.verify(anchor)
        if fault is None:
            print("The log of acts is whole.")
            return 0
        print(f"Seal {fault.seal}, act {fault.act or '-'}: {fault.what}.")
        return 1


def read_anchor(text: str | None) -> tuple[int, str] | None:
    """Return the number and hash of `NUMBER:HASH`."""
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not number.isdigit() or not digest:
        raise Refused(
            "acts.anchor", "An anchor is a seal's number and hash, like 12:9f3c…; not “{text}”.", text=text
        )
    return int(number), digest.lower()
