"""Apply mergers and new codes of regions that are due: every row that lies in one follows.

`songhe recode` applies all of `data/regions/recodes.yaml` that is due, `songhe recode OLD NEW` one of them; each is one
transaction. Load the new region table first. What was applied is applied again without harm.
"""

import argparse
from datetime import date, datetime
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.installation import opened

GROUP = "care"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("old", nargs="?", metavar="OLD", help="only the recoding of this code")
    parser.add_argument("new", nargs="?", metavar="NEW", help="to this one")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="what is due by a day (default: today)")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only count the rows that would go and stay")


def run(options: Any) -> int:
    """Apply or count; status 1 where some of what is due cannot be applied."""
    if options.old and not options.new:
        raise Refused("recode.codes", "Give the old code and the new one: songhe recode OLD NEW")
    with opened():
        from django.utils import timezone

        return recode(options, timezone.now())


def recode(options: Any, at: datetime) -> int:
    """Apply or count the one that is named, or all that are due."""
    from django.utils.timezone import localdate

    from songhe.areas.administration import api
    from songhe.core.codes.region import parse_region
    from songhe.engines.access.api import SYSTEM

    today = localdate(at)
    on = options.on or today
    if on > today and not options.dry_run:
        raise Refused("recode.ahead", "Nothing is applied before its day. With --dry-run it is counted.")
    if options.old:
        rows, apart = [api.named(parse_region(options.old), parse_region(options.new))], []
    else:
        rows, apart = api.due(on), api.splits(on)
    refused, ended = 0, set[int]()
    for row in rows:
        try:
            if options.dry_run:
                tell(api.preview(row, on=on, before=ended))
            else:
                tell(api.apply(row, on=on, actor=SYSTEM, at=at))
            ended.add(row.old)
        except Refused as refusal:
            if options.old:
                raise
            refused += 1
            print(f"{row}: {refusal}")
    for report in apart:
        print(f"{report.recode}: split off; no rule can tell which rows go. Move these on their pages:")
        table(report)
    if not rows and not apart:
        print("Nothing is due.")
    return 1 if refused else 0


def tell(report: Any) -> None:
    """Print what became of one recoding."""
    print(f"{report.recode}: {report.regions} regions, {report.moved} rows")
    table(report)


def table(report: Any) -> None:
    """Print a line for each table: rows that go, and rows that stay."""
    for one in report.outcomes:
        print(f"  {one.moved:>10} go {one.stays:>10} stay  {one.table.model._meta.label}")
