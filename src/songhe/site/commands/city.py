"""Lay the ground of your city: its regions down to the village, and its policies.

`songhe city` says which region tables Songhe brings and what is loaded; `songhe city 371000` loads one. Loading again
brings in what changed. A city without a table here: `songhe city 330100 --table hangzhou.csv`.
"""

import argparse
from pathlib import Path
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.installation import opened

GROUP = "start"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("city", nargs="?", help="the first six digits of the city's code")
    parser.add_argument(
        "--table", type=Path, help="a region table of your own (columns code, name, urban_rural)"
    )


def run(options: Any) -> int:
    """Load a city, or say what there is."""
    with opened():
        from django.utils import timezone

        from songhe.engines.access.api import SYSTEM, Scope, entered
        from songhe.site.ground import lay

        if not options.city:
            show()
            return 0
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
