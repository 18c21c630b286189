"""The map's layers: hexes, communities and sites as JSON, streets as bytes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.book import book
from songhe.areas.circle.queries.ground import streets
from songhe.areas.circle.queries.looking import cells, load_of, middles_of, places
from songhe.areas.circle.queries.shapes import outline
from songhe.areas.circle.queries.tiles import TILES, tile
from songhe.areas.circle.screens.common import look
from songhe.kit.pages import page
from songhe.kit.spec import url_of

DAY = 86_400


def _box(text: str | None) -> tuple[float, float, float, float] | None:
    """West, south, east, north of an address; None where there is no such box."""
    try:
        west, south, east, north = map(float, (text or "").split(","))
    except ValueError:
        return None
    return (west, south, east, north) if west < east and south < north else None


def hexes(request: HttpRequest) -> HttpResponse:
    """Hexes of the region: corners, people, covered people (null where too few live)."""
    found = look(request)
    resolution, rows = cells(found.held, found.ask, _box(request.GET.get("box")))
    return JsonResponse(
        {
            "resolution": resolution,
            "fewest": book().fewest,
            "cells": [
                [
                    cell.code,
                    cell.people if cell.covered is not None else None,
                    cell.covered,
                    outline(cell.code),
                ]
                for cell in rows
            ],
        }
    )


def communities(request: HttpRequest) -> HttpResponse:
    """Communities of the region with the place where they are drawn."""
    found = look(request)
    points = middles_of(found.held, found.ask)
    rows = [
        [place.code, place.name, place.people, place.covered, points[place.code]]
        for place in places(found.held, found.ask)
        if place.code in points
    ]
    return JsonResponse({"places": rows})


def facilities(request: HttpRequest) -> HttpResponse:
    """Sites of the service in the region: name, place, how many people they are near for, how many they take."""
    found = look(request)
    code, upper = found.ask.region.code, found.ask.region.upper
    rows = [
        {
            "id": str(key), "name": site.name, "kind": site.kind_name, "address": site.address, "point": site.point, "near": near,
            "places": places_,
            "full": places_ is not None and near > book().crowded * places_,
            "url": _url(request, key),
        }
        for key, (site, near, places_) in load_of(found.held, found.ask.kind).items()
        if code <= site.region < upper
    ]  # fmt: skip
    return JsonResponse({"sites": rows})


def _url(request: HttpRequest, key: Any) -> str:
    del request
    from songhe.areas.providers.api import Facility

    return url_of(Facility(pk=key)) or ""


def street_tile(request: HttpRequest, detail: int, x: int, y: int) -> HttpResponse:
    """Water, borders, and the streets that begin in a tile. They are public, so that a browser may keep them."""
    if detail >= len(TILES):
        raise Http404
    used = streets()
    body = tile(used, detail, x, y) if used else b""
    return HttpResponse(
        body, content_type="application/octet-stream", headers={"Cache-Control": f"private, max-age={DAY}"}
    )


page("circle.hexes", path="circle/hexes.json", title=_("Hexes"), right="circle.view", view=hexes)
page(
    "circle.communities",
    path="circle/communities.json",
    title=_("Communities"),
    right="circle.view",
    view=communities,
)
page("circle.facilities", path="circle/sites.json", title=_("Sites"), right="circle.view", view=facilities)
page(
    "circle.streets",
    path="circle/streets/<int:detail>/<int:x>/<int:y>.bin",
    title=_("Streets"),
    right="circle.view",
    view=street_tile,
)
