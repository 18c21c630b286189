"""One region opened: every service, how evenly its places are spread, and what is doubtful about where things lie."""

from __future__ import annotations

from math import isnan
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.book import book, say
from songhe.areas.circle.models import DOUBTS
from songhe.areas.circle.queries.access import CHOSEN, REACHED
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
        "half": book().half_minutes,
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
        seconds, reached, chosen = shares.ways[0, number]
        share = covered / people if people else None
        out.append(
            {
                "name": say(service_kinds()[code].label), "covered": grouped(covered), "share": percent(share), "tone": tone_of(share),
                "minutes": _known(seconds / 60, 0), "reached": _known(reached, 1), "chosen": _known(chosen, 1),
                "query": found.query(kind=code),
            }
        )  # fmt: skip
    return out


def _known(value: float, digits: int) -> str:
    return "—" if isnan(value) else f"{value:.{digits}f}"


def _spread(found: Look) -> list[dict[str, Any]]:
    """How evenly places are spread over the people of the city, for the services whose places are counted."""
    told = found.run.told if found.run else {}
    return [
        {
            "name": say(kind.label), "query": found.query(kind=code),
            "ways": [(f"{told[code][way]['gini']:.2f}", percent(told[code][way]["confidence"])) for way in (REACHED, CHOSEN)],
        }
        for code, kind in service_kinds().items()
        if REACHED in told.get(code, {})
    ]  # fmt: skip


def _curve(found: Look) -> SafeString | None:
    """The share of places that the people with least have, in both ways, beside an even share."""
    told = found.run.told.get(found.ask.kind, {}) if found.run else {}
    if REACHED not in told:
        return None
    reached, chosen = told[REACHED]["curve"], told[CHOSEN]["curve"]
    even = [at / (len(reached) - 1) for at in range(len(reached))]
    return charts.lines(
        [f"{share:.0%}" for share in even],
        [charts.Series(_("Accessible places"), reached), charts.Series(_("Places by choice"), chosen, tone="warn"), charts.Series(_("Line of equality"), even, tone="muted")],
        title=gettext("Cumulative share of places, people with the fewest first"), show=lambda share: f"{share:.0%}",
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
