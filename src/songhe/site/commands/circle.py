"""Work out the service circle: who reaches which service within how many minutes.

`songhe circle compute` reads where everybody lives, keeps that sealed, and works out the figures of every community and hex;
`songhe circle show` says what was worked out last.
"""

import argparse
import time
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.installation import opened

GROUP = "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("compute", "show"))


def run(options: Any) -> int:
    """Work it out, or tell the last result."""
    with opened():
        if options.what == "compute":
            compute()
        show()
    return 0


def compute() -> None:
    """Gather and work out every city, telling how it goes on."""
    from django.utils import timezone

    from songhe.areas.circle.actions.computing import cities, compute_now
    from songhe.areas.circle.actions.gathering import counties, gather_county
    from songhe.core.codes import span
    from songhe.engines.access.api import SYSTEM, Scope, entered

    at, began = timezone.now(), time.monotonic()
    with entered(Scope.EVERYTHING):
        known = cities()
    if not known:
        raise Refused("circle.no_city", "No city is loaded yet. Load one with “songhe city”.")
    for city in known:
        with entered(Scope.EVERYTHING):
            places = list(counties(*span(city)))
        people = 0
        for done, county in enumerate(places):
            people += gather_county(county, at=at)
            print(f"{done + 1} / {len(places)}  {people:,} people", flush=True)
        compute_now(city, actor=SYSTEM, at=at)
    print(f"{time.monotonic() - began:.1f} s")


def show() -> None:
    """Print the last result of each city."""
    from songhe.areas.circle.actions.computing import cities
    from songhe.areas.circle.models import DOUBTS
    from songhe.areas.circle.queries.figures import last_run, table
    from songhe.engines.access.api import Scope, entered
    from songhe.engines.regions.models import Region

    with entered(Scope.EVERYTHING) as scope:
        for city in cities():
            run = last_run(city)
            if run is None:
                print(f"{city}: nothing was worked out yet. Run “songhe circle compute”.")
                continue
            shares = table(run, scope, Region.objects.get(code=city)).whole()
            streets = run.network or "no street network: approximate"
            print(
                f"{city}: {run.at:%Y-%m-%d %H:%M}, {run.people:,} people, {run.sites:,} sites, {run.walker:g} m/s, {streets}"
            )
            for place, kind in enumerate(run.kinds):
                covered, people = shares.covered[0, place, -1, 0], max(int(shares.people[0, 0]), 1)
                urban, rural = run.minutes[kind]
                print(
                    f"  {kind:<16} {covered / people:6.1%} within {urban} min (city) / {rural} min (countryside)"
                )
            for doubt in run.told.get(DOUBTS, ()):
                print(
                    f"  {doubt['of']}: {doubt['what'].format(**doubt['values'])} {first_of(doubt)}".rstrip()
                )


def first_of(doubt: dict[str, Any]) -> str:
    """Where a doubt is first met: the county of a list, or the site by its name."""
    if named := doubt.get("named"):
        return f"(the first: {named[0][1]})"
    return f"({doubt['region']})" if "region" in doubt else ""
