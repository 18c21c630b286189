"""Simulations on screen: who gains and loses by a draft, by which cases, and what policies will cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.api import Level
from songhe.areas.entitlement import actions, words
from songhe.areas.entitlement.models import Simulation, SimulationKind, SimulationState
from songhe.areas.entitlement.screens.common import SIMULATION_TONES, effect_in_short, month_text
from songhe.engines.regions.models import Region
from songhe.kit import spec
from songhe.kit.charts import Series, lines, progress
from songhe.kit.pages import NavItem
from songhe.kit.refusals import retold
from songhe.kit.spec import panel, record, verb
from songhe.kit.words import is_chinese, label_of

S = SimulationState
GROUPS = (("county", _("By county")), ("age", _("By age")), ("level", _("By assessed level")))
_STATE = spec.state("state", tones=SIMULATION_TONES, sort="state")


def signed(value: int, unit: str | None) -> str:
    """A change with its sign."""
    if not value:
        return words.counted(0, unit)
    return f"{'+' if value > 0 else '−'}{words.counted(abs(value), unit)}"


def _changed(row: Simulation) -> list[dict[str, Any]]:
    rules: Sequence[dict[str, Any]] = row.result.get("rules", ())
    return [one for one in rules if one["gain"] or one["lose"] or one["waited"] != one["waiting"]]


def _effect(row: Simulation, request: HttpRequest) -> Mapping[str, Any]:
    rules = _changed(row)
    same = [label_of(one) for one in row.result.get("rules", ()) if one not in rules]
    return {
        "simulation": row,
        "rules": [_rule(one) for one in rules],
        "same": ("、" if is_chinese() else ", ").join(same),
        "people": f"{row.people:,}",
        "month": month_text(row.month),
    }


def _rule(one: dict[str, Any]) -> dict[str, Any]:
    unit = one["unit"]
    return {
        "name": label_of(one),
        "before": words.counted(one["before"], unit),
        "after": words.counted(one["after"], unit),
        "step": signed(one["after"] - one["before"], unit),
        "had": f"{one['had']:,}",
        "have": f"{one['have']:,}",
        "gain": f"{one['gain']:,}",
        "gained": signed(one["gained"], unit),
        "lose": f"{one['lose']:,}",
        "lost": signed(-one["lost"], unit),
        "waiting": one["waiting"],
        "ways": [_way(way, unit) for way in one["ways"]],
        "groups": [
            {"title": title, "rows": _group(one["by"][key], key, unit)}
            for key, title in GROUPS
            if len(one["by"].get(key, ())) > 1
        ],
    }


def _way(way: Mapping[str, Any], unit: str | None) -> dict[str, Any]:
    def told(case: dict[str, str], waits: int) -> str:
        if waits:
            return gettext("Waiting for a document")
        return label_of(case) if case else gettext("Not in this policy")

    return {
        "people": f"{way['people']:,}",
        "was": told(way["was"], way["waited"]),
        "is": told(way["is"], way["waits"]),
        "step": signed(way["step"], unit),
        "tone": "ok" if way["step"] > 0 else "warn",
    }


def _group(rows: Sequence[Mapping[str, Any]], key: str, unit: str | None) -> list[dict[str, Any]]:
    names = _names(rows, key)
    most = max((abs(row["after"] - row["before"]) for row in rows), default=0) or 1
    return [
        {
            "name": names[row["name"]],
            "people": f"{row['people']:,}",
            "gain": f"{row['gain']:,}",
            "lose": f"{row['lose']:,}",
            "step": signed(row["after"] - row["before"], unit),
            "bar": progress(
                abs(row["after"] - row["before"]),
                most,
                title=names[row["name"]],
                tone="warn" if row["after"] < row["before"] else "ok",
            ),
        }
        for row in rows
    ]


def _names(rows: Sequence[Mapping[str, Any]], key: str) -> dict[str, str]:
    if key == "county":
        regions = Region.objects.in_bulk([int(row["name"]) for row in rows])
        return {row["name"]: str(regions.get(int(row["name"]), row["name"])) for row in rows}
    if key == "level":
        levels = {str(level.value): str(level.label) for level in Level}
        return {row["name"]: levels.get(row["name"], gettext("Not assessed")) for row in rows}
    return {
        row["name"]: gettext("Date of birth not known") if row["name"] == "?" else row["name"] for row in rows
    }


def _outlook(row: Simulation, request: HttpRequest) -> Mapping[str, Any]:
    months = row.result.get("months", ())
    codes = sorted({code for month in months for code in month["benefits"]})
    return {
        "simulation": row,
        "months": [month["month"][:7] for month in months],
        "benefits": [_course(code, months) for code in codes],
    }


def _course(code: str, months: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    told = [month["benefits"].get(code) for month in months]
    known = next(one for one in told if one)
    unit, name = known["unit"], label_of(known)
    values = [one["amount"] if one else None for one in told]
    sums = [value for value in values if value is not None]
    return {
        "name": name,
        "chart": lines(
            [month["month"][2:7] for month in months],
            [Series(name, values)],
            title=name,
            show=lambda value: words.counted(round(value), unit),
        ),
        "first": words.counted(sums[0], unit),
        "last": words.counted(sums[-1], unit),
        "sum": words.counted(sum(sums), unit),
        "people": f"{known['people']:,}",
        "people_last": f"{[one for one in told if one][-1]['people']:,}",
    }


def _what_if(row: Simulation) -> bool:
    return row.kind == SimulationKind.WHAT_IF and row.state == S.DONE


def _first(user: Any) -> dict[str, Any]:
    areas = user.scope("entitlement.simulate").areas
    return {"region": areas[0][0]} if areas else {}


def _its_page(made: Simulation, row: Any) -> str:
    return reverse("simulations.detail", args=[made.pk])


record(
    Simulation,
    slug="simulations",
    right="entitlement.simulate",
    title=_("Simulations"),
    one=_("Simulation"),
    intro=_("What a draft would change for everybody of a region, and what policies will cost. Nothing is decided by it."),
    columns=[
        spec.link("kind", show=str, note=lambda row: str(row.get_kind_display()) if row.draft_id else ""),
        spec.region("region"),
        spec.text("month", show=lambda row: month_text(row.month), sort="month"),
        _STATE,
        spec.number("people"),
        spec.text("note", _("Simulation result"), show=effect_in_short),
        spec.when("asked_at", sort="asked_at"),
        spec.text("asked_by"),
    ],
    filters=[spec.choice("kind"), spec.choice("state"), spec.region_filter()],
    search=("draft.title_zh", "draft.title_en", "asked_by"),
    order=("-asked_at", "id"),
    join=("draft", "region"),
    state=_STATE,
    subheading=lambda row: f"{row.region} · {month_text(row.month)}",
    refresh=lambda row: row.state == S.WORKING,
    panels={
        _("Who gains and who loses"): panel("entitlement/simulations/effect.html", query=_effect, when=_what_if),
        _("What it will cost"): panel(
            "entitlement/simulations/outlook.html", query=_outlook,
            when=lambda row: row.kind == SimulationKind.OUTLOOK and row.state == S.DONE,
        ),
        _("Simulation"): [
            spec.link("draft"), spec.number("revision", _("Revision")), spec.region("region"),
            spec.text("month", show=lambda row: month_text(row.month)), spec.number("people"), "asked_by", "asked_at",
            "done_at", spec.text("note", show=lambda row: retold(row.note)),
        ],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.simulate, label=_("Simulate a draft"), primary=True, icon="adjustments",
             initial=lambda row, user: _first(user), then=_its_page),
        verb(actions.look_ahead, label=_("Budget outlook"), icon="chart-line", initial=lambda row, user: _first(user),
             then=_its_page),
    ],
    nav=NavItem("benefits", "adjustments", 70),
    empty=_("Nothing has been simulated yet. Choose a draft, or request an outlook."),
)  # fmt: skip
