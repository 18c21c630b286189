"""The planner's map: a map and a gap list beside it; everything works by links and forms, and quicker with the script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from songhe.areas.circle import actions
from songhe.areas.circle.book import book, say
from songhe.areas.circle.models import DOUBTS, Scenario
from songhe.areas.circle.queries.looking import Place, middles_of, places, totals, unit_below
from songhe.areas.circle.screens.common import Look, basis, circle_name, look
from songhe.areas.circle.screens.trying import tried
from songhe.areas.providers.api import service_kinds
from songhe.core.refusal import Refused
from songhe.engines.regions.tree import name_of, path_of
from songhe.kit import charts
from songhe.kit.charts import grouped
from songhe.kit.clock import now
from songhe.kit.map.drawing import Drawn, draw
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.pages import HomeList, NavItem, home_panel, page
from songhe.kit.refusals import said
from songhe.kit.views.common import need
from songhe.kit.who import who

MOST_ROWS = 150
WORDS = {
    "hexes": _("Hexes"),
    "communities": _("Communities"),
    "closer": _("Zoom in"),
    "farther": _("Zoom out"),
    "whole": _("Whole region"),
    "candidate": _("Try a site here"),
    "drag": _("New site: drag it, or move it with the arrow keys"),
    "people": _("{n} people"),
    "covered": _("{n} within reach"),
    "missing": _("{n} not covered"),
    "few": _("Fewer than {n} people"),
    "near": _("near for {n} people"),
    "places": _("{n} places"),
    "reach": _("Who gets here"),
    "open": _("Open"),
    "close": _("Close"),
    "took": _("{n} ms"),
    "site": _("Site"),
    "empty": _("few people"),
    "north": _("North"),
    "label": _("Map of coverage; the list beside it says the same"),
}
"""What the script says, by its own names."""
GOOD, FAIR = 0.9, 0.7


def tone_of(share: float | None) -> str:
    """The state of a share."""
    if share is None:
        return "muted"
    return "ok" if share >= GOOD else "warn" if share >= FAIR else "danger"


def word_of(share: float | None) -> Any:
    """The same in words."""
    words = {
        "ok": _("Well covered"),
        "warn": _("Partly covered"),
        "danger": _("Poorly covered"),
        "muted": _("Nobody lives here"),
    }
    return words[tone_of(share)]


def percent(share: float | None) -> str:
    """A share with one decimal."""
    return "—" if share is None else f"{share:.1%}"


def planner(request: HttpRequest) -> dict[str, Any]:
    """The map of a region."""
    found = look(request)
    people, covered = totals(found.held, found.ask)
    unit = unit_below(found.ask.region)
    rows = places(found.held, found.ask, unit)
    user = who(request)
    return {
        "page_title": circle_name(),
        "look": found,
        "query": found.query(),
        "region": found.ask.region,
        "path": [(name, found.query(region=code)) for code, name in path_of(found.ask.region.code, below=1) if _seen(found, code)],
        "kinds": [_kind(found, code) for code in service_kinds()],
        "groups": [(group.code, say(group.label), group.code == found.ask.group) for group in book().groups],
        "minutes": _minutes(found),
        "people": grouped(people),
        "covered": grouped(covered),
        "missing": grouped(people - covered),
        "share": percent(covered / people if people else None),
        "ring": charts.gauge(
            covered, people or 1, title=gettext("Share of people within reach"), shown=percent(covered / people if people else None),
            tone=tone_of(covered / people if people else None),
        ),
        "rows": [_row(found, place, unit) for place in rows[:MOST_ROWS]],
        "more": max(len(rows) - MOST_ROWS, 0),
        "unit": {1: _("Village or community"), 1000: _("Town or street")}.get(unit, _("County or district")),
        "basis": basis(found.held),
        "run": found.run,
        "doubts": len(found.run.told.get(DOUBTS, ())) if found.run else 0,
        "words": json.dumps(
            {name: str(word) for name, word in WORDS.items()}
            | {"full": gettext("Site, more than {n} people per place").format(n=book().crowded)},
            ensure_ascii=False,
        ),
        "tiles": settings.TILES,
        "tiles_source": settings.TILES_SOURCE,
        "plain": _drawn(found, rows, unit),
        "tried": tried(request, found),
        "try_lon": request.GET.get("lon", ""),
        "try_lat": request.GET.get("lat", ""),
        "may_compute": user.may("circle.compute"),
        "may_plan": user.may("circle.plan"),
        "may_export": user.may("circle.export"),
        "may_persons": user.may("circle.persons"),
        "scenarios": _scenarios(found, user),
        "fewest": book().fewest,
    }  # fmt: skip


def _seen(found: Look, code: int) -> bool:
    return found.ask.scope.overlaps(code, code + 1) or found.ask.scope.holds(code)


def _kind(found: Look, code: str) -> dict[str, Any]:
    kind = service_kinds()[code]
    return {
        "name": say(kind.label),
        "icon": kind.icon or "map-pin",
        "query": found.query(kind=code),
        "now": code == found.ask.kind,
    }


def _minutes(found: Look) -> list[tuple[Any, Any, bool]]:
    urban, rural = found.held.minutes[found.ask.kind]
    own = (
        gettext("Circle: {urban} / {rural} min").format(urban=urban, rural=rural)
        if urban != rural
        else gettext("Circle: {n} min").format(n=urban)
    )
    return [
        ("circle", own, found.ask.minutes is None),
        *(
            (band // 60, gettext("{n} min").format(n=band // 60), found.ask.minutes == band // 60)
            for band in found.held.bands
        ),
    ]


def _row(found: Look, place: Place, unit: int) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "people": grouped(place.people),
        "missing": grouped(place.missing),
        "share": percent(place.share),
        "tone": tone_of(place.share),
        "bar": charts.progress(place.covered, place.people or 1, title=place.name, tone=tone_of(place.share)),
        "query": found.query(region=place.code),
        "last": unit == 1,
    }


def _drawn(found: Look, rows: Sequence[Place], unit: int) -> Drawn:
    """The map for readers without script."""
    points = middles_of(found.held, found.ask, unit)
    marks = [
        Mark(
            label=place.name, point=points.get(place.code), tone=tone_of(place.share), word=word_of(place.share), size=place.people,
            note=gettext("{share}, {missing} not covered").format(share=percent(place.share), missing=grouped(place.missing)),
            to=f"{reverse('circle')}?{found.query(region=place.code)}",
        )
        for place in rows[:MOST_ROWS]
    ]  # fmt: skip
    return draw(
        Map(
            title=_("Coverage"),
            shapes=tuple(marks),
            sized_by=found.group_name,
            empty=_("The locations of these communities are not known yet."),
        )
    )


def _scenarios(found: Look, user: Any) -> list[Scenario]:
    if not user.may("circle.plan"):
        return []
    rows = Scenario.objects.within(user.scope("circle.plan")).filter(kind=found.ask.kind, closed_at=None)
    return list(rows.order_by("-made_at")[:20])


@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Start working the circle out again."""
    need(request, "circle.compute")
    try:
        actions.compute(actor=who(request), at=now())
        messages.success(
            request, gettext("The circle is being calculated. The map shows it when it is done.")
        )
    except Refused as refusal:
        messages.error(request, said(refusal))
    return redirect("circle")


def _gaps(user: Any, scope: Any, at: Any) -> HomeList:
    """The towns in which most people are out of reach, by the last run."""
    from songhe.areas.circle.queries.figures import last_run, table
    from songhe.areas.circle.screens.common import region_for

    mine = user.scope("circle.plan")
    region = region_for(None, mine)
    run = last_run(region.code)
    if run is None:
        return HomeList(0)
    towns = table(run, mine, region).by(1000)
    people, covered = towns.column(run.kinds[0], run.groups[0], None)
    order = [at for at in (covered - people).argsort(kind="stable")[:6] if people[at] > covered[at]]
    kind = say(service_kinds()[run.kinds[0]].label)
    rows = [
        (
            name_of(int(towns.region[at])),
            f"{reverse('circle')}?region={int(towns.region[at])}",
            gettext("{kind}: {n} out of reach").format(kind=kind, n=grouped(int(people[at] - covered[at]))),
        )
        for at in order
    ]
    return HomeList(int((people > covered).sum()), rows, reverse("circle"), "warn" if rows else "")


page(
    "circle",
    path="circle/",
    title=_("Service circle"),
    right="circle.view",
    template="circle/planner.html",
    context=planner,
    nav=NavItem("planning", "map-2", 15),
)
page("circle.compute", path="circle/compute/", title=_("Recalculate"), right="circle.compute", view=compute)
home_panel(
    title=_("Most people out of reach"),
    right="circle.plan",
    rows=_gaps,
    area="circle",
    icon="map-2",
    none=_("The circle has not been calculated yet, or everybody is within reach."),
)
