"""One region opened: every service, how evenly its places are spread, and what is doubtful about where things lie."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.book import say
from songhe.areas.circle.models import DOUBTS
from songhe.areas.circle.queries.doubts import HOMES
from songhe.areas.circle.queries.figures import table
from songhe.areas.circle.screens.common import Look, look
from songhe.areas.circle.screens.planner import percent, tone_of
from songhe.areas.providers.api import Facility, Kind, service_kinds
from songhe.engines.regions.tree import name_of
from songhe.kit import charts
from songhe.kit.charts import grouped
from songhe.kit.pages import page
from songhe.kit.spec import url_of


def place(request: HttpRequest) -> dict[str, Any]:
    """One region opened: every service, as it was when it was last worked out."""
    found = look(request)
    return {
        "look": found,
        "region": found.ask.region,
        "lines": _lines(found),
        "run": found.run,
        "query": found.query(),
        "city": found.run and name_of(found.run.region_id),
        "spread": _spread(found),
        "curve": _curve(found),
        "doubts": [_doubt(told) for told in found.run.told.get(DOUBTS, ())] if found.run else [],
    }


def _lines(found: Look) -> list[dict[str, Any]]:
    if found.run is None:
        return []
    shares = table(found.run, found.ask.scope, found.ask.region).whole()
    at = found.run.groups.index(found.ask.group)
    people = int(shares.people[0, at])
    out = []
    for number, code in enumerate(found.run.kinds):
        covered = int(shares.covered[0, number, -1, at])
        seconds, access = shares.ways[0, number]
        share = covered / people if people else None
        out.append(
            {
                "name": say(service_kinds()[code].label), "covered": grouped(covered), "share": percent(share), "tone": tone_of(share),
                "minutes": f"{seconds / 60:.0f}" if seconds == seconds else "—",  # noqa: PLR0124  a NaN is not itself
                "access": f"{access:.1f}" if access == access else "—",  # noqa: PLR0124
                "query": found.query(kind=code),
            }
        )  # fmt: skip
    return out


def _spread(found: Look) -> list[dict[str, Any]]:
    """How evenly places are spread over the people of the city, for the services whose places are counted."""
    told = found.run.told if found.run else {}
    return [
        {
            "name": say(kind.label), "gini": f"{told[code]['gini']:.2f}", "query": found.query(kind=code),
            "known": percent(told[code].get("confidence")),
        }
        for code, kind in service_kinds().items()
        if "gini" in told.get(code, {})
    ]  # fmt: skip


def _curve(found: Look) -> SafeString | None:
    """The share of places that the people with least have, beside an even share."""
    curve = found.run.told.get(found.ask.kind, {}).get("curve") if found.run else None
    if not curve:
        return None
    even = [at / (len(curve) - 1) for at in range(len(curve))]
    return charts.lines(
        [f"{share:.0%}" for share in even],
        [charts.Series(_("Share of the places"), curve), charts.Series(_("If everybody had as much"), even, tone="muted")],
        title=gettext("Share of the places that people have, those with least first"), show=lambda share: f"{share:.0%}",
    )  # fmt: skip


def _doubt(told: dict[str, Any]) -> dict[str, Any]:
    """One doubt in words, with the sites that it names."""
    kind, region = told.get("kind"), told.get("region")
    whose = (
        gettext("Where people live")
        if told["of"] == HOMES
        else str(Kind(kind).label)
        if kind
        else gettext("Sites")
    )
    return {
        "whose": f"{whose}, {name_of(region)}" if region else whose,
        "said": gettext(told["what"]).format(**told["values"]),
        "sites": [(name, url_of(Facility(pk=UUID(key)))) for key, name in told.get("named", ())],
    }


page(
    "circle.place",
    path="circle/place/",
    title=_("Place"),
    right="circle.view",
    template="circle/place.html",
    context=place,
)
