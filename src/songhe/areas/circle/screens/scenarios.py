"""Scenarios on screen, and two of them beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.actions import scenarios as verbs
from songhe.areas.circle.book import book, say
from songhe.areas.circle.models import Change, Scenario, What
from songhe.areas.circle.queries.held import Held, held
from songhe.areas.circle.queries.outlook import Outlook, Step, by_region, outlook
from songhe.areas.circle.queries.sites import sites
from songhe.areas.circle.screens.common import basis
from songhe.areas.providers.api import service_kinds
from songhe.core.codes import Point
from songhe.core.refusal import Refused
from songhe.engines.regions.tree import name_of
from songhe.kit import spec
from songhe.kit.charts import grouped
from songhe.kit.clock import now, today
from songhe.kit.map.drawing import draw
from songhe.kit.map.panel import map_panel
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import yuan

TONES = {What.ADD: "ok", What.MOVE: "info", What.CLOSE: "danger"}
UNITS = ((10**6, _("County or district")), (1000, _("Town or street")))
SHOWN = 40


def kind_name(code: str) -> str:
    """A service in words."""
    kind = service_kinds().get(code)
    return say(kind.label) if kind else code


def steps_of(row: Scenario) -> list[Step]:
    """The changes of a scenario as steps."""
    return [
        Step(change.point, change.facility_id)
        for change in Change.everywhere.filter(scenario=row).order_by("id")
    ]


def judged(row: Scenario, request: HttpRequest) -> tuple[Held, Outlook]:
    """What a scenario changes, for the reader's own area. Refused where one of its sites is gone."""
    found = held(timezone.localdate(now()))
    return found, outlook(found, row.kind, steps_of(row), who(request).scope("circle.plan"))


def _effect(row: Scenario, request: HttpRequest) -> Mapping[str, Any]:
    try:
        found, out = judged(row, request)
    except Refused as refusal:
        return {"refused": said(refusal)}
    cost = sum(row.changes.values_list("cost_fen", flat=True))
    return {
        "groups": [_group(group.code, say(group.label), out) for group in book().groups],
        "cost": yuan(cost),
        "each": yuan(cost // out.change(book().codes[0])) if cost and out.change(book().codes[0]) > 0 else "",
        "parts": [(label, _parts(found, out, unit)) for unit, label in UNITS],
        "basis": basis(found),
        "map": f"{reverse('circle')}?kind={row.kind}&region={row.region_id}",
    }


def _group(code: str, name: str, out: Outlook) -> dict[str, Any]:
    total = out.total[code]
    return {
        "name": name,
        "total": grouped(total),
        "before": f"{out.before[code] / total:.1%}" if total else "—",
        "after": f"{out.after[code] / total:.1%}" if total else "—",
        "change": signed(out.change(code)),
    }


def signed(number: int) -> str:
    """A change with its sign."""
    return "0" if not number else f"{number:+,}".replace("-", "−")


def _parts(found: Held, out: Outlook, unit: int) -> list[dict[str, Any]]:
    first = book().codes[0]
    sums: dict[int, list[int]] = {}
    for place, rows in enumerate((out.gained, out.lost)):
        for code, counts in by_region(found, rows, unit):
            sums.setdefault(code, [0, 0])[place] = counts[first]
    order = sorted(sums, key=lambda code: (sums[code][1] - sums[code][0], code))
    return [
        {"name": name_of(code), "gained": grouped(sums[code][0]), "lost": grouped(sums[code][1])}
        for code in order[:SHOWN]
    ]


def _changes(row: Scenario) -> list[tuple[Change, Point | None]]:
    """The changes with where they lie: what is closed, where it stands."""
    standing = {site.id: site.point for site in sites(today(), row.kind)}
    return [
        (change, change.point or (standing.get(change.facility_id) if change.facility_id else None))
        for change in Change.everywhere.filter(scenario=row).order_by("id")
    ]


def _map(row: Scenario, request: HttpRequest) -> Map:
    marks = [
        Mark(label=change.name, point=point, tone=TONES[What(change.what)], word=change.get_what_display())
        for change, point in _changes(row)
    ]
    return Map(
        title=_("Sites of the scenario"),
        shapes=tuple(marks),
        empty=_("No site yet. Add one, or drag one on the map."),
    )


def _here(_row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("circle.plan").areas
    return {"region": areas[0][0]} if areas else {}


def _is_open(row: Scenario, user: Any) -> bool:
    return row.closed_at is None


scenarios = record(
    Scenario,
    slug="scenarios",
    right="circle.plan",
    title=_("Scenarios"),
    one=_("Scenario"),
    intro=_("Sets of new, moved and closed sites, to see what they change before anything is built."),
    columns=[
        spec.link("name", note=lambda row: row.note, sort="name"),
        spec.text("kind", _("Service"), show=lambda row: kind_name(row.kind)),
        spec.region("region"),
        spec.text("made_by"),
        spec.when("made_at", sort="made_at"),
    ],
    filters=[spec.region_filter(), spec.flag("open", _("In use"), narrow=lambda rows, yes: rows.filter(closed_at__isnull=yes))],
    search=("name", "note"),
    order=("-made_at", "id"),
    heading=lambda row: row.name,
    subheading=lambda row: f"{kind_name(row.kind)} · {row.region}",
    panels={
        _("What it changes"): panel("circle/effect.html", query=_effect),
        _("Changes"): grid(
            lambda row, request: Change.everywhere.filter(scenario=row).order_by("id"),
            [
                spec.state("what", tones=TONES),
                spec.text("name"),
                spec.money("cost_fen"),
                spec.number("capacity"),
            ],
            none=_("No site yet. Add one, or drag one on the map."),
        ),
        _("Map"): map_panel(_map),
    },
    aside={
        _("Scenario"): ["name", spec.text("kind", _("Service"), show=lambda row: kind_name(row.kind)), spec.region("region"), "note"],
        _("Who made it"): ["made_by", "made_at", spec.when("closed_at", optional=True)],
        _("History"): spec.history(),
    },
    verbs=[
        verb(verbs.draft_scenario, label=_("Begin a scenario"), icon="plus", primary=True, initial=_here),
        verb(verbs.add_site, label=_("Add a site"), icon="plus", when=_is_open),
        verb(verbs.move_site, label=_("Move a site"), icon="map-pin", when=_is_open),
        verb(verbs.close_site, label=_("Close a site"), when=_is_open),
        verb(verbs.drop_change, label=_("Undo a change"), when=lambda row, user: row.closed_at is None and row.changes.exists()),
        verb(verbs.put_away, label=_("Archive"), danger=True, when=_is_open),
    ],
    nav=NavItem("planning", "stack-2", 16),
    empty=_("No scenario yet. Begin one and add sites on the map or by form."),
)  # fmt: skip


def _one(request: HttpRequest, name: str) -> Scenario | None:
    try:
        key = UUID(request.GET.get(name) or "")
    except ValueError:
        return None
    found: Scenario = Scenario.objects.take(key, who(request).scope("circle.plan"))
    return found


def compare(request: HttpRequest) -> dict[str, Any]:
    """Two scenarios: what gets better for whom by the second one, against the first."""
    rows = Scenario.objects.within(who(request).scope("circle.plan")).order_by("-made_at")
    one, two = _one(request, "one"), _one(request, "two")
    context: dict[str, Any] = {
        "all": [(row, kind_name(row.kind)) for row in rows[:100]],
        "one": one,
        "two": two,
    }
    if one is None or two is None:
        return context
    if one.kind != two.kind:
        return context | {
            "refused": gettext("These scenarios are about different services. Choose two about the same one.")
        }
    try:
        (found, first), (_held, second) = judged(one, request), judged(two, request)
    except Refused as refusal:
        return context | {"refused": said(refusal)}
    return context | {
        "groups": [
            {
                "name": say(group.label),
                "one": signed(first.change(group.code)),
                "two": signed(second.change(group.code)),
                "step": signed(second.change(group.code) - first.change(group.code)),
                "tone": "ok"
                if second.change(group.code) > first.change(group.code)
                else "muted"
                if second.change(group.code) == first.change(group.code)
                else "warn",
            }
            for group in book().groups
        ],
        "costs": [yuan(sum(row.changes.values_list("cost_fen", flat=True))) for row in (one, two)],
        "parts": [(label, _beside(found, first, second, unit)) for unit, label in UNITS],
        "basis": basis(found),
        "map": draw(_both(one, two)),
    }


def _both(one: Scenario, two: Scenario) -> Map:
    """The sites of both on one map, each with the number of its scenario."""
    marks = [
        Mark(
            label=change.name,
            point=point,
            tone=tone,
            word=row.name,
            sign=sign,
            note=change.get_what_display(),
        )
        for row, tone, sign in ((one, "info", "1"), (two, "ok", "2"))
        for change, point in _changes(row)
    ]
    return Map(
        title=_("Sites of both scenarios"),
        shapes=tuple(marks),
        empty=_("No site yet. Add one, or drag one on the map."),
    )


def _beside(found: Held, first: Outlook, second: Outlook, unit: int) -> list[dict[str, Any]]:
    code_ = book().codes[0]
    sums: dict[int, list[int]] = {}
    for place, out in enumerate((first, second)):
        for sign, rows in ((1, out.gained), (-1, out.lost)):
            for code, counts in by_region(found, rows, unit):
                sums.setdefault(code, [0, 0])[place] += sign * counts[code_]
    order = sorted(sums, key=lambda code: (sums[code][0] - sums[code][1], code))
    return [
        {
            "name": name_of(code),
            "one": signed(sums[code][0]),
            "two": signed(sums[code][1]),
            "step": signed(sums[code][1] - sums[code][0]),
        }
        for code in order[:SHOWN]
    ]


page(
    "circle.compare",
    path="circle/compare/",
    title=_("Compare scenarios"),
    right="circle.plan",
    template="circle/compare.html",
    context=compare,
)
