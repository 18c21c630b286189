"""How assessors judge against their peers; for supervisors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.limits import parameters
from songhe.areas.assessment.models import Level
from songhe.areas.assessment.queries.drift import judged, names
from songhe.areas.assessment.rules.drift import Compared, drifts
from songhe.core.codes.region import COUNTY
from songhe.kit.clock import today
from songhe.kit.pages import NavItem, page
from songhe.kit.places import reachable
from songhe.kit.who import who

RIGHT = "assessment.supervise"
PERIOD = timedelta(days=365)


def _drift(request: HttpRequest) -> Mapping[str, Any]:
    """One county and period; the first county of the reader and the last year where nothing is chosen."""
    scope = who(request).scope(RIGHT)
    counties = list(reachable(scope).filter(level=COUNTY).order_by("code"))
    asked = request.GET.get("county", "")
    county = next((row for row in counties if str(row.code) == asked), counties[0] if counties else None)
    until = _day(request.GET.get("until", ""), today())
    since = _day(request.GET.get("since", ""), until - PERIOD)
    least = parameters().drift_least
    rows = judged(scope, county.code, since, until) if county else []
    found = drifts(rows, levels=Level.values, least=least)
    known = names(drift.assessor for drift in found)
    return {
        "counties": counties,
        "county": county,
        "since": since,
        "until": until,
        "least": least,
        "assumed": parameters().said["drift_least"].assumed,
        "count": len(rows),
        "levels": [label for _value, label in Level.choices],
        "lines": [
            (known.get(drift.assessor, "—"), drift.n, drift.flagged, [_cell(level) for level in drift.levels])
            for drift in found
        ],
    }


def _cell(level: Compared) -> dict[str, Any]:
    return {
        "own": _percent(level.own.hits, level.own.n),
        "low": round(level.own.low * 100),
        "high": round(level.own.high * 100),
        "peers": _percent(level.peers.hits, level.peers.n),
        "peers_low": round(level.peers.low * 100),
        "peers_high": round(level.peers.high * 100),
        "flagged": level.flagged,
    }


def _percent(hits: int, n: int) -> str:
    return f"{hits * 100 / n:.0f} %" if n else "—"


def _day(text: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else otherwise


page(
    "assessment.drift",
    path="assessment-drift/",
    title=_("Assessors compared"),
    right=RIGHT,
    template="assessment/drift.html",
    context=_drift,
    nav=NavItem("people", "clipboard-check", 43),
)
