"""Public notices: pages without log-in, one for the city and one for each county, town or village."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.queries.notices import MOST
from songhe.areas.entitlement.screens.common import say
from songhe.areas.entitlement.terms import book
from songhe.core.codes.region import COUNTY, level_of
from songhe.engines.regions.models import Level, Region
from songhe.engines.regions.tree import full_name, name_of
from songhe.kit.clock import today
from songhe.kit.pages import page


def _notices(request: HttpRequest) -> Mapping[str, Any]:
    """The towns of the city in which a decision stands on notice."""
    day = today()
    counties = []
    for city in Region.objects.filter(level=Level.CITY, until=None).order_by("code"):
        found = queries.places_with_notices(city.code, day)
        counties += [
            (name_of(county), county, [(name_of(town), town, n) for town, n in sorted(towns.items())])
            for county, towns in sorted(found.items())
        ]
    return {"counties": counties, "day": day}


def _notices_at(request: HttpRequest, code: int) -> Mapping[str, Any]:
    """The notices of one county, town or village."""
    return _of_place(code, today())


def _of_place(code: int, day: date) -> dict[str, Any]:
    if (
        not 10**11 <= code < 10**12
        or level_of(code) < COUNTY
        or not Region.objects.filter(code=code).exists()
    ):
        raise Http404
    rows = [
        {
            "name": notice.shown_name,
            "place": name_of(notice.region_id),
            "benefit": notice.benefit,
            "month": f"{notice.from_month:%Y-%m}",
            "number": notice.decision_number,
            "posted": notice.posted_on,
            "until": notice.until,
        }
        for notice in queries.on_notice(code, day)
    ]
    return {
        "place": full_name(code),
        "code": code,
        "rows": rows,
        "day": day,
        "object_to": say(book().object_to),
        "object_how": say(book().object_how),
        "cut": len(rows) >= MOST,
    }


page(
    "entitlement.notices",
    path="notices/",
    title=_("Public notices"),
    template="entitlement/notices.html",
    context=_notices,
    public=True,
)
page(
    "entitlement.notices_at",
    path="notices/<int:code>/",
    title=_("Public notices"),
    template="entitlement/notices_at.html",
    context=_notices_at,
    public=True,
)
page(
    "entitlement.notices_sheet",
    path="notices/<int:code>/sheet/",
    title=_("Public notice"),
    template="entitlement/notices_sheet.html",
    context=_notices_at,
    public=True,
)
