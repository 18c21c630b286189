"""Searches for sites on screen: the best sites beside the planner's own, with reasons and a proved bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.actions import scenarios as keeping
from songhe.areas.circle.actions import sitings as verbs
from songhe.areas.circle.book import book, say
from songhe.areas.circle.models import Siting
from songhe.areas.circle.screens.scenarios import kind_name, signed
from songhe.core.codes import Point
from songhe.engines.jobs.models import Job
from songhe.engines.regions.tree import name_of
from songhe.kit import charts, spec
from songhe.kit.charts import grouped
from songhe.kit.map.panel import map_panel
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import panel, record, url_of, verb
from songhe.kit.words import yuan

S = Siting.State
TONES = {S.WORKING: "info", S.DONE: "ok", S.FAILED: "danger", S.BROKEN: "danger"}
PROOFS = {
    "exact": _("Proven optimal"),
    "lp": _("Bound by a linear programme"),
    "lagrange": _("Bound from a Lagrangian relaxation"),
    "none": _("No bound is known"),
}
NO_ANSWER = (S.FAILED, S.BROKEN)
_STATE = spec.state("state", tones=TONES, sort="state")
SHOWN = 60


def _answer(row: Siting, request: HttpRequest) -> Mapping[str, Any]:
    if row.state == S.WORKING:
        job = Job.objects.filter(pk=row.job_id).first() if row.job_id else None
        return {
            "working": True,
            "bar": charts.progress(
                job.done if job else 0, max(job.total if job else 1, 1), title=gettext("Progress")
            ),
        }
    if row.state in NO_ANSWER:
        return {"refused": _refused(row)}
    result = row.result
    groups = [(group.code, say(group.label)) for group in book().groups]
    return {
        "lines": [_line(result, code, name) for code, name in groups],
        "cost": yuan(result["cost"]),
        "gap": "—" if result["gap"] is None else f"{result['gap']:.2%}",
        "proof": PROOFS.get(result["proof"], ""),
        "sites": [_site(number, one) for number, one in enumerate(result["sites"][:SHOWN], 1)],
        "years": [
            (number, one["sites"], yuan(one["cost"]), grouped(one["covered"][book().codes[0]]))
            for number, one in enumerate(result["years"], 1)
        ],
        "measures": _measures(result.get("measures", ()), (result.get("own") or {}).get("measures", {})),
        "own": _own(result, groups),
        "floor": row.floor,
        "floors": _floors(result.get("floor", ())),
        "towns": [
            (name_of(code), f"{before[first] / total[first]:.1%}", f"{covered[first] / total[first]:.1%}", grouped(covered[first] - before[first]))
            for code, total, before, covered in _better(result["towns"])
            if (first := book().codes[0]) and total[first]
        ],
        "told": _told(result),
        "off_street": result["off_street"],
    }  # fmt: skip


def _floors(rows: Sequence[Any]) -> list[tuple[str, str, str]]:
    """What each region reaches before and after, those with least first."""
    first = book().codes[0]
    found = [
        (after[first] / total[first], before[first] / total[first], code)
        for code, total, before, after in rows
        if total[first]
    ]
    return [(name_of(code), f"{before:.1%}", f"{after:.1%}") for after, before, code in sorted(found)[:SHOWN]]


MEASURES = {
    "mean": _("Mean walk (min)"),
    "longest": _("Longest walk (min)"),
    "served": _("People with a place"),
}


def _measures(found: Sequence[Any], own: Mapping[str, int | None]) -> list[tuple[str, str, str, str]]:
    """What the goal is about: before, with the sites found, and with the own proposal."""
    return [
        (str(MEASURES[name]), _amount(name, before), _amount(name, after), _amount(name, own.get(name)))
        for name, before, after in found
    ]


def _amount(name: str, value: int | None) -> str:
    if value is None:
        return "—"
    return grouped(value) if name == "served" else f"{value / 60:.1f}"


def _refused(row: Siting) -> str:
    """Why there is no answer, in the reader's language."""
    text, values = row.result.get("refused", ("", {}))
    return _said(text, values) if text else row.note


def _said(text: str, values: Mapping[str, Any]) -> str:
    """A kept sentence in the reader's language, with the names of groups and regions."""
    shown = {name: _word(value) if isinstance(value, str) else value for name, value in values.items()}
    if "region" in shown:
        shown["region"] = name_of(int(shown["region"]))
    return gettext(text).format(**shown)


def _better(towns: list[list[Any]]) -> list[list[Any]]:
    first = book().codes[0]
    rows = [row for row in towns if row[3][first] > row[2][first]]
    return sorted(rows, key=lambda row: row[2][first] - row[3][first])[:SHOWN]


def _line(result: Mapping[str, Any], code: str, name: str) -> dict[str, Any]:
    total = result["total"].get(code, 0)
    before, covered = result["before"].get(code, 0), result["covered"].get(code, 0)
    return {
        "name": name, "total": grouped(total), "before": f"{before / total:.1%}" if total else "—",
        "after": f"{covered / total:.1%}" if total else "—", "change": signed(covered - before),
    }  # fmt: skip


def _site(number: int, one: Mapping[str, Any]) -> dict[str, Any]:
    words = [_said(text, values) for text, values in one["reasons"]]
    if one.get("mean") is not None:
        words.append(
            gettext("They walk {minutes} min on average.").format(minutes=_amount("mean", one["mean"]))
        )
    return {
        "number": number,
        "name": one["name"],
        "year": one["year"],
        "cost": yuan(one["cost"]) if one["cost"] else "",
        "words": words,
    }


def _word(value: str) -> str:
    return next((say(group.label) for group in book().groups if group.code == value), value)


def _own(result: Mapping[str, Any], groups: list[tuple[str, str]]) -> dict[str, Any] | None:
    own = result.get("own")
    if not own:
        return None
    return {
        "sites": len(own["sites"]), "cost": yuan(own["cost"]), "shared": own["shared"],
        "lines": [
            (name, grouped(own["covered"].get(code, 0)), grouped(result["covered"].get(code, 0)), signed(result["covered"].get(code, 0) - own["covered"].get(code, 0)))
            for code, name in groups
        ],
        "faults": [_said(text, values) for text, values in own.get("faults", ())],
        "gained": grouped(own["gained"][book().codes[0]]), "given_up": grouped(own["given_up"][book().codes[0]]),
    }  # fmt: skip


def _told(result: Mapping[str, Any]) -> str:
    speed = f"{result['walker']:g}"
    text = gettext("{candidates} locations were compared; walking speed {speed} m/s.").format(
        candidates=grouped(result["candidates"]), speed=speed
    )
    return text + (
        " " + gettext("Approximate: no street network is available.") if result["approximate"] else ""
    )


def _map(row: Siting, request: HttpRequest) -> Map:
    marks = [
        Mark(
            label=one["name"], point=Point(one["lon"], one["lat"]), tone="ok", word=_("Recommended sites"), sign=str(number) if number < 100 else "",
            size=one["newly"].get(book().codes[0], 0),
            note=gettext("newly covers {n}").format(n=grouped(one["newly"].get(book().codes[0], 0))),
        )
        for number, one in enumerate(row.result.get("sites", ()), 1)
    ]  # fmt: skip
    own = (row.result.get("own") or {}).get("sites", ())
    marks += [
        Mark(label=one["name"], point=Point(one["lon"], one["lat"]), tone="warn", word=_("Own proposal"))
        for one in own
    ]
    return Map(
        title=_("Recommended sites"),
        shapes=tuple(marks),
        sized_by=_("people newly covered"),
        empty=_("No site was found yet."),
    )


def _weighed(row: Siting) -> str:
    """Who counts how much, in words."""
    names = [name for code, name in verbs.group_choices() if code in row.weighed]
    return f"{'、'.join(names)} × {row.times}" if names else ""


def _floor(row: Siting) -> str:
    return f"{row.get_floor_by_display()}: {row.floor} %" if row.floor else ""


def _here(_row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("circle.plan").areas
    return {"region": areas[0][0], "goal": "cover", "where": "villages", "sites": 5} if areas else {}


sitings = record(
    Siting,
    slug="sitings",
    right="circle.plan",
    title=_("Where to build next"),
    one=_("Site search"),
    intro=_("Finds the best locations for new sites, with a proof of how close to optimal they are."),
    columns=[
        spec.link("goal", show=lambda row: row.get_goal_display()),
        spec.text("kind", _("Service"), show=lambda row: kind_name(row.kind)),
        spec.region("region"),
        spec.when("asked_at", sort="asked_at"),
        spec.text("asked_by"),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter()],
    order=("-asked_at", "id"),
    state=_STATE,
    heading=lambda row: row.get_goal_display(),
    subheading=lambda row: f"{kind_name(row.kind)} · {row.region}",
    panels={_("Siting result"): panel("circle/answer.html", query=_answer), _("Map"): map_panel(_map, when=lambda row: bool(row.result.get("sites")))},
    aside={
        _("Search criteria"): [
            spec.text("kind", _("Service"), show=lambda row: kind_name(row.kind)), spec.region("region"),
            spec.number("sites", optional=True), spec.money("budget_fen", optional=True), spec.number("share", optional=True),
            spec.number("years", optional=True), spec.number("places", optional=True), spec.number("need", optional=True), spec.money("cost_fen", optional=True),
            spec.text("candidates", show=lambda row: dict(verbs.WHERE).get(row.candidates, "")),
            spec.text("weighed", show=_weighed, optional=True), spec.text("floor", show=_floor, optional=True),
            spec.text("musts", show=lambda row: "、".join(row.musts.values()), optional=True), spec.number("least_m2", optional=True),
            spec.text("nevers", show=lambda row: "、".join(row.nevers.values()), optional=True),
        ],
        _("Requested by"): ["asked_by", "asked_at", spec.when("done_at", optional=True)],
    },
    verbs=[
        verb(verbs.ask_sites, label=_("Find sites"), icon="target", primary=True, initial=_here,
             ask=_("The search runs in the background; the answer stays here.")),
        verb(verbs.ask_again, label=_("Run the search again"), icon="refresh", primary=True, when=lambda row, user: row.state in NO_ANSWER),
        verb(keeping.keep_proposal, label=_("Save as a scenario"), icon="stack-2", when=lambda row, user: row.state == S.DONE),
    ],
    refresh=lambda row: row.state == S.WORKING,
    nav=NavItem("planning", "target", 17),
    empty=_("No searches yet. Search for where the next sites should be."),
)  # fmt: skip


def _working(user: Any, scope: Any, at: Any) -> HomeList:
    rows = Siting.objects.within(user.scope("circle.plan")).filter(asked_by_id=user.pk, state=S.WORKING)
    return waiting(
        rows.order_by("-asked_at"),
        lambda found: [(str(row), url_of(row), kind_name(row.kind)) for row in found],
    )


home_panel(
    title=_("Site searches in progress"),
    right="circle.plan",
    rows=_working,
    area="circle",
    icon="target",
    none=_("No search is running."),
)
