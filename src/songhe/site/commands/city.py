"""Lay the ground of your city: its regions down to the village, and its policies; apply what became of its regions.

`songhe city` says which region tables Songhe brings and what is loaded; `songhe city 371000` loads one. Loading again
brings in what changed. A city without a table here: `songhe city 330100 --table hangzhou.csv`. `songhe city recode` lets
every row follow the mergers and recodings that are due, `songhe city recode OLD NEW` one of them.
"""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.installation import opened

GROUP = "start"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("city", nargs="?", help="the first six digits of the city's code, or recode")
    parser.add_argument("codes", nargs="*", metavar="CODE", help="recode: the old code and the new one")
    parser.add_argument(
        "--table", type=Path, help="a region table of your own (columns code, name, urban_rural)"
    )
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="recode: what is due by a day (default: today)")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="recode: only count")


def run(options: Any) -> int:
    """Load a city, apply recodings, or say what there is."""
    if len(options.codes) != (2 if options.codes and options.city == "recode" else 0):
        raise Refused("city.codes", "Give the old code and the new one: songhe city recode OLD NEW")
    with opened():
        from django.utils import timezone

        from songhe.engines.access.api import SYSTEM, Scope, entered
        from songhe.site.ground import lay

        if not options.city:
            show()
            return 0
        if options.city == "recode":
            return recode(options, timezone.now())
        if options.table and not options.table.is_file():
            raise Refused("city.file", "There is no file {file}. Check the path.", file=str(options.table))
        with entered(Scope.EVERYTHING):
            found = lay(options.city, actor=SYSTEM, at=timezone.now(), table=options.table)
    print(f"{found.regions} regions, {found.policies} policies.")
    return 0


def show() -> None:
    """Print the tables at hand and the cities that are loaded."""
    from songhe.engines.regions.models import Level, Region
    from songhe.site.ground import PACKS, tables

    loaded = dict(Region.objects.filter(level=Level.CITY).values_list("code", "name"))
    for city in sorted({*tables(), *(str(code)[:6] for code in loaded)}):
        name = loaded.get(int(city) * 1_000_000, PACKS.get(city, ""))
        print(f"{city}  {name:<12}  {'loaded' if int(city) * 1_000_000 in loaded else 'not loaded'}")


def recode(options: Any, at: Any) -> int:
    """Apply or count what is due; status 1 where some of it cannot be applied."""
    from django.utils.timezone import localdate

    from songhe.areas.administration import api
    from songhe.core.codes.region import parse_region
    from songhe.engines.access.api import SYSTEM

    today = localdate(at)
    on = options.on or today
    if on > today and not options.dry_run:
        raise Refused("city.ahead", "Nothing is applied before its day. With --dry-run it is counted.")
    if options.codes:
        rows, apart = [api.named(*map(parse_region, options.codes))], []
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
            if options.codes:
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
