"""“Care near me”: pages without log-in, large and plain, and the same facts as open data."""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.book import book, goer, say
from songhe.areas.circle.queries.ground import streets
from songhe.areas.circle.queries.near import Around, Near, Spot, far_from_all, free_of, named, near
from songhe.areas.circle.queries.sites import sites
from songhe.areas.circle.rules import typed
from songhe.areas.circle.screens.opendata import csv_of, geojson_of
from songhe.areas.providers.api import (
    PublicPlace,
    hours_line,
    hours_words,
    now_words,
    organisation_names,
    service_kinds,
)
from songhe.core.codes import Point
from songhe.core.refusal import Refused
from songhe.engines.access.address import address_of
from songhe.engines.regions.tree import full_name
from songhe.kit.clock import now, today
from songhe.kit.map.drawing import draw
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.pages import page
from songhe.kit.refusals import said
from songhe.kit.words import yuan

SIGNED = 20
CACHE = {"Cache-Control": "public, max-age=300"}
MOST_ADDRESSES = 20_000


class _Doorkeeper:
    """Counts questions by address in this process, so that nobody keeps the page from the others."""

    def __init__(self) -> None:
        self.seen: OrderedDict[str, list[float]] = OrderedDict()
        self.lock = Lock()

    def lets_in(self, address: str) -> bool:
        """Whether one more question is answered."""
        finder, moment = book().finder, time.monotonic()
        with self.lock:
            asked = [one for one in self.seen.pop(address, []) if moment - one < finder.every_seconds]
            allowed = len(asked) < finder.questions
            self.seen[address] = [*asked, moment] if allowed else asked
            while len(self.seen) > MOST_ADDRESSES:
                self.seen.popitem(last=False)
        return allowed


DOOR = _Doorkeeper()


def finder(request: HttpRequest) -> HttpResponse:
    """A question and its answer on one page; a link keeps the question."""
    if not DOOR.lets_in(address_of(request)):
        text = gettext("Too many requests came from your address. Wait a minute, then try again.")
        return render(
            request,
            "circle/care.html",
            {"page_title": gettext("Care near me"), "large_page": True, "refused": text},
            status=429,
        )
    day = today()
    words = (request.GET.get("q") or "").strip()[:120]
    kind = request.GET.get("kind") if request.GET.get("kind") in service_kinds() else None
    context: dict[str, Any] = {
        "page_title": gettext("Care near me"), "large_page": True, "q": words, "kind": kind,
        "kinds": [(code, say(one.label), one.icon or "map-pin") for code, one in service_kinds().items()],
        "wheels": _wheels(request), "licence": book().licence,
    }  # fmt: skip
    status = 200
    try:
        spots = _spots(request, words, day)
        if words or "lon" in request.GET:
            context |= _found(request, spots, kind, day)
    except Refused as refusal:
        context["refused"], status = said(refusal), 422
    return render(request, "circle/care.html", context, status=status)


def _spots(request: HttpRequest, words: str, day: date) -> list[Spot]:
    if request.GET.get("lon") or request.GET.get("lat"):
        point = typed(request.GET.get("lon"), request.GET.get("lat"), request.GET.get("frame"))
        if far_from_all(point, day):
            raise Refused(
                "circle.elsewhere",
                "No care facility of this city is near that point. Type your address or the name of your village instead.",
                field="lon",
            )
        return [Spot(words or gettext("Where you are"), point)]
    return named(words, day)


def _found(request: HttpRequest, spots: list[Spot], kind: str | None, day: date) -> dict[str, Any]:
    if not spots:
        return {
            "none": gettext(
                "No village, street or place has that name. Try the name of your village or community, or of your town."
            )
        }
    chosen = request.GET.get("at") or ""
    at = int(chosen) if chosen.isascii() and chosen.isdecimal() and int(chosen) < len(spots) else 0
    spot = spots[at]
    wheels = _wheels(request)
    found = near(spot.point, kind, day, goer(wheels=wheels))
    rows = found.rows
    free = free_of([one.place.id for one in rows], day)
    return {
        "spot": spot,
        "others": [
            (_query(request, at=number), other.label) for number, other in enumerate(spots) if number != at
        ],
        "rows": [_row(number, one, free.get(one.place.id)) for number, one in enumerate(rows, 1)],
        "map": draw(_map(spot, rows)) if rows else None,
        "how": _how(found),
        "turned": _query(request, at=at, way="foot" if wheels else "wheelchair"),
    }


def _wheels(request: HttpRequest) -> bool:
    return request.GET.get("way") == "wheelchair"


def _query(request: HttpRequest, **changes: Any) -> str:
    values = {
        name: value
        for name in ("q", "kind", "lon", "lat", "frame", "way")
        if (value := request.GET.get(name))
    } | changes
    return urlencode(values)


def _row(number: int, one: Near, free: int | None) -> dict[str, Any]:
    row = one.place
    return shown(row) | {"number": number, "minutes": one.minutes, "metres": f"{one.metres:,}", "free": free}


def shown(row: PublicPlace) -> dict[str, Any]:
    """A place as the pages show it."""
    return {
        "id": row.id, "name": row.name, "kind": row.kind_name, "address": row.address or full_name(row.region, below=2), "phone": row.phone,
        "tel": "".join(sign for sign in row.phone if sign in "+0123456789"),
        "now": now_words(row.opening, now()), "hours": hours_line(row.opening), "stars": row.stars,
        "star_signs": "★" * (row.stars or 0), "room": _room(row),
        "services": [say(service_kinds()[code].label) for code in row.services],
        "price": _price(row), "url": reverse("care.place", args=[row.id]),
    }  # fmt: skip


def _room(row: PublicPlace) -> list[str]:
    """How many it takes, by service."""
    out = []
    for code, count in row.capacity.items():
        kind = service_kinds()[code]
        if count and kind.unit:
            out.append(f"{say(kind.label)}: {count:,} {say(kind.unit)}")
    return out


def _price(row: PublicPlace) -> str:
    """The least price."""
    asked = [price for price in row.prices if price.fen]
    if not asked:
        return gettext("free of charge") if row.prices else ""
    least = min(asked, key=lambda price: price.fen)
    return gettext("from {yuan} yuan ({per})").format(yuan=yuan(least.fen), per=least.per)


def _map(spot: Spot, rows: list[Near]) -> Map:
    marks = [Mark(label=spot.label, point=spot.point, tone="danger", word=_("You are here"))]
    marks += [
        Mark(
            label=one.place.name, point=one.place.point, tone="ok" if one.minutes else "warn",
            word=_("Care facility") if one.minutes else _("Not accessible by wheelchair"), sign=str(number),
            note=gettext("{n} min").format(n=one.minutes) if one.minutes else "", to=reverse("care.place", args=[one.place.id]),
        )
        for number, one in enumerate(rows[:SIGNED], 1)
    ]  # fmt: skip
    return Map(title=_("Location map"), shapes=tuple(marks), empty="")


HOW = {
    ("foot", False): _("Walking times along streets for an older person walking {speed} m/s."),
    ("foot", True): _(
        "Walking times are estimates for an older person walking {speed} m/s; no street map is available."
    ),
    ("wheelchair", False): _(
        "Times for a wheelchair at {speed} m/s along streets, avoiding the steps, kerbs and narrow gates on the street map."
    ),
    ("wheelchair", True): _(
        "Times are estimates for a wheelchair at {speed} m/s; no street map is available, so steps on the route are not known."
    ),
}


def _how(found: Around) -> str:
    """Who goes, how quickly, and along what: it decides every time."""
    return str(HOW[found.profile.mode, found.approximate]).format(speed=f"{found.profile.speed:g}")


def facility(request: HttpRequest, key: UUID) -> HttpResponse:
    """One place: everything that everybody may know."""
    day = today()
    row = next((one for one in sites(day) if one.id == key), None)
    if row is None:
        raise Http404
    point = row.point or Point(0, 0)
    context = {
        "page_title": row.name, "large_page": True, "row": shown(row), "week": hours_words(row.opening), "text": row.description,
        "prices": [(price.item, yuan(price.fen), price.per) for price in row.prices], "region": full_name(row.region, below=1),
        "organisation": organisation_names([row.organisation]).get(row.organisation, ""), "stars_until": row.stars_until,
        "free": free_of([row.id], day).get(row.id),
        "map": draw(Map(title=row.name, shapes=(Mark(label=row.name, point=point, tone="ok", word=_("Care facility")),), empty="")) if row.point else None,
    }  # fmt: skip
    return render(request, "circle/care_place.html", context)


def open_data(request: HttpRequest) -> dict[str, Any]:
    """What the open data is, and under which licence."""
    used = streets()
    return {
        "licence": say(book().licence.label),
        "url": book().licence.url,
        "count": len(sites(today())),
        "streets": used.attribution if used else "",
    }


def _file(request: HttpRequest, body: bytes, name: str, kind: str) -> HttpResponse:
    if not DOOR.lets_in(address_of(request)):
        return HttpResponse(
            gettext("Too many requests came from your address. Wait a minute, then try again."), status=429
        )
    headers = CACHE | {
        "Link": f'<{book().licence.url}>; rel="license"',
        "Content-Disposition": f'attachment; filename="{name}"',
        "Access-Control-Allow-Origin": "*",
    }
    return HttpResponse(body, content_type=kind, headers=headers)


def geojson(request: HttpRequest) -> HttpResponse:
    """All places as GeoJSON."""
    return _file(request, geojson_of(sites(today()), today()), "facilities.geojson", "application/geo+json")


def table(request: HttpRequest) -> HttpResponse:
    """All places as CSV."""
    return _file(request, csv_of(sites(today())), "facilities.csv", "text/csv; charset=utf-8")


page("care", path="care/", title=_("Care near me"), view=finder, public=True, door=True)
page("care.place", path="care/<uuid:key>/", title=_("Care facility"), view=facility, public=True)
page(
    "care.data",
    path="care/data/",
    title=_("Open data"),
    template="circle/care_data.html",
    context=open_data,
    public=True,
)
page(
    "care.geojson",
    path="care/facilities.geojson",
    title=_("Facilities as GeoJSON"),
    view=geojson,
    public=True,
)
page("care.csv", path="care/facilities.csv", title=_("Facilities as CSV"), view=table, public=True)
