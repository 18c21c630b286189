"""Trying a site before it is built: by form without script, as JSON while it is dragged."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.book import book, say
from songhe.areas.circle.queries.looking import changed
from songhe.areas.circle.queries.outlook import Outlook, Step, by_region, outlook
from songhe.areas.circle.queries.shapes import isochrone
from songhe.areas.circle.rules import typed
from songhe.areas.circle.screens.common import Look, look
from songhe.core.refusal import Refused
from songhe.engines.regions.tree import name_of
from songhe.kit.charts import grouped
from songhe.kit.pages import page
from songhe.kit.refusals import problem, said
from songhe.kit.who import who

SHOWN_PLACES = 8
HEX = 9


def step_of(request: HttpRequest) -> Step:
    """The change that an address asks about. Refused says what is wrong with it."""
    asked = request.GET
    key = asked.get("facility") or ""
    try:
        facility = UUID(key) if key else None
    except ValueError:
        raise Refused("circle.no_site", "There is no such site.", field="facility") from None
    if asked.get("close") and facility:
        return Step(facility=facility)
    return Step(typed(asked.get("lon"), asked.get("lat"), asked.get("frame")), facility)


def trying(request: HttpRequest) -> HttpResponse:
    """What a site here would change, for the reader's own area."""
    began = time.perf_counter()
    found = look(request)
    try:
        step = step_of(request)
        out = outlook(found.held, found.ask.kind, [step], _scope(request, found), found.ask.minutes)
    except Refused as refusal:
        return JsonResponse(problem(refusal), status=422)
    return JsonResponse(
        {
            **_told(found, out),
            "gained": changed(found.held, out.gained, _resolution(request)),
            "lost": changed(found.held, out.lost, _resolution(request)),
            "point": step.point,
            "took": round((time.perf_counter() - began) * 1000),
        }
    )


def _resolution(request: HttpRequest) -> int:
    """The size of the hexes that the map shows."""
    asked = request.GET.get("hex") or ""
    return int(asked) if asked in ("6", "7", "8", "9") else HEX


def _scope(request: HttpRequest, found: Look) -> Any:
    """Figures are of everything the reader sees, whatever part of it the map shows."""
    return who(request).scope("circle.view")


def tried(request: HttpRequest, found: Look) -> dict[str, Any] | None:
    """The same for the page itself, where a form asked."""
    if not request.GET.get("lon") and not request.GET.get("lat"):
        return None
    try:
        step = step_of(request)
        out = outlook(found.held, found.ask.kind, [step], _scope(request, found), found.ask.minutes)
    except Refused as refusal:
        return {"refused": said(refusal)}
    return _told(found, out) | {"point": step.point}


def _told(found: Look, out: Outlook) -> dict[str, Any]:
    total, before, after = (getattr(out, name)[found.ask.group] for name in ("total", "before", "after"))
    step = after - before
    return {
        "headline": gettext("{n} more people within reach").format(n=grouped(step))
        if step >= 0
        else gettext("{n} fewer people within reach").format(n=grouped(-step)),
        "shares": gettext("{before} → {after} of {total}").format(
            before=_share(before, total), after=_share(after, total), total=grouped(total)
        ),
        "groups": [
            {"name": say(group.label), "change": _signed(out.change(group.code))} for group in book().groups
        ],
        "places": [
            {"name": name_of(code), "n": grouped(counts[found.ask.group])}
            for code, counts in by_region(found.held, out.gained, 1)[:SHOWN_PLACES]
        ],
    }


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "−") if number else "0"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "—"


def reach(request: HttpRequest) -> HttpResponse:
    """How far one gets from a point: an outline for the minutes of the map."""
    found = look(request)
    try:
        point = typed(request.GET.get("lon"), request.GET.get("lat"))
    except Refused as refusal:
        return JsonResponse(problem(refusal), status=422)
    urban, rural = found.held.minutes[found.ask.kind]
    minutes = found.ask.minutes or (rural if request.GET.get("rural") else urban)
    return JsonResponse({"minutes": minutes, "shape": isochrone(found.held.ground, point, minutes * 60)})


page("circle.try", path="circle/try/", title=_("Try a site"), right="circle.view", view=trying)
page("circle.reach", path="circle/reach/", title=_("Within reach"), right="circle.view", view=reach)
