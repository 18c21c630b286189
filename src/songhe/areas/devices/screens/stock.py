"""What stands in which stock, on any day, as the movements tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import queries
from songhe.areas.devices.limits import kind_name
from songhe.areas.devices.models import Place
from songhe.core.codes.region import level_of
from songhe.kit.clock import today
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who

PLACES = (Place.STOCK, Place.ISSUED, Place.LOST, Place.BROKEN, Place.REPAIR, Place.RETIRED)


def _stock(request: HttpRequest) -> Mapping[str, Any]:
    scope, on = who(request).scope("devices.view"), _day(request.GET.get("on", ""))
    low, high = _area(request)
    found = queries.register.stock_on(scope, low, high, on)
    kinds: dict[str, dict[str, int]] = {}
    owners: dict[str, dict[str, int]] = {}
    for (kind, owner), counts in found.items():
        for place, count in counts.items():
            for table, key in ((kinds, kind_name(kind)), (owners, owner)):
                table.setdefault(key, {})[place] = table.get(key, {}).get(place, 0) + count
    return {
        "on": on, "today": today(), "heads": [place.label for place in PLACES], "kinds": _lines(kinds), "owners": _lines(owners),
        "sums": _line({place: sum(row.get(place, 0) for row in kinds.values()) for place in PLACES}) if kinds else (),
    }  # fmt: skip


def _lines(table: Mapping[str, Mapping[str, int]]) -> list[tuple[str, list[int]]]:
    rows = [(name, _line(counts)) for name, counts in table.items()]
    return sorted(rows, key=lambda row: (-sum(row[1]), row[0]))


def _line(counts: Mapping[str, int]) -> list[int]:
    return [counts.get(place, 0) for place in PLACES]


def _day(text: str) -> date:
    try:
        return min(date.fromisoformat(text), today())
    except ValueError:
        return today()


def _area(request: HttpRequest) -> tuple[int, int]:
    """The region that the reader reaches as a whole, so that stocks are told one level below it."""
    scope = who(request).scope("devices.view")
    low, high = scope.hull if scope.areas else (0, 0)
    if not scope.areas:
        bounds = scope.bounds
        low, high = (min(a for a, _b in bounds), max(b for _a, b in bounds)) if bounds else (0, 0)
    return (low, high) if low and level_of(low) else (10**11, 10**12)


stock = page(
    "devices.stock",
    path="device-stock/",
    title=_("Device stock"),
    right="devices.view",
    template="devices/stock.html",
    context=_stock,
    nav=NavItem("service", "package", 62),
)
